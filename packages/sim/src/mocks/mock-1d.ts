import { Axis, DataWithAxes, defineDetector, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { createRandom } from '../physics/random.ts';
import { hyperGaussian, rolledFrom } from './hyper-gaussian.ts';
import { bumpSettings, rollingSetting, seedSetting, waitSetting } from './mock-bump.ts';

const mock1 = z.object(bumpSettings(20, 125, 20, 1));
const mock2 = z.object(bumpSettings(10, 325, 20, 2));

const settings = z.object({
  npts: z.int().positive().default(512).describe('Points of the axis'),
  x0: z.number().default(256).describe('Middle of the axis, in nm'),
  dx: z.number().positive().default(1).describe('Step of the axis, in nm'),
  multi: z.boolean().default(true).describe('Whether it gives two channels with a peak each, and not one with both'),
  rolling: rollingSetting,
  mock1: mock1.prefault({}).describe('The first peak, which is crossed by fringes: amp, x0, dx, n, noise'),
  mock2: mock2.prefault({}).describe('The second peak: amp, x0, dx, n, noise'),
  waitMs: waitSetting(0),
  seed: seedSetting,
});
type Settings = z.output<typeof settings>;

const LIVE = ['rolling', 'mock1', 'mock2', 'waitMs'] as const;

/**
 * Spectra that move, as PyMoDAQ's `daq_1Dviewer_Mock`: `Mock1D`, shape `[npts]`, over `photon wavelength` in nm. Source: the behaviour of
 * pymodaq_plugins_mock, with the values that it has once it is initialised.
 */
export const mock1d = defineDetector({
  kind: 'mock-1d',
  title: 'Mock 1D detector, as that of PyMoDAQ',
  settings,
  async connect(settings, { clock }) {
    const { npts, x0, dx, multi, seed } = settings;
    let now = settings;
    const random = createRandom(seed, 'mock 1D');
    const wavelengths = Float64Array.from({ length: npts }, (_, i) => x0 + (i - (npts - 1) / 2) * dx);
    const axis = new Axis({ label: 'photon wavelength', units: 'nm', data: wavelengths });
    let grabs = 0;
    const peak = (of: Settings['mock1'], hasFringes: boolean, shift: number) => {
      const curve = wavelengths.map((nm) => {
        const fringes = hasFringes ? Math.sin(nm / 4) ** 2 : 1;
        return 1000 * (of.amp * hyperGaussian(nm, of.x0, of.dx, of.n) * fringes + of.noise * random.uniform());
      });
      return curve.map((_, i) => curve[rolledFrom(i, shift, npts)] ?? Number.NaN);
    };
    return {
      identity: 'Daqtor mock detector',
      grabMs: () => now.waitMs,
      async grab(signal) {
        await clock.sleep(now.waitMs, signal);
        const shift = now.rolling * grabs++;
        const first = peak(now.mock1, true, shift);
        const second = peak(now.mock2, false, shift);
        const data = multi ? [first, second] : [first.map((value, i) => value + (second[i] ?? Number.NaN))];
        return [new DataWithAxes({ name: 'Mock1D', data, axes: [axis] })];
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
