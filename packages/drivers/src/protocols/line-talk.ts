import { DaqtorError } from '@daqtor/core';
import { readable, toBytes, toText } from '../transports/bytes.ts';
import type { LinkIo, Resync } from '../transports/link-io.ts';

export interface LineEnds {
  /** What ends a command, e.g. `\r`. */
  readonly sent: string;
  /**
   * What ends an answer. Choose the shortest that all settings of the instrument have in common: of a pair, what is
   * left over is removed from the next line.
   */
  readonly received: string;
}

/** A conversation in lines of ASCII, within one exchange. */
export interface LineTalk {
  tell(command: string): Promise<void>;
  /** Sends a command and resolves with the line that answers it, without its end and blanks around it. */
  ask(command: string, timeoutMs?: number): Promise<string>;
  /**
   * Reads lines until one is wanted.
   *
   * @param parse - makes something of a line that is wanted, and undefined of any other
   * @param timeoutMs - longest time for each line
   * @param mostLines - how many may come before it; default 100
   * @throws DaqtorError `instrument.timeout` if none came
   */
  find<T>(parse: (line: string) => T | undefined, timeoutMs?: number, mostLines?: number): Promise<T>;
}

export function lineTalk(io: LinkIo, ends: LineEnds): LineTalk {
  const tell = (command: string) => io.write(command + ends.sent);
  const readLine = async (timeoutMs?: number) => toText(await io.readUntil(ends.received, timeoutMs)).trim();
  return {
    tell,
    ask: async (command, timeoutMs) => {
      await tell(command);
      return readLine(timeoutMs);
    },
    find: async (parse, timeoutMs, mostLines = 100) => {
      // Bounded, since an instrument that never stops sending must not hold the wire for ever.
      for (let lines = 0; lines < mostLines; lines++) {
        const found = parse(await readLine(timeoutMs));
        if (found !== undefined) return found;
      }
      throw new DaqtorError('instrument.timeout', {
        problem: `${mostLines} lines came, and none was the answer that was waited for`,
        advice: 'Check that the instrument is not set to send by itself, and that nothing else talks to it',
      });
    },
  };
}

/** How an instrument is told from others, and its answers from those to any other question. */
export interface Recognition<T> {
  /** For people, e.g. `a Newport ESP301`. */
  readonly wanted: string;
  readonly ends: LineEnds;
  /** Asks who it is. */
  readonly command: string;
  /** Makes something of the wanted answer, and undefined of any other line. */
  readonly parse: (line: string) => T | undefined;
  /** Lines that it says by itself, when it starts for example: they are no sign of another instrument. */
  readonly saysItself?: RegExp;
  /** Sent first, to silence the instrument: a device clear, say. It may have no answer. */
  readonly before?: string;
  /** How long what is under way may take, if `before` does not end it; default the timeout of the link. */
  readonly timeoutMs?: number;
  /** Lines that may be owed: of an instrument that sends binary data, any byte may be a line end. Default 100. */
  readonly mostLines?: number;
}

/** Gets back into step by asking who is there. */
export function resyncBy(recognition: Recognition<unknown>): Resync {
  const { ends, command, parse, before = '', timeoutMs, mostLines } = recognition;
  return {
    ask: (io) => io.write(before + command + ends.sent),
    answered: async (io) => {
      await lineTalk(io, ends).find(parse, timeoutMs, mostLines);
    },
  };
}

/**
 * Asks an instrument who it is, whatever an earlier program may have left under way.
 *
 * @throws DaqtorError `instrument.connect` if something else answers, `instrument.timeout` if nothing does
 */
export async function recognise<T>(io: LinkIo, recognition: Recognition<T>): Promise<T> {
  const { wanted, ends, command, parse, saysItself, before = '', timeoutMs, mostLines } = recognition;
  let other: string | undefined;
  const parseAndKeep = (line: string) => {
    const found = parse(line);
    if (found === undefined && line !== '' && !saysItself?.test(line)) other = line;
    return found;
  };
  try {
    await io.write(before + command + ends.sent);
    return await lineTalk(io, ends).find(parseAndKeep, timeoutMs, mostLines);
  } catch (cause) {
    if (other === undefined || !DaqtorError.is(cause) || cause.code !== 'instrument.timeout') throw cause;
    throw new DaqtorError('instrument.connect', {
      problem: `'${shown(other)}' answered, where ${wanted} was expected`,
      advice:
        'Check the address: another instrument is connected there, or the settings of the port differ from its own',
      cause,
    });
  }
}

/** A line as an error shows it. */
export function shown(line: string): string {
  return readable(toBytes(line), 80);
}
