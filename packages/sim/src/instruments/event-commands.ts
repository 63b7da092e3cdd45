/** Bits of the standard event status register (IEEE 488.2). */
const EVENT = { execution: 0x10, command: 0x20, powerOn: 0x80 } as const;

/** Thrown by a command that is refused: it does not exist, or its parameter is not allowed. */
export class EventRefusal extends Error {
  readonly bit: number;

  constructor(what: 'execution' | 'command') {
    super(`${what} error`);
    this.bit = EVENT[what];
  }
}

/** A command with its parameters; what it returns is the answer. */
export type EventCommand = (...parameters: string[]) => string | undefined;

/**
 * The commands of an instrument of IEEE 488.2 that has no error queue: what it refuses sets a bit of a register, and
 * that is all that a host learns. Several commands of a line are separated by `;`.
 */
export class EventCommands {
  readonly #commands: ReadonlyMap<string, EventCommand>;
  #events: number = EVENT.powerOn;

  /** @param commands - by their names in capitals, queries with their question mark, e.g. `SENS?` */
  constructor(commands: Readonly<Record<string, EventCommand>>) {
    const common: Readonly<Record<string, EventCommand>> = {
      '*ESR?': () => {
        const events = this.#events;
        this.#events = 0;
        return String(events);
      },
      '*CLS': () => {
        this.#events = 0;
        return undefined;
      },
    };
    this.#commands = new Map(Object.entries({ ...common, ...commands }));
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
        this.#events |= error.bit;
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
