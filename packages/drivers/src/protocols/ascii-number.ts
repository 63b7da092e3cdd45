import { DaqtorError } from '@daqtor/core';
import { shown } from './line-talk.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?$/i;

/**
 * A decimal number as instruments write it: IEEE 488.2 NR1, NR2 or NR3.
 *
 * @param asked - the command that was answered, for the error
 * @throws DaqtorError `instrument.protocol` for anything else, an empty line and a number out of range included
 */
export function asciiNumber(text: string, asked: string): number {
  const value = NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new DaqtorError('instrument.protocol', {
    problem: `'${asked}' was answered with '${shown(text)}', which is not a number`,
    advice: 'Check that the right instrument is connected, and that nothing else talks to it',
  });
}
