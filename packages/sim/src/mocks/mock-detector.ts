import { Axis, DataWithAxes, defineDetector, liveSettings, sizeOf, unitsSetting } from '@daqtor/core';
import { z } from 'zod';
import { createRandom } from '../physics/random.ts';

const settings = z.object({
  shape: z
    .array(z.int().positive())
    .max(4)
    .default([])
    .describe('Length of each dimension: [] for a number, [n] for a curve, [height, width] for an image, up to four'),
  channels: z.int().positive().default(1).describe('Number of arrays in one grab'),
  units: unitsSetting.default('V').describe('Units of the values'),
  noise: z.number().nonnegative().default(0.01).describe('Standard deviation of the noise; the signal is about 1'),
  delayMs: z.number().nonnegative().default(0).describe('Time that a grab takes, in ms'),
  seed: z.int().default(1).describe('Seed of the noise'),
  freeRunMs: z
    .number()
    .positive()
    .optional()
    .describe('Period at which it gives live data by itself, in ms; left out, it has to be asked for each grab'),
});

/** By their place from the last. */
const AXES = ['x', 'y', 'z', 't'];

/**
 * A detector without hardware or protocol, for tests and benchmarks. By default it answers at once.
 *
 * It gives `mock`: float64, a bump in the middle of each array, which grows by the number of the grab, with noise.
 */
export const mockDetector = defineDetector({
  kind: 'mock-detector',
  title: 'Mock detector',
  settings,
  async connect({ shape, channels, units, seed, freeRunMs, ...initial }, { clock }) {
    let { noise, delayMs } = initial;
    const random = createRandom(seed, 'mock detector');
    const bump = bumpOf(shape);
    const axes = shape.map((length, index) => {
      const label = AXES[shape.length - 1 - index] ?? '';
      return new Axis({ label, index, data: Float64Array.from({ length }, (_, i) => i) });
    });
    let grabs = 0;
    const measure = () => {
      const height = ++grabs;
      const data = Array.from({ length: channels }, () =>
        bump.map((value) => height * value + (noise === 0 ? 0 : noise * random.normal())),
      );
      return [new DataWithAxes({ name: 'mock', units, data, shape: shape.length === 0 ? [1] : shape, axes })];
    };
    return {
      identity: 'Daqtor mock detector',
      async grab(signal) {
        signal.throwIfAborted();
        if (delayMs > 0) await clock.sleep(delayMs, signal);
        return measure();
      },
      ...(freeRunMs !== undefined && {
        async live(deliver: (data: readonly DataWithAxes[]) => void, signal: AbortSignal) {
          for (;;) {
            await clock.sleep(freeRunMs, signal);
            deliver(measure());
          }
        },
      }),
      adjust: liveSettings<z.output<typeof settings>, 'noise' | 'delayMs'>({
        names: ['noise', 'delayMs'],
        async apply(wanted, _, signal) {
          signal.throwIfAborted();
          ({ noise, delayMs } = wanted);
        },
      }),
      async close() {},
    };
  },
});

/** A Gaussian of height 1 in the middle, row-major, of the given shape. */
function bumpOf(shape: readonly number[]): Float64Array {
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    let [rest, distance] = [i, 0];
    for (const length of [...shape].reverse()) {
      distance += (((rest % length) + 0.5) / length - 0.5) ** 2;
      rest = Math.floor(rest / length);
    }
    return Math.exp(-distance / 0.08);
  });
}
