import { DaqtorError } from '@daqtor/core';
import type { Link } from '../transports/link.ts';
import { type BlockOptions, readBlock } from './ieee488-block.ts';
import { type LineEnds, lineTalk, type Recognition, shown } from './line-talk.ts';
import { type Identity, parseIdentity, parseScpiError, type ScpiError, scpiNumber } from './scpi-values.ts';

/** Both ends are a line feed (IEEE 488.2); a carriage return before it is removed. */
const LINES: LineEnds = { sent: '\n', received: '\n' };

/** The language of most instruments that answer to `*IDN?`: SCPI on top of IEEE 488.2. */
export interface Scpi {
  /** Sends commands that have no answer. The instrument reports what it refuses in its error queue only. */
  write(command: string, signal: AbortSignal): Promise<void>;
  /** Asks, and resolves with the line that is the answer. `timeoutMs`: default that of the link. */
  query(command: string, signal: AbortSignal, timeoutMs?: number): Promise<string>;
  /** Asks for one number; ±Infinity means over range, NaN that there is no value. */
  queryNumber(command: string, signal: AbortSignal, timeoutMs?: number): Promise<number>;
  /** Asks for a block of binary data. */
  queryBlock(command: string, signal: AbortSignal, options?: BlockOptions): Promise<Uint8Array>;
  /**
   * Empties the error queue.
   *
   * @param tried - what was being done, e.g. `setting the range`
   * @throws DaqtorError `instrument.fault` with all errors that were in it
   */
  checkErrors(tried: string, signal: AbortSignal): Promise<void>;
}

export function scpi(link: Link): Scpi {
  const ask = (command: string, signal: AbortSignal, timeoutMs?: number) =>
    link.exchange((io) => lineTalk(io, LINES).ask(command, timeoutMs), signal);
  return {
    write: (command, signal) => link.exchange((io) => lineTalk(io, LINES).tell(command), signal),
    query: ask,
    queryNumber: async (command, signal, timeoutMs) => scpiNumber(await ask(command, signal, timeoutMs), command),
    queryBlock: (command, signal, options) =>
      link.exchange(async (io) => {
        await lineTalk(io, LINES).tell(command);
        return readBlock(io, options);
      }, signal),
    checkErrors: async (tried, signal) => {
      const errors = await readErrors((command) => ask(command, signal));
      if (errors.length === 0) return;
      throw new DaqtorError('instrument.fault', {
        problem: `${tried} was refused: ${errors.map(({ code, text }) => `${code}, ${shown(text)}`).join('; ')}`,
        advice: "Look the numbers up under error messages in the instrument's manual",
      });
    },
  };
}

/** Queues hold 10 to 30 errors; an instrument that never says 'no error' must not be asked for ever. */
async function readErrors(ask: (command: string) => Promise<string>): Promise<ScpiError[]> {
  const errors: ScpiError[] = [];
  while (errors.length < 32) {
    const error = parseScpiError(await ask(':SYST:ERR?'));
    if (error.code === 0) break;
    errors.push(error);
  }
  return errors;
}

/**
 * How an instrument is recognised by its answer to `*IDN?`; for `resyncBy` and `recognise`.
 *
 * @param wanted - for people, e.g. `a Keithley 2000`
 */
export function recogniseBy(
  wanted: string,
  isWanted: (identity: Identity) => boolean,
  options: Pick<Recognition<Identity>, 'before' | 'timeoutMs' | 'mostLines'> = {},
): Recognition<Identity> {
  const parse = (line: string) => {
    const identity = parseIdentity(line);
    return identity && isWanted(identity) ? identity : undefined;
  };
  return { wanted, ends: LINES, command: '*IDN?', parse, ...options };
}
