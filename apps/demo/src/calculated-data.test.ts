import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { circle, grid, lab, linspace, roi, VirtualClock } from '@daqtor/core';
import { DataLoader, dataset } from '@daqtor/savers';
import { mockActuator, mockDetector } from '@daqtor/sim';
import { expect, it } from 'vitest';

it('saves with a scan what regions of interest make of the data, and the data as they were measured', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daqtor-regions-'));
  const clock = new VirtualClock();
  const bench = await lab(
    { x: mockActuator({}), camera: mockDetector({ shape: [9, 9], noise: 0, average: 2 }) },
    { clock },
  );
  try {
    await bench.camera.background.take();
    bench.camera.rois = [roi('spot', circle([4, 4], 0.5), { measures: ['max', 'argmax'] })];
    const over = grid(linspace(bench.x, 0, 2, 3));
    const { file = '' } = await bench.scan({ over, read: [bench.camera], save: dataset(folder) }).done;
    const loader = await DataLoader.open(file);
    const { data } = (await loader.loadAll('/RawData/Scan000/Detector000')).data;
    const look = data.map(({ name, source, shape, errors }) => ({
      name,
      source,
      shape,
      hasErrors: errors !== undefined,
    }));
    expect(look).toEqual(
      expect.arrayContaining([
        { name: 'mock', source: 'raw', shape: [3, 9, 9], hasErrors: true },
        { name: 'mock spot max', source: 'calculated', shape: [3], hasErrors: false },
        { name: 'mock spot argmax y', source: 'calculated', shape: [3], hasErrors: false },
      ]),
    );
    // The mock counts its grabs: the background is the mean of 1 and 2, the points those of 3 and 4, 5 and 6, 7 and 8.
    const middle = data.find(({ name }) => name === 'mock')?.data[0]?.[40];
    expect(middle).toBeCloseTo(3.5, 1);
    const spot = data.find(({ name }) => name === 'mock spot max')?.data[0];
    expect(Array.from(spot as ArrayLike<number>, (value) => Math.round(value))).toEqual([2, 4, 6]);
  } finally {
    await bench.close();
    await rm(folder, { recursive: true });
  }
});
