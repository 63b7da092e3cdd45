import { z } from 'zod';
import { actuatorFields } from '../axis-value.ts';
import type { Part } from '../builders.ts';
import { refusal } from '../refuse.ts';
import { Scan } from '../scan.ts';
import { scanSchema } from '../scan-value.ts';
import { type Actuator, fieldsOf } from '../sweep.ts';

/** What a fly scan looks like as JSON. */
export const flySchema = z.object({
  kind: z.literal('fly'),
  ...actuatorFields,
  from: z.number().describe('Where the first bin begins'),
  to: z.number().describe('Where the last bin ends'),
  bins: z.int().min(1).describe('Number of bins, of equal width'),
  overrun: z
    .number()
    .nonnegative()
    .default(0)
    .describe('How far the ramp begins before and ends after the bins, so that it has its speed within them'),
  lines: scanSchema.optional().describe('Where other actuators go before each ramp: a grid; left out, one ramp'),
  snake: z.boolean().default(false).describe('Whether every second ramp goes back'),
});

/** A fly scan as plain data: detectors stream while an actuator ramps. */
export type FlyValue = z.output<typeof flySchema>;

export interface FlyOptions {
  /** How far the ramp begins before and ends after the bins, in their units; default 0. */
  readonly overrun?: number;
  /** Of the positions; default: those of the actuator. */
  readonly units?: string;
  /** Where other actuators go before each ramp, e.g. `linspace(bench.y, 0, 1, 11)`; left out, there is one ramp. */
  readonly lines?: Part;
  /** Whether every second ramp goes back; default false. */
  readonly snake?: boolean;
}

/**
 * Measures while an actuator moves from `from` to `to`: what comes on the way is averaged in bins of equal width.
 *
 * @throws DaqtorError `scan.refused` if it makes no sense
 */
export function fly(actuator: Actuator, from: number, to: number, bins: number, options: FlyOptions = {}): FlyValue {
  const { overrun = 0, units, lines, snake = false } = options;
  const fields = fieldsOf(actuator, units);
  if (!Number.isFinite(from) || !Number.isFinite(to) || from === to) {
    throw refusal(`a ramp cannot go from ${from} to ${to}`, fields.actuator, 'Give two different positions');
  }
  const value = lines instanceof Scan ? lines.value : lines;
  return { kind: 'fly', ...fields, from, to, bins, overrun, snake, ...(value && { lines: value }) };
}
