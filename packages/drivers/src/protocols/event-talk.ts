import { DaqtorError } from '@daqtor/core';
import type { Link } from '../transports/link.ts';
import { asciiNumber } from './ascii-number.ts';
import { type BlockOptions, readBlock } from './ieee488-block.ts';
import { type LineEnds, lineTalk } from './line-talk.ts';

/** Bits of the standard event status register that tell a refusal (IEEE 488.2). */
const EXECUTION_ERROR = 0x10;
const COMMAND_ERROR = 0x20;

/** The language of instruments of IEEE 488.2 without an error queue, such as those of Stanford Research and Lake Shore. */
export interface EventTalk {
  query(command: string, signal: AbortSignal, timeoutMs?: number): Promise<string>;
  queryNumber(command: string, signal: AbortSignal, timeoutMs?: number): Promise<number>;
  /** Asks for numbers that are separated by commas; throws `instrument.protocol` if they are not as many. */
  queryNumbers(command: string, count: number, signal: AbortSignal, timeoutMs?: number): Promise<number[]>;
  /** Asks for a block of binary data (IEEE 488.2). */
  queryBlock(command: string, signal: AbortSignal, options?: BlockOptions): Promise<Uint8Array>;
  /**
   * Sends a command and makes sure that it was taken, by the event status register. What stood in it before is
   * forgotten.
   *
   * @param tried - what is being done, e.g. `setting the sensitivity`
   * @throws DaqtorError `instrument.fault` if the instrument refuses
   */
  command(command: string, tried: string, signal: AbortSignal): Promise<void>;
}

export function eventTalk(link: Link, ends: LineEnds): EventTalk {
  const query = (command: string, signal: AbortSignal, timeoutMs?: number) =>
    link.exchange((io) => lineTalk(io, ends).ask(command, timeoutMs), signal);
  return {
    query,
    queryNumber: async (command, signal, timeoutMs) => asciiNumber(await query(command, signal, timeoutMs), command),
    async queryNumbers(command, count, signal, timeoutMs) {
      const answer = await query(command, signal, timeoutMs);
      // Some instruments end a list with a comma.
      const numbers = answer
        .replace(/,$/, '')
        .split(',')
        .map((text) => asciiNumber(text, command));
      if (numbers.length === count) return numbers;
      throw new DaqtorError('instrument.protocol', {
        problem: `'${command}' was answered with ${numbers.length} numbers, not with ${count}`,
        advice: 'Check that the right instrument is connected, and that nothing else talks to it',
      });
    },
    queryBlock: (command, signal, options) =>
      link.exchange(async (io) => {
        await lineTalk(io, ends).tell(command);
        return readBlock(io, options);
      }, signal),
    async command(command, tried, signal) {
      const events = await link.exchange(async (io) => {
        const talk = lineTalk(io, ends);
        await talk.tell(`*CLS${ends.sent}${command}`);
        return asciiNumber(await talk.ask('*ESR?'), '*ESR?');
      }, signal);
      if ((events & (EXECUTION_ERROR | COMMAND_ERROR)) === 0) return;
      throw new DaqtorError('instrument.fault', {
        problem: `${tried} was refused: '${command}' ${
          events & COMMAND_ERROR ? 'is not a command of this instrument' : 'has a value that is not allowed'
        }`,
        advice: 'Check the model and the values against its manual',
      });
    },
  };
}
