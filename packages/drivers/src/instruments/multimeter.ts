import { DaqtorError, DataWithAxes } from '@daqtor/core';
import { z } from 'zod';
import type { Scpi } from '../protocols/scpi.ts';

/** What a multimeter can measure: its path in the SENSe subsystem, its units, and the largest range. */
export interface Measurand {
  readonly path: string;
  readonly units: 'V' | 'A' | 'ohm';
  readonly maxRange: number;
}

/** Settings that SCPI multimeters share. */
export const multimeterSettings = {
  function: z
    .enum(['voltage:dc', 'voltage:ac', 'current:dc', 'current:ac', 'resistance', 'fresistance'])
    .default('voltage:dc')
    .describe('What is measured; fresistance is resistance by four wires'),
  range: z
    .number()
    .positive()
    .optional()
    .describe('Largest value expected, in V, A or ohm; left out, the meter chooses by itself for each reading'),
};
export interface MultimeterSettings {
  readonly function: string;
  readonly range?: number | undefined;
}

/** @throws DaqtorError `lab.settings` if the range is more than there is */
export function checkRange({ function: measured, range }: MultimeterSettings, { units, maxRange }: Measurand): void {
  if (range === undefined || range <= maxRange) return;
  throw new DaqtorError('lab.settings', {
    problem: `range ${range} ${units} is more than the ${maxRange} ${units} of ${measured}`,
    advice: 'Give the largest value that is expected, or leave the range out',
  });
}

/**
 * Takes one reading.
 *
 * @throws DaqtorError `instrument.fault` if it is over range: that is never a number
 */
export async function readOnce(
  device: Scpi,
  { function: measured, range }: MultimeterSettings,
  { units }: Measurand,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<DataWithAxes[]> {
  const value = await device.queryNumber(':READ?', signal, timeoutMs);
  if (Number.isFinite(value)) return [new DataWithAxes({ name: NAMES[units], data: [value], units })];
  throw new DaqtorError('instrument.fault', {
    problem: `the reading is over range (${measured}, ${
      range === undefined ? 'automatic range' : `range ${range} ${units}`
    })`,
    advice: 'Check the wiring, or allow a larger range',
  });
}

const NAMES = { V: 'voltage', A: 'current', ohm: 'resistance' } as const;
