/** What PyMoDAQ 5 gets wrong in its own files, and ours must not: see docs/decisions/0007 and 0008. */
import { join } from 'node:path';
import { Axis, DataToExport, DataWithAxes, VirtualClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import { describeFile, type TreeNode } from './browse/describe-file.ts';
import { findNode } from './browse/tree.ts';
import { dataset } from './dataset.ts';
import { DataLoader } from './load/data-loader.ts';
import { saveSnapshot } from './snapshot.ts';
import { averaged2d, myDet, runScan, scan2d } from './testing/scan-bench.ts';
import { tempFolder } from './testing/temp-folder.ts';

const SCAN = '/RawData/Scan000';
const DETECTOR = `${SCAN}/Detector000`;
const at = (tree: TreeNode, path: string) => findNode(tree, path, 'the file').attributes;

test('data of a scan have units, error bars and every channel included', async () => {
  const withErrors = (step: number) => {
    const bars = myDet(step).data.map((one) => one.with({ errors: one.data }));
    return new DataToExport({ name: 'MyDet', data: bars });
  };
  const { file } = await runScan(dataset(tempFolder()), { points: 1, dataAt: withErrors });
  const tree = await describeFile(file);
  const units = { Data0D: 'mW', Data1D: 'V', Data2D: 'count' };
  for (const [dim, unit] of Object.entries(units)) {
    const { children } = findNode(tree, `${DETECTOR}/${dim}/CH00`, file);
    const arrays = children.filter(({ name }) => /^(Data|ErrorBar)\d/.test(name));
    expect(arrays.length, dim).toBe(dim === 'Data2D' ? 2 : 4);
    for (const array of arrays) expect(array.attributes.units, array.path).toBe(unit);
  }
  const { data } = await (await DataLoader.open(file)).loadData(`${DETECTOR}/Data1D/CH00`);
  expect(data.units).toBe('V');
});

test('an averaged scan holds every run of every point, and loads with its axes', async () => {
  const { file, saved } = await runScan(dataset(tempFolder()), { description: averaged2d(3) });
  expect(saved).toHaveLength(36);
  const { data, warnings } = await (await DataLoader.open(file)).loadData(`${DETECTOR}/Data1D/CH00`);
  expect(warnings).toEqual([]);
  expect(data).toMatchObject({ shape: [3, 3, 4, 5], navIndexes: [0, 1, 2] });
  expect(data.axes.map(({ label, index }) => [label, index])).toEqual(
    expect.arrayContaining([
      ['Average', 0],
      ['ActX', 1],
      ['ActY', 2],
      ['Wavelength', 3],
    ]),
  );
  const firsts = Array.from({ length: 36 }, (_, point) => data.data[0]?.[5 * point]);
  expect(firsts).toEqual(Array.from({ length: 36 }, (_, step) => step));
});

test('a date says day, month and year, and minutes where minutes belong', async () => {
  const moment = new Date(2026, 10, 5, 14, 7, 9, 250);
  const startedEpochMs = moment.getTime();
  const clock = new VirtualClock(startedEpochMs);
  const { file } = await runScan(dataset(tempFolder()), { clock, description: scan2d({ startedEpochMs }), points: 1 });
  const tree = await describeFile(file);
  expect(at(tree, '/')).toMatchObject({ date: '2026-11-05', time: '14:07:09.250000' });
  for (const path of ['/RawData', SCAN]) expect(at(tree, path).date_time, path).toBe('2026-11-05 14:07:09');
});

test('settings beyond 60 kB are not dropped, neither of a scan nor of its modules', async () => {
  const note = 'µ'.repeat(40_000);
  const whole = '&#181;'.repeat(40_000);
  const long = (name: string) => ({ name, kind: 'k', title: 't', units: 'mm', settings: { note } });
  const description = scan2d({
    settings: { note },
    actuators: [long('ActX'), long('ActY')],
    detectors: [long('MyDet')],
  });
  const { file } = await runScan(dataset(tempFolder(), { description: note }), { description, points: 1 });
  const tree = await describeFile(file);
  for (const path of ['/RawData', SCAN, DETECTOR, `${SCAN}/Actuator000`, `${SCAN}/Actuator001`]) {
    expect(String(at(tree, path).settings).includes(whole), path).toBe(true);
  }
});

const strip = new DataToExport({
  name: 'MyDet',
  data: [
    new DataWithAxes({
      name: 'Strip',
      data: [Float64Array.of(1, 2, 3, 4)],
      shape: [1, 4],
      axes: [
        new Axis({ label: 'y', data: [0], index: 0 }),
        new Axis({ label: 'x', units: 'um', data: [0, 1, 2, 4], index: 1 }),
      ],
      timestamp: 1,
    }),
  ],
});

test('data with a signal dimension of length 1 come back with the axis of the other', async () => {
  const clock = new VirtualClock();
  const snapshot = join(tempFolder(), 'strip.h5');
  await saveSnapshot(snapshot, strip, { clock });
  const { file } = await runScan(dataset(tempFolder()), { dataAt: () => strip });
  for (const [path, channel, shape] of [
    [snapshot, '/RawData/Detector000/Data1D/CH00', [4]],
    [file, `${DETECTOR}/Data1D/CH00`, [3, 4, 4]],
  ] as const) {
    const { data, warnings } = await (await DataLoader.open(path)).loadData(channel);
    expect(warnings).toEqual([]);
    expect(data).toMatchObject({ dim: 'Data1D', shape });
    const x = data.axes.find(({ label }) => label === 'x');
    expect([x?.index, ...(x?.data ?? [])]).toEqual([shape.length - 1, 0, 1, 2, 4]);
    expect(data.axes.some(({ label }) => label === 'y')).toBe(false);
  }
});

test.each(['h5py', 'tables'])(
  "PyMoDAQ's own files with a signal dimension of length 1, which it cannot read, load with their axis (%s)",
  async (backend) => {
    const path = new URL(`../fixtures/golden/t_unit_signal_dim_${backend}.h5`, import.meta.url).pathname;
    const { channels, warnings } = await (await DataLoader.open(path)).loadAll();
    expect(warnings).toEqual([]);
    const [loaded] = channels.values();
    expect(loaded?.data.shape).toEqual([1, 4]);
    expect(loaded?.data.axes.map(({ index, size }) => [index, size])).toEqual([[1, 4]]);
  },
);
