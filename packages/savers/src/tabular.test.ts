import { lab, tabular, VirtualClock } from '@daqtor/core';
import { stubActuator, stubDetector } from '@daqtor/core/testing';
import { expect, test } from 'vitest';
import { dataset } from './dataset.ts';
import { DataLoader } from './load/data-loader.ts';
import { tempFolder } from './testing/temp-folder.ts';

/** It stops 1 µm short. */
const stage = stubActuator((_, { readPosition }) => ({
  readPosition: async (signal) => (await readPosition(signal)) - 0.001,
}));

test('a scan over a table is saved as a list of points, and comes back with one axis per actuator', async () => {
  await using bench = await lab(
    { x: stage({}), y: stage({}), meter: stubDetector()({}) },
    { clock: new VirtualClock() },
  );
  const { x, y, meter } = bench;
  const over = tabular({ x, y }, [
    { x: 3, y: -1 },
    { x: 1, y: 0 },
    { x: 2, y: 4 },
  ]);
  const { file = '', group = '' } = await bench.scan({ over, read: [meter], save: dataset(tempFolder()) }).done;
  const loader = await DataLoader.open(file);
  const scan = loader.tree.children[0]?.children.find(({ path }) => path === group);
  expect(scan?.attributes).toMatchObject({ scan_type: 'Tabular', scan_sub_type: 'Linear', scan_done: true });
  const { data, warnings } = await loader.loadData(`${group}/Detector000/Data0D/CH00`);
  expect(warnings).toEqual([]);
  expect(data).toMatchObject({ shape: [3], dim: 'Data0D', navIndexes: [0], distribution: 'spread', units: 'V' });
  expect([...(data.data[0] ?? [])]).toEqual([0, 1, 2]);
  expect(
    data.axes.map(({ label, units, index, spreadOrder, data: at }) => [label, units, index, spreadOrder, ...at]),
  ).toEqual([
    ['x', 'mm', 0, 0, 3, 1, 2],
    ['y', 'mm', 0, 1, -1, 0, 4],
  ]);
  const readBack = (await loader.loadData(`${group}/Actuator001/Data0D/CH00`)).data;
  expect(readBack).toMatchObject({ distribution: 'spread', data: [Float64Array.of(-1.001, -0.001, 3.999)] });
});
