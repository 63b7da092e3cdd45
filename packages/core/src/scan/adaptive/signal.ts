import { z } from 'zod';
import { magnitude } from '../../data/complex.ts';
import type { DataToExport } from '../../data/data-to-export.ts';
import type { NumericArray } from '../../data/numeric-array.ts';
import { DaqtorError } from '../../errors/daqtor-error.ts';

export const signalSchema = z.object({
  detector: z.string().min(1).describe('Name of the detector in the lab'),
  data: z.string().optional().describe('Name of the data object; left out, the first'),
  channel: z.int().min(0).default(0).describe('Which array of it, from 0'),
  of: z
    .enum(['mean', 'sum', 'max', 'min'])
    .default('mean')
    .describe('What becomes of an array of several values; of complex ones, by their magnitudes'),
});

/** Which number of what is measured at a point decides on the next one. */
export type SignalValue = z.output<typeof signalSchema>;

/** @throws DaqtorError `scan.failed` if the detector did not give it */
export function signalIn(grabbed: DataToExport, { detector, data, channel, of }: SignalValue): number {
  const found = data === undefined ? grabbed.data[0] : grabbed.get(data);
  const array = found?.data[channel];
  if (!found || !array) {
    const given = grabbed.data.map((one) => `'${one.name}' (${one.labels.join(', ')})`);
    throw new DaqtorError('scan.failed', {
      instrument: detector,
      problem: `the scan follows channel ${channel} of ${data === undefined ? 'its first data' : `'${data}'`}, which it did not give`,
      advice: `It gave ${given.join(', ') || 'nothing'}`,
    });
  }
  return REDUCE[of](found.complex ? magnitude(array) : array);
}

const REDUCE: Readonly<Record<SignalValue['of'], (array: NumericArray) => number>> = {
  sum: (array) => fold(array, 0, (sum, value) => sum + value),
  mean: (array) => fold(array, 0, (sum, value) => sum + value) / array.length,
  max: (array) => fold(array, Number.NEGATIVE_INFINITY, Math.max),
  min: (array) => fold(array, Number.POSITIVE_INFINITY, Math.min),
};

function fold(array: NumericArray, start: number, step: (so: number, value: number) => number): number {
  let result = start;
  for (const value of array) result = step(result, Number(value));
  return result;
}
