import { Axis, DataWithAxes, type DetectorPlugin, defineDetector } from '@daqtor/core';
import { z } from 'zod';
import { createRandom } from '../physics/random.ts';
import { expose } from './expose.ts';
import { adjustableExposure, exposureSettings, FULL_SCALE } from './exposure-settings.ts';
import type { SampleView } from './sample-view.ts';

/** Counts per millisecond in the brightest pixel with no sample in the beam. */
const FULL_RATE = 3000;
const READ_NOISE = 8;
const DARK_COUNTS = 300;

const settings = z.object({
  pixels: z.int().min(2).max(8192).default(512).describe('Number of pixels'),
  fromNm: z.number().positive().default(450).describe('Wavelength of the first pixel, in nm'),
  toNm: z.number().positive().default(650).describe('Wavelength of the last pixel, in nm'),
  ...exposureSettings,
});
export type SpectrometerSettings = z.input<typeof settings>;

/**
 * A plugin for a spectrometer that looks at the spot on the sample: a lamp's spectrum, as the sample transmits it, with
 * dark counts, shot noise and read noise.
 *
 * It gives `spectrum`, uint16 counts of shape `[pixels]`, with an axis `wavelength` in nm.
 */
export function simulatedSpectrometer(view: SampleView): DetectorPlugin<typeof settings.shape> {
  return defineDetector({
    kind: 'simulated-spectrometer',
    title: 'Simulated spectrometer',
    settings,
    async connect({ pixels, fromNm, toNm, exposureMs, seed }, { clock }) {
      const exposure = adjustableExposure(exposureMs);
      const random = createRandom(seed, 'spectrometer');
      const wavelengths = Float64Array.from(
        { length: pixels },
        (_, i) => fromNm + ((toNm - fromNm) * i) / (pixels - 1),
      );
      const axis = new Axis({ label: 'wavelength', units: 'nm', data: wavelengths });
      const lampRate = wavelengths.map((nm) => FULL_RATE * Math.exp(-(((nm - 560) / 95) ** 2)));
      return {
        identity: 'Daqtor simulated spectrometer',
        async grab(signal) {
          const [x, y] = await expose(clock, exposure.ms, view, signal);
          const transmission = view.sample.spectrum(x, y, wavelengths);
          const counts = Uint16Array.from(transmission, (share, i) => {
            const light = random.poisson(share * exposure.ms * (lampRate[i] ?? 0));
            return Math.min(FULL_SCALE, Math.max(0, Math.round(DARK_COUNTS + light + READ_NOISE * random.normal())));
          });
          return [new DataWithAxes({ name: 'spectrum', units: 'count', data: [counts], axes: [axis] })];
        },
        adjust: exposure.adjust,
        async close() {},
      };
    },
  });
}
