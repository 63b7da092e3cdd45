import { DataWithAxes, defineDetector, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { createRandom } from '../physics/random.ts';
import { hyperGaussian, rolledFrom } from './hyper-gaussian.ts';
import { bumpSettings, seedSetting, waitSetting } from './mock-bump.ts';

const npts = z.int().min(10).default(200).describe('Points of its curve');

const settings = z.object({
  mocks: z
    .array(z.object({ npts, ...bumpSettings(20, 50, 20, 1) }))
    .min(1)
    .default([
      { npts: 200, amp: 20, x0: 50, dx: 20, n: 1, noise: 0.1 },
      { npts: 200, amp: 10, x0: 100, dx: 30, n: 2, noise: 0.1 },
    ])
    .describe('Curves, of which each grab gives the next point: npts, amp, x0, dx, n, noise'),
  separate: z.boolean().default(false).describe('Whether each curve is data of its own, and not a channel'),
  waitMs: waitSetting(100),
  seed: seedSetting,
});
type Settings = z.output<typeof settings>;

/**
 * Numbers that go up and down, as PyMoDAQ's `daq_0Dviewer_Mock`: `Mock0D`, shape `[1]`, with a channel for each curve (`Mock_00`, …), or
 * data of these names. Source: the behaviour of pymodaq_plugins_mock.
 */
export const mock0d = defineDetector({
  kind: 'mock-0d',
  title: 'Mock 0D detector, as that of PyMoDAQ',
  settings,
  async connect({ mocks, separate, seed, ...initial }, { clock }) {
    let { waitMs } = initial;
    const random = createRandom(seed, 'mock 0D');
    const curves = mocks.map(({ npts, amp, x0, dx, n, noise }) =>
      Float64Array.from({ length: npts }, (_, x) => amp * hyperGaussian(x, x0, dx, n) + noise * random.uniform()),
    );
    const labels = curves.map((_, i) => `Mock_${String(i).padStart(2, '0')}`);
    let grabs = 0;
    return {
      identity: 'Daqtor mock detector',
      grabMs: () => waitMs,
      async grab(signal) {
        await clock.sleep(waitMs, signal);
        const values = curves.map((curve) => curve[rolledFrom(0, grabs, curve.length)] ?? Number.NaN);
        grabs++;
        if (!separate) return [new DataWithAxes({ name: 'Mock0D', data: values, labels })];
        return values.map((value, i) => {
          const name = labels[i] ?? '';
          return new DataWithAxes({ name, data: [value], labels: [name] });
        });
      },
      adjust: liveSettings<Settings, 'waitMs'>({
        names: ['waitMs'],
        async apply(wanted) {
          ({ waitMs } = wanted);
        },
      }),
      async close() {},
    };
  },
});
