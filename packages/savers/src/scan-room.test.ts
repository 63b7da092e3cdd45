import { statSync } from 'node:fs';
import { adaptive1D, adaptive2D, DataWithAxes, fly, lab, linspace, type Scan, VirtualClock } from '@daqtor/core';
import { scanKinds, stubActuator, stubDetector } from '@daqtor/core/testing';
import { expect, it } from 'vitest';
import { dataset } from './dataset.ts';
import { tempFolder } from './testing/temp-folder.ts';

const SIDE = 200;
const decides = { signal: { detector: 'camera', data: 'brightness' }, count: 6, initial: 3 } as const;
const kinds: Readonly<Record<string, Scan>> = {
  ...scanKinds,
  adaptive_line: adaptive1D('x', 0, 1, decides),
  adaptive_plane: adaptive2D(['x', 0, 1], ['y', 5, 9], decides),
  fly_line: fly('x', 0, 1, 5, { overrun: 0.1 }),
  fly_lines: fly('x', 0, 1, 4, { overrun: 0.1, lines: linspace('y', 0, 1, 3), snake: true }),
};

/** What was foreseen, and the size of the file. @param average - grabs averaged into each */
async function sizes(over: Scan, average: number) {
  const clock = new VirtualClock();
  const stage = () =>
    stubActuator(() => {
      let [from, to, beganMs] = [0, 0, 0];
      // 1 mm per second.
      const isThere = () => clock.now() - beganMs >= 1000 * Math.abs(to - from);
      const where = () => (isThere() ? to : from + (Math.sign(to - from) * (clock.now() - beganMs)) / 1000);
      return {
        startMove: async (target) => {
          [from, to, beganMs] = [where(), target, clock.now()];
        },
        isMoving: async () => !isThere(),
        readPosition: async () => where(),
      };
    })({});
  let grabs = 0;
  const camera = stubDetector(async () => {
    await clock.sleep(10);
    const image = new Uint16Array(SIDE ** 2).fill(++grabs);
    return [
      new DataWithAxes({ name: 'image', data: [image], shape: [SIDE, SIDE], units: 'count' }),
      new DataWithAxes({ name: 'brightness', data: [grabs], units: 'count' }),
    ];
  });
  const specs = { x: stage(), y: stage(), z: stage(), camera: camera({ average }) };
  await using bench = await lab(specs, { clock });
  await bench.camera.grab();
  const options = { over, read: [bench.camera], save: dataset(tempFolder()) };
  const { bytes = Number.NaN } = await bench.dryRun(options);
  const { file = '' } = await bench.scan(options).done;
  return { bytes, written: statSync(file).size };
}

/** Groups, attributes and the settings of all modules, whatever the data. */
const STRUCTURE = 200_000;

it.each(Object.entries(kinds))(
  'a scan of the kind %s writes what was foreseen, and at most 200 kB for its structure',
  async (name, scan) => {
    for (const average of [1, 2]) {
      const { bytes, written } = await sizes(scan, average);
      expect(written).toBeLessThan(bytes + STRUCTURE);
      // Places that a region leaves out have room only where values share a chunk.
      expect(written).toBeGreaterThan(name === 'grid_masked' ? bytes / 2 : bytes);
    }
  },
);
