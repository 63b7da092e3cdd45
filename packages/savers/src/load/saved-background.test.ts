import { join } from 'node:path';
import { Axis, BoundedQueue, DataToExport, DataWithAxes, VirtualClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import { continuousSaving } from '../continuous-saving.ts';
import { dataset } from '../dataset.ts';
import { saveSnapshot } from '../snapshot.ts';
import { runScan } from '../testing/scan-bench.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { DataLoader } from './data-loader.ts';

const module = { name: 'MyDet', kind: 'mock', title: 'Mock', units: '', settings: {} };
const NM = new Axis({ label: 'wavelength', units: 'nm', data: [400, 500, 700] });
const DARK = Float64Array.of(100, 200, 300);
const spectrum = (...values: number[]) =>
  new DataWithAxes({ name: 'Spectrum', data: [Float64Array.from(values)], units: 'V', timestamp: 1, axes: [NM] });
const power = (value: number, source: 'raw' | 'calculated' = 'raw') =>
  new DataWithAxes({ name: 'Power', data: [value], units: 'mW', timestamp: 1, source });
const background = new DataToExport({ name: 'MyDet', data: [spectrum(...DARK), power(50)] });
const measured = (step: number) =>
  new DataToExport({ name: 'MyDet', data: [spectrum(step, step, step), power(step)], background });

test('a background that a detector carries is saved once beside the data of a scan, and subtracted on demand', async () => {
  const { file } = await runScan(dataset(tempFolder()), { dataAt: measured });
  const loader = await DataLoader.open(file);
  const group = '/RawData/Scan000/Detector000';
  const { data, warnings } = await loader.loadAll(group, { withBkg: true });
  expect(warnings).toEqual([]);
  const steps = Array.from({ length: 12 }, (_, step) => step);
  expect([...(data.get('Spectrum')?.data[0] ?? [])]).toEqual(
    steps.flatMap((step) => [...DARK].map((dark) => step - dark)),
  );
  expect([...(data.get('Power')?.data[0] ?? [])]).toEqual(steps.map((step) => step - 50));
  const plain = await loader.loadData(`${group}/Data1D/CH00`);
  expect([...(plain.data.data[0] ?? [])].slice(0, 6)).toEqual([0, 0, 0, 1, 1, 1]);
  const { data: dark, attributes, warnings: none } = await loader.loadData(`${group}/Data1D/CH00/Bkg00`);
  expect(dark).toMatchObject({ shape: [3], units: 'V', navIndexes: [], data: [DARK], axes: [NM] });
  expect(none).toEqual([]);
  expect(attributes.data_type).toBe('bkg');
});

test('a background that was taken after the first points is saved when it comes', async () => {
  const bare = (step: number) => new DataToExport({ name: 'MyDet', data: measured(step).data });
  const { file } = await runScan(dataset(tempFolder()), { dataAt: (step) => (step < 5 ? bare(step) : measured(step)) });
  const loader = await DataLoader.open(file);
  const { data, warnings } = await loader.loadAll('/RawData/Scan000/Detector000', { withBkg: true });
  expect(warnings).toEqual([]);
  expect([...(data.get('Power')?.data[0] ?? [])]).toEqual(Array.from({ length: 12 }, (_, step) => step - 50));
});

test('a recording over time keeps the background of its first frame', async () => {
  const path = join(tempFolder(), 'b.h5');
  const frames = new BoundedQueue<DataToExport>({ maxItems: 3 });
  for (const step of [1, 2, 3]) frames.tryPut(measured(step));
  frames.close();
  await (await continuousSaving(path, module, frames, { clock: new VirtualClock() })).end();
  const loader = await DataLoader.open(path);
  const { data, warnings } = await loader.loadData('/RawData/Detector000/Data1D/CH00', { withBkg: true });
  expect(warnings).toEqual([]);
  expect(data.shape).toEqual([3, 3]);
  expect([...(data.data[0] ?? [])].slice(3, 6)).toEqual([-98, -198, -298]);
});

test('a snapshot keeps the background that comes with it', async () => {
  const path = join(tempFolder(), 'a.h5');
  await saveSnapshot(path, measured(7), { clock: new VirtualClock() });
  const { data } = await (await DataLoader.open(path)).loadAll('/', { withBkg: true });
  expect(data.get('Power')?.data).toEqual([Float64Array.of(-43)]);
});

test('what settings leave out of the data they leave out of the background, and both get the same type', async () => {
  const path = join(tempFolder(), 'a.h5');
  const data = new DataToExport({
    name: 'MyDet',
    data: [power(7), spectrum(1, 2, 3)],
    background: new DataToExport({ name: 'MyDet', data: [power(2, 'calculated'), spectrum(...DARK)] }),
  });
  const settings = { saveRawOnly: true, dynamic: 'int16' } as const;
  await saveSnapshot(path, data, { clock: new VirtualClock(), settings });
  const loader = await DataLoader.open(path);
  const dark = await loader.loadData('/RawData/Detector000/Data1D/CH00/Bkg00');
  expect(dark.data.data).toEqual([Int16Array.from(DARK)]);
  const { warnings } = await loader.loadData('/RawData/Detector000/Data0D/CH00', { withBkg: true });
  expect(warnings).toEqual([expect.stringContaining('no background was saved')]);
});
