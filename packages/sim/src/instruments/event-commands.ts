import type { MessageStatus } from './simulated-instrument.ts';
import { EVENT, StatusRegisters } from './status-registers.ts';

/** Thrown by a command that is refused: it does not exist, or its parameter is not allowed. */
export class EventRefusal extends Error {
  readonly bit: number;

  constructor(what: 'execution' | 'command') {
    super(`${what} error`);
    this.bit = what === 'execution' ? EVENT.executionError : EVENT.commandError;
  }
}

/** A command with its parameters; what it returns is the answer. */
export type EventCommand = (...parameters: string[]) => string | undefined;

/**
 * The commands of an instrument of IEEE 488.2 that has no error queue: what it refuses sets a bit of a register, and
 * that is all that a host learns. Several commands of a line are separated by `;`. The registers of its status can be read and
 * written bit by bit, as `*ESE 5,1` and `*ESR? 5`.
 */
export class EventCommands {
  readonly #commands: ReadonlyMap<string, EventCommand>;
  readonly #status: StatusRegisters;

  /**
   * @param commands - by their names in capitals, queries with their question mark, e.g. `SENS?`
   * @param others - bits of the status byte that the instrument has for itself
   */
  constructor(commands: Readonly<Record<string, EventCommand>>, others: () => number = () => 0) {
    const status = new StatusRegisters(others);
    this.#status = status;
    const common: Readonly<Record<string, EventCommand>> = {
      '*ESR?': (bit) => (bit === undefined ? String(status.takeEvents()) : status.takeEvents(maskOf(bit)) ? '1' : '0'),
      '*STB?': (bit) => bitOrAll(status.statusByte, bit),
      ...eventRegister(
        '*ESE',
        () => status.eventEnable,
        (bits) => {
          status.eventEnable = bits;
        },
      ),
      ...eventRegister(
        '*SRE',
        () => status.serviceEnable,
        (bits) => {
          status.serviceEnable = bits;
        },
      ),
      '*CLS': () => {
        status.takeEvents();
        return undefined;
      },
    };
    this.#commands = new Map(Object.entries({ ...common, ...commands }));
  }

  /** For wires that carry whole messages. */
  get messages(): MessageStatus {
    const status = this.#status;
    return {
      get statusByte() {
        return status.statusByte;
      },
      get serviceEnable() {
        return status.serviceEnable;
      },
      report: () => status.raise(EVENT.queryError),
      watch: (watcher) => status.watch(watcher),
    };
  }

  /** The answers to a line, in order. */
  execute(line: string): string[] {
    return line.split(';').flatMap((text) => {
      const [, name = '', rest = ''] = /^\s*(\*?[A-Za-z]+\s*\??)\s*(.*?)\s*$/.exec(text) ?? [];
      const command = this.#commands.get(name.replace(/\s/g, '').toUpperCase());
      try {
        if (!command) throw new EventRefusal('command');
        return command(...(rest === '' ? [] : rest.split(',').map((parameter) => parameter.trim()))) ?? [];
      } catch (error) {
        if (!(error instanceof EventRefusal)) throw error;
        this.#status.raise(error.bit);
        return [];
      }
    });
  }
}

/**
 * A number within its range.
 *
 * @throws EventRefusal for what is missing, no number, or out of range
 */
export function eventNumber(text: string | undefined, minimum: number, maximum: number): number {
  if (text === undefined || !/^[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?$/i.test(text)) throw new EventRefusal('command');
  const value = Number(text);
  if (value < minimum || value > maximum) throw new EventRefusal('execution');
  return value;
}

/** A register of eight bits that is read and written as a whole, `*ESE 48`, or bit by bit, `*ESE 5,1` and `*ESE? 5`. */
export function eventRegister(name: string, get: () => number, set: (bits: number) => void) {
  const commands: Record<string, EventCommand> = {
    [`${name}?`]: (bit) => bitOrAll(get(), bit),
    [name]: (first, on) => {
      if (on === undefined) set(Math.round(eventNumber(first, 0, 255)));
      else set(eventNumber(on, 0, 1) === 1 ? get() | maskOf(first) : get() & ~maskOf(first));
      return undefined;
    },
  };
  return commands;
}

const maskOf = (bit: string | undefined): number => 1 << Math.round(eventNumber(bit, 0, 7));

const bitOrAll = (bits: number, bit: string | undefined): string =>
  bit === undefined ? String(bits) : bits & maskOf(bit) ? '1' : '0';

/** A setting that is chosen by its number, 0 to `last`, and its query. */
export function eventIndex(name: string, last: number, get: () => number, set: (index: number) => void) {
  const commands: Record<string, EventCommand> = {
    [`${name}?`]: () => String(get()),
    [name]: (text) => {
      set(Math.round(eventNumber(text, 0, last)));
      return undefined;
    },
  };
  return commands;
}
