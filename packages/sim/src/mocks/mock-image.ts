import { z } from 'zod';
import type { Random } from '../physics/random.ts';
import { hyperGaussian, rolledFrom } from './hyper-gaussian.ts';
import { rollingSetting, seedSetting, waitSetting } from './mock-bump.ts';

/** Settings of the image that PyMoDAQ's 2D and ND mocks have in common. */
export const imageSettings = {
  nx: z.int().positive().max(4096).default(100).describe('Columns'),
  ny: z.int().positive().max(4096).default(200).describe('Rows'),
  amp: z.number().default(20).describe('Height of the bump'),
  x0: z.number().default(50).describe('Column of its middle'),
  y0: z.number().default(100).describe('Row of its middle'),
  dx: z.number().positive().default(20).describe('Width of it, in columns'),
  dy: z.number().positive().default(40).describe('Height of it, in rows'),
  n: z.int().positive().default(1).describe('Order: 1 for a Gaussian, more for flatter tops'),
  noise: z.number().nonnegative().default(4).describe('Noise: evenly distributed, from 0 to this'),
  rolling: rollingSetting,
  waitMs: waitSetting(100),
  seed: seedSetting,
};
const image = z.object(imageSettings);
export type ImageSettings = z.output<typeof image>;

/** Settings that change neither shape nor names. */
export const LIVE_IMAGE = ['amp', 'x0', 'y0', 'dx', 'dy', 'n', 'noise', 'rolling', 'waitMs'] as const;

/**
 * @param fringe - columns of a fringe over 4 π
 * @param shift - columns that it has moved to the right
 * @returns row-major, shape `[ny, nx]`
 */
export function mockImage(settings: ImageSettings, fringe: number, shift: number, random: Random): Float64Array {
  const { nx, ny, amp, x0, y0, dx, dy, n, noise } = settings;
  const across = Float64Array.from({ length: nx }, (_, x) => hyperGaussian(x, x0, dx, n));
  const fringes = across.map((_, x) => Math.sin(x / fringe) ** 2);
  const image = new Float64Array(ny * nx);
  for (let y = 0; y < ny; y++) {
    const down = amp * hyperGaussian(y, y0, dy, n);
    for (let to = 0; to < nx; to++) {
      const x = rolledFrom(to, shift, nx);
      image[y * nx + to] = (down * (across[x] ?? 0) + noise * random.uniform()) * (fringes[x] ?? 0);
    }
  }
  return image;
}

/** 0, 1, … as the axes of these images have them. */
export const counting = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => i);
