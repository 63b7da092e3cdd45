import { type LiveSettings, liveSettings } from '@daqtor/core';
import { z } from 'zod';

/** Settings that every simulated detector of light has. */
export const exposureSettings = {
  exposureMs: z.number().nonnegative().default(10).describe('Exposure time, in ms'),
  seed: z.int().default(1).describe('Seed of the noise'),
};

/** The most counts that a pixel gives: their converters have 16 bits. */
export const FULL_SCALE = 65_535;

/** An exposure time that can be changed while the detector is connected. */
export function adjustableExposure(exposureMs: number): { ms: number; readonly adjust: LiveSettings } {
  const exposure = {
    ms: exposureMs,
    adjust: liveSettings<{ readonly exposureMs: number }, 'exposureMs'>({
      names: ['exposureMs'],
      async apply(wanted, _, signal) {
        signal.throwIfAborted();
        exposure.ms = wanted.exposureMs;
      },
    }),
  };
  return exposure;
}
