import { Axis, DataWithAxes, defineDetector, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { createRandom } from '../physics/random.ts';
import { hyperGaussian, rolledFrom } from './hyper-gaussian.ts';
import { counting, imageSettings, LIVE_IMAGE, mockImage } from './mock-image.ts';

const settings = z.object({
  ...imageSettings,
  lambda: z.number().min(0.1).default(8).describe('Columns of a fringe over 4 π'),
  nt: z.int().positive().max(4096).default(150).describe('Points in time'),
  t0: z.number().default(50).describe('Time of the middle of each pulse'),
  dt: z.number().positive().default(20).describe('Length of it'),
  nTime: z.int().positive().default(1).describe('Order of it: 1 for a Gaussian, more for flatter tops'),
});
type Settings = z.output<typeof settings>;

const LIVE = [...LIVE_IMAGE, 'lambda', 't0', 'dt', 'nTime'] as const;

/**
 * An image with a curve in time at each of its pixels, as PyMoDAQ's `daq_NDviewer_Mock`: `MockND_0`, shape `[ny, nx, nt]`, navigated by
 * its first two dimensions (`Y space`, `X space`, `time label`). Source: the behaviour of pymodaq_plugins_mock.
 */
export const mockNd = defineDetector({
  kind: 'mock-nd',
  title: 'Mock ND detector, as that of PyMoDAQ',
  settings,
  async connect(settings, { clock }) {
    const { nx, ny, nt, seed } = settings;
    let now = settings;
    const random = createRandom(seed, 'mock ND');
    const axes = [
      new Axis({ label: 'Y space', index: 0, data: counting(ny) }),
      new Axis({ label: 'X space', index: 1, data: counting(nx) }),
      new Axis({ label: 'time label', index: 2, data: counting(nt) }),
    ];
    const beat = Float64Array.from({ length: nt }, (_, t) => Math.sin(t / 4) ** 2);
    let grabs = 0;
    const measure = () => {
      const { lambda, t0, dt, nTime, rolling } = now;
      const shift = rolling * grabs++;
      const image = mockImage(now, lambda, shift, random);
      const pulse = beat.map((_, t) => hyperGaussian(t, t0, dt, nTime));
      const cube = new Float64Array(ny * nx * nt);
      for (let pixel = 0; pixel < image.length; pixel++) {
        const height = image[pixel] ?? 0;
        // The beat of a pixel is later by one than that of the pixel before it, and moves with the image.
        const column = rolledFrom(pixel % nx, shift, nx);
        const delay = pixel - (pixel % nx) + column;
        for (let t = 0; t < nt; t++)
          cube[pixel * nt + t] = height * (pulse[t] ?? 0) * (beat[rolledFrom(t, delay, nt)] ?? 0);
      }
      return cube;
    };
    return {
      identity: 'Daqtor mock detector',
      grabMs: () => now.waitMs,
      async grab(signal) {
        await clock.sleep(now.waitMs, signal);
        return [
          new DataWithAxes({ name: 'MockND_0', shape: [ny, nx, nt], navIndexes: [0, 1], data: [measure()], axes }),
        ];
      },
      adjust: liveSettings<Settings, (typeof LIVE)[number]>({
        names: LIVE,
        async apply(wanted) {
          now = wanted;
        },
      }),
      async close() {},
    };
  },
});
