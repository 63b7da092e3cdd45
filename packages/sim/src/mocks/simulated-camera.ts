import { Axis, DataWithAxes, type DetectorPlugin, defineDetector } from '@daqtor/core';
import { z } from 'zod';
import { createRandom } from '../physics/random.ts';
import { expose } from './expose.ts';
import { adjustableExposure, exposureSettings, FULL_SCALE } from './exposure-settings.ts';
import type { SampleView } from './sample-view.ts';

/** Counts per millisecond in the middle of the beam with no sample in it. */
const FULL_RATE = 5000;
const OFFSET_COUNTS = 100;

const settings = z.object({
  height: z.int().min(1).max(2048).default(48).describe('Rows of the image'),
  width: z.int().min(1).max(2048).default(64).describe('Columns of the image'),
  pixelUm: z.number().positive().default(8).describe('Edge of a pixel on the sample, in um'),
  ...exposureSettings,
});
export type CameraSettings = z.input<typeof settings>;

/**
 * A plugin for a camera behind the sample: the beam's spot, as the sample cuts it, with an offset and shot noise.
 *
 * It gives `image`, uint16 counts of shape `[height, width]`, with axes `y` and `x` in um from the middle of the beam.
 */
export function simulatedCamera(view: SampleView): DetectorPlugin<typeof settings.shape> {
  return defineDetector({
    kind: 'simulated-camera',
    title: 'Simulated camera',
    settings,
    async connect({ height, width, pixelUm, exposureMs, seed }, { clock }) {
      const exposure = adjustableExposure(exposureMs);
      const random = createRandom(seed, 'camera');
      const axes = [centredAxis('y', 0, height, pixelUm), centredAxis('x', 1, width, pixelUm)];
      const look = { rows: height, columns: width, pixelMm: pixelUm / 1000 };
      return {
        identity: 'Daqtor simulated camera',
        async grab(signal) {
          const [x, y] = await expose(clock, exposure.ms, view, signal);
          const light = view.sample.image(x, y, look);
          const counts = Uint16Array.from(light, (intensity) =>
            Math.min(FULL_SCALE, OFFSET_COUNTS + random.poisson(FULL_RATE * exposure.ms * intensity)),
          );
          return [new DataWithAxes({ name: 'image', units: 'count', shape: [height, width], data: [counts], axes })];
        },
        adjust: exposure.adjust,
        async close() {},
      };
    },
  });
}

function centredAxis(label: string, index: number, size: number, pixelUm: number): Axis {
  const data = Float64Array.from({ length: size }, (_, i) => (i - (size - 1) / 2) * pixelUm);
  return new Axis({ label, units: 'um', index, data });
}
