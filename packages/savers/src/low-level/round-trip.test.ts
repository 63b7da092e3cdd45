import { Axis, DataToExport, DataWithAxes, VirtualClock } from '@daqtor/core';
import { expect, onTestFinished, test } from 'vitest';
import { DataToExportSaver } from '../data/data-to-export-saver.ts';
import { singleArrays } from '../data/single-arrays.ts';
import { memoryBackend } from '../h5/memory-backend.ts';
import { DataLoader } from '../load/data-loader.ts';
import { AxisSaverLoader } from './axis-saver-loader.ts';
import { backendReader } from './backend-reader.ts';
import { BkgSaver } from './bkg-saver.ts';
import { DataEnlargeableSaver } from './data-enlargeable-saver.ts';
import { DataExtendedSaver } from './data-extended-saver.ts';
import { DataSaverLoader } from './data-saver-loader.ts';
import { H5SaverLowLevel } from './h5-saver-low-level.ts';

async function channel() {
  const saver = await H5SaverLowLevel.fromFile(await memoryBackend(), { clock: new VirtualClock() });
  onTestFinished(() => saver.close());
  return { saver, group: await saver.addChGroup(saver.rawGroup, { title: 'Channel' }) };
}

const IMAGE = new DataWithAxes({
  name: 'Größe "q" \\',
  data: [Int16Array.of(1, -2, 3, -4, 5, -6), Int16Array.of(6, 5, 4, 3, 2, 1)],
  shape: [2, 3],
  labels: ['left', 'é'],
  units: 'mV',
  axes: [
    new Axis({ label: 'y', units: 'um', index: 0, data: [-1, 1] }),
    new Axis({ label: 'λ', units: 'nm', index: 1, data: [400, 401.5, 500] }),
  ],
  errors: [new Float64Array(6).fill(0.1), new Float64Array(6).fill(0.2)],
  origin: 'Camera',
  timestamp: 1_700_000_000.125,
  source: 'calculated',
});

test('data come back exactly, with axes, error bars and everything that they say about themselves', async () => {
  const { saver, group } = await channel();
  const data = new DataSaverLoader(saver);
  await data.addData(group, IMAGE);
  const loaded = await data.loadData(group);
  expect(loaded.warnings).toEqual([]);
  expect(loaded.data).toEqual(IMAGE);
  expect((await data.getNodes(group)).map(({ name }) => name)).toEqual(['Data00', 'Data01']);
  expect(await data.getNextNodeName(group)).toBe('Data02');
  expect((await data.getNodeFromIndex(group, 1))?.attributes.label).toBe('é');
  const second = await data.loadData(`${group.path}/Data01`);
  expect(second.data.data).toEqual([IMAGE.data[1]]);
});

test('a group holds one data object: a second is refused, and the first is left as it was', async () => {
  const { saver, group } = await channel();
  await new DataSaverLoader(saver).addData(group, IMAGE);
  const again = new DataSaverLoader(saver);
  await expect(again.addData(group, IMAGE)).rejects.toMatchObject({ code: 'save.failed' });
  expect((await again.loadData(group)).data).toEqual(IMAGE);
});

test('axes come back exactly, each the next of its group', async () => {
  const { saver, group } = await channel();
  const axes = new AxisSaverLoader(saver);
  const some = [
    new Axis({ label: 'x', units: 'mm', data: [0.1, 0.2, 0.30000000000000004] }),
    new Axis({ label: 'y', units: '', index: 1, data: [3, 1, 2], spreadOrder: 2 }),
  ];
  for (const axis of some) await axes.addAxis(group, axis);
  expect(await axes.getAxes(group)).toEqual(some);
  expect((await axes.getNodes(group)).map(({ name }) => name)).toEqual(['Axis00', 'Axis01']);
  await expect(axes.loadAxis(group)).rejects.toMatchObject({ problem: expect.stringContaining(group.path) });
});

test('an axis grows with the rows that it belongs to', async () => {
  const { saver, group } = await channel();
  const axes = new AxisSaverLoader(saver);
  const nav = await saver.getSetGroup(saver.rawGroup, 'NavAxes');
  const time = await axes.addEnlargeableAxis(nav, { label: 'time', units: 's', spreadOrder: 0 });
  const rows = new DataEnlargeableSaver(saver);
  for (const at of [10, 10.5]) {
    await saver.append(time, Float64Array.of(at));
    await rows.addData(group, new DataWithAxes({ name: 'P', data: [at], timestamp: at }));
  }
  const { data, warnings } = await rows.loadData(group);
  expect(warnings).toEqual([]);
  expect(data.axes).toEqual([new Axis({ label: 'time', units: 's', data: [10, 10.5] })]);
});

test('a background is saved beside its data, and subtracted when that is asked for', async () => {
  const { saver, group } = await channel();
  const data = new DataSaverLoader(saver);
  await data.addData(group, IMAGE);
  await new BkgSaver(saver).addData(group, IMAGE.with({ data: IMAGE.data.map(() => new Int16Array(6).fill(10)) }));
  const clean = await data.loadData(group, { withBkg: true });
  expect([...(clean.data.data[0] ?? [])]).toEqual([-9, -12, -7, -14, -5, -16]);
  expect((await data.loadData(group)).data).toEqual(IMAGE);
});

test('points of a scan go to their places, with axes shifted and the background of one point', async () => {
  const { saver, group } = await channel();
  const nav = await saver.getSetGroup(saver.rawGroup, 'NavAxes');
  await new AxisSaverLoader(saver).addAxis(nav, new Axis({ label: 'x', units: 'mm', data: [0, 1, 2] }));
  const data = new DataExtendedSaver(saver, { shape: [3], distribution: 'uniform' });
  await Promise.all(
    [2, 0].map((i) => data.addData(group, IMAGE.with({ data: IMAGE.data.map(() => new Int16Array(6).fill(i)) }), [i])),
  );
  await new BkgSaver(saver).addData(group, IMAGE);
  const { data: loaded, warnings } = await data.loadData(group);
  expect(warnings).toEqual([]);
  expect(loaded).toMatchObject({ shape: [3, 2, 3], navIndexes: [0], dim: 'Data2D' });
  expect(loaded.axes.map(({ label, index }) => [label, index])).toEqual([
    ['y', 1],
    ['λ', 2],
    ['x', 0],
  ]);
  expect([...(loaded.data[0] ?? [])].filter((_, i) => i % 6 === 0)).toEqual([0, 0, 2]);
  const { data: clean } = await data.loadData(group, { withBkg: true });
  expect(clean.data[0]?.[12]).toBe(1);
  await expect(data.addData(group, IMAGE.with({ units: 'V' }), [1])).rejects.toMatchObject({ code: 'data.shape' });
});

test('rows grow, and say how many they are once the file is closed', async () => {
  const backend = await memoryBackend();
  const saver = await H5SaverLowLevel.fromFile(backend, { clock: new VirtualClock() });
  const group = await saver.addChGroup(saver.rawGroup);
  const rows = new DataEnlargeableSaver(saver, { gzip: 1 });
  for (const value of [1, 2, 3])
    await rows.addData(group, new DataWithAxes({ name: 'P', data: [value], timestamp: 1 }));
  await saver.close();
  const again = await H5SaverLowLevel.fromFile(await memoryBackend({ bytes: backend.bytes() }));
  onTestFinished(() => again.close());
  const [node] = await rows.getNodes.call(new DataEnlargeableSaver(again), group);
  expect(node).toMatchObject({ shape: [3, 1], attributes: { shape: [3, 1], data_type: 'data_enlargeable' } });
  expect((await new DataEnlargeableSaver(again).loadData(group)).data.data).toEqual([Float64Array.of(1, 2, 3)]);
});

test('all that a module gives goes into its group at once, and comes back', async () => {
  const { saver } = await channel();
  const group = await saver.addDetGroup(saver.rawGroup, { title: 'Camera' });
  const power = new DataWithAxes({ name: 'Power', data: [1.5], units: 'mW', origin: 'Camera', timestamp: 1 });
  const given = new DataToExport({
    name: 'Camera',
    data: [power, IMAGE],
    background: new DataToExport({ name: 'Camera', data: [power] }),
  });
  await saver.transact(new DataToExportSaver(group.path, singleArrays(), 'Camera').write(given));
  const loader = await DataLoader.open('memory', backendReader(saver.backend));
  const { data } = await loader.loadAll(group.path);
  expect(data.name).toBe('Camera');
  expect(data.data).toEqual([power, IMAGE]);
  expect((await loader.loadAll(group.path, { withBkg: true })).data.get('Power')?.data).toEqual([Float64Array.of(0)]);
});
