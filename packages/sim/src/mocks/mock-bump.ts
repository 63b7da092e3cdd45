import { z } from 'zod';

/** The settings of one bump of PyMoDAQ's mock plugins. */
export const bumpSettings = (amp: number, x0: number, dx: number, n: number) => ({
  amp: z.number().default(amp).describe('Height'),
  x0: z.number().default(x0).describe('Place of its middle'),
  dx: z.number().positive().default(dx).describe('Width'),
  n: z.int().positive().default(n).describe('Order: 1 for a Gaussian, more for flatter tops'),
  noise: z.number().nonnegative().default(0.1).describe('Noise: evenly distributed, from 0 to this'),
});

/** Settings that they have in common, but for their defaults. */
export const rollingSetting = z
  .int()
  .nonnegative()
  .default(1)
  .describe('Points that the data move to the right with each grab');
export const waitSetting = (ms: number) =>
  z.number().nonnegative().default(ms).describe('Time that a grab takes, in ms');
export const seedSetting = z.int().default(1).describe('Seed of the noise');
