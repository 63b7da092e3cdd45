import { z } from 'zod';
import { actuatorFields } from '../axis-value.ts';

/** What a fly scan looks like as JSON, beside its `lines`. */
export const flyFields = {
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
  snake: z.boolean().default(false).describe('Whether every second ramp goes back'),
};

/** The ramps of a fly scan as plain data: detectors stream while an actuator moves through the bins. */
export type FlyRamp = z.output<z.ZodObject<typeof flyFields>>;
