import { Axis, DataWithAxes, defineDetector, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { createRandom } from '../physics/random.ts';
import { counting, imageSettings, LIVE_IMAGE, mockImage } from './mock-image.ts';

const settings = z.object({
  panels: z.int().positive().default(2).describe('Data in one grab, which are the same image'),
  colours: z.int().min(1).max(3).default(1).describe('Channels of each'),
  threshold: z.number().nonnegative().default(1).describe('What is less is 0'),
  ...imageSettings,
});
type Settings = z.output<typeof settings>;

const LIVE = [...LIVE_IMAGE, 'threshold'] as const;
/** Columns of a fringe over 4 π. */
const FRINGE = 4;

/**
 * Images that move, as PyMoDAQ's `daq_2Dviewer_Mock`: `Mock2D_0`, `Mock2D_1`, …, shape `[ny, nx]`, over `the y axis` and `the x axis`.
 * Source: the behaviour of pymodaq_plugins_mock.
 */
export const mock2d = defineDetector({
  kind: 'mock-2d',
  title: 'Mock 2D detector, as that of PyMoDAQ',
  settings,
  async connect(settings, { clock }) {
    const { nx, ny, panels, colours, seed } = settings;
    let now = settings;
    const random = createRandom(seed, 'mock 2D');
    const axes = [
      new Axis({ label: 'the y axis', index: 0, data: counting(ny) }),
      new Axis({ label: 'the x axis', index: 1, data: counting(nx) }),
    ];
    let grabs = 0;
    return {
      identity: 'Daqtor mock detector',
      grabMs: () => now.waitMs,
      async grab(signal) {
        await clock.sleep(now.waitMs, signal);
        const { rolling, threshold } = now;
        const image = mockImage(now, FRINGE, rolling * grabs++, random).map((value) =>
          value >= threshold ? value : 0,
        );
        return Array.from({ length: panels }, (_, panel) => {
          const data = Array.from({ length: colours }, () => image.slice());
          return new DataWithAxes({ name: `Mock2D_${panel}`, shape: [ny, nx], data, axes });
        });
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
