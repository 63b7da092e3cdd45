import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BoundedQueue, DataToExport, DataWithAxes, defineDetector, lab, realClock, VirtualClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeFile, type TreeNode } from './browse/describe-file.ts';
import { readArray, readTexts } from './browse/read-array.ts';
import { continuousSaving } from './continuous-saving.ts';
import { dataLogger, logFile } from './data-logger.ts';
import { dataset } from './dataset.ts';
import { DataLoader } from './load/data-loader.ts';
import { saveSnapshot } from './snapshot.ts';
import { averaged2d, myDet, runScan } from './testing/scan-bench.ts';
import { tempFolder } from './testing/temp-folder.ts';

const clock = new VirtualClock(new Date(2026, 0, 31, 12).getTime());
const module = { name: 'MyDet', kind: 'mock', title: 'Mock detector', units: '', settings: {} };

function flatten(node: TreeNode): [string, TreeNode][] {
  return [[node.path, node] as [string, TreeNode], ...node.children.flatMap(flatten)];
}

const nodesOf = async (file: string) => new Map(flatten(await describeFile(file)));

function queueOf<T>(values: readonly T[]): BoundedQueue<T> {
  const queue = new BoundedQueue<T>({ maxItems: values.length });
  for (const value of values) queue.tryPut(value);
  queue.close();
  return queue;
}

const frames = (count: number, make: (step: number) => DataToExport = (step) => myDet(step, 1000 + step)) =>
  queueOf(Array.from({ length: count }, (_, step) => make(step)));

const one = (name: string, facts: Partial<ConstructorParameters<typeof DataWithAxes>[0]> = {}) =>
  new DataToExport({ name: 'MyDet', data: [new DataWithAxes({ name, data: [1], timestamp: 1, ...facts })] });

const withErrors = (data: DataToExport) =>
  new DataToExport({
    ...data,
    data: data.data.map((each) =>
      each.with({ errors: each.data.map((array) => new Float64Array(array.length).fill(0.5)) }),
    ),
  });

/** A detector that counts its grabs. */
const numbers = (name: string) =>
  defineDetector({
    kind: 'numbers',
    title: 'Counts its grabs',
    settings: z.object({}),
    connect: async () => {
      let grabs = 0;
      return { grab: async () => [new DataWithAxes({ name, data: [grabs++] })], close: async () => {} };
    },
  });

const D = '/RawData/Detector000';

test('a snapshot is a group of its own, with the values that were given', async () => {
  const { file, group } = await saveSnapshot(join(tempFolder(), 'a.h5'), myDet(1), { module, clock });
  expect(group).toBe(D);
  expect([...(await readArray(file, `${D}/Data0D/CH00/Data01`)).data]).toEqual([-1]);
});

test("a background and error bars lie where PyMoDAQ looks for them, and the background's own bars do not mix in", async () => {
  const path = join(tempFolder(), 'a.h5');
  const { file } = await saveSnapshot(path, withErrors(myDet(1)), { module, clock, background: withErrors(myDet(9)) });
  const names = [...(await nodesOf(file)).keys()].filter((each) => each.startsWith(`${D}/Data0D/CH00/`));
  expect(names.filter((each) => each.includes('/ErrorBar'))).toHaveLength(2);
  expect([...(await readArray(file, `${D}/Data0D/CH00/Bkg00`)).data]).toEqual([9.5]);
  expect((await readArray(file, `${D}/Data0D/CH00/BkgErrorBar00`)).attributes).toMatchObject({
    data_type: 'live_scan',
  });
  const { data, warnings } = await (await DataLoader.open(file)).loadData(`${D}/Data0D/CH00`);
  expect(warnings).toEqual([]);
  expect([data.labels, data.data, data.errors]).toEqual([
    ['A', 'B'],
    [Float64Array.of(1.5), Float64Array.of(-1)],
    [Float64Array.of(0.5), Float64Array.of(0.5)],
  ]);
});

test('a second snapshot goes into the same file when that is asked for, and is refused otherwise', async () => {
  const path = join(tempFolder(), 'a.h5');
  await saveSnapshot(path, myDet(1), { clock });
  await expect(saveSnapshot(path, myDet(2), { clock })).rejects.toMatchObject({ code: 'save.failed' });
  const { group } = await saveSnapshot(path, myDet(2), { clock, settings: { newFile: false } });
  expect(group).toBe('/RawData/Detector001');
});

test('a screenshot lies beside the file', async () => {
  const png = Uint8Array.of(137, 80, 78, 71);
  const { file } = await saveSnapshot(join(tempFolder(), 'a.h5'), myDet(1), { clock, screenshot: png });
  expect([...readFileSync(file.replace('.h5', '.png'))]).toEqual([...png]);
});

test('continuous saving keeps each frame with its time', async () => {
  const folder = tempFolder();
  const recording = await continuousSaving(folder, module, frames(200), { clock });
  expect(recording.file).toBe(join(folder, '2026', '20260131', 'Data_20260131_12_00_00.h5'));
  await recording.end();
  const steps = Array.from({ length: 200 }, (_, step) => step);
  const power = await readArray(recording.file, `${D}/Data0D/CH00/EnlData01`);
  expect(power).toMatchObject({ shape: [200, 1], attributes: { shape: [200, 1], units: 'mW' } });
  expect([...power.data]).toEqual(steps.map((step) => (step === 0 ? -0 : -step)));
  const spectrum = await readArray(recording.file, `${D}/Data1D/CH00/EnlData00`);
  expect([...spectrum.data]).toEqual(steps.flatMap((step) => [step, 1, 2, 3, 4]));
  const time = await readArray(recording.file, `${D}/NavAxes/Axis00`);
  expect([...time.data]).toEqual(steps.map((step) => 1000 + step));
  expect(time.attributes).toMatchObject({ size: 200, shape: [200] });
});

test('frames that change their shape end a recording with an error, and those before it are all there', async () => {
  const queue = frames(5, (step) => one('S', { data: [new Float64Array(step < 3 ? 4 : 5)] }));
  const recording = await continuousSaving(join(tempFolder(), 'b.h5'), module, queue, { clock });
  const failed = new Promise((resolve) => {
    recording.saved$.subscribe({ error: resolve });
  });
  expect(await failed).toMatchObject({ code: 'data.shape', instrument: 'MyDet' });
  await recording.end('failed');
  expect(await readArray(recording.file, `${D}/Data1D/CH00/EnlData00`)).toMatchObject({ shape: [3, 4] });
  expect(await readArray(recording.file, `${D}/NavAxes/Axis00`)).toMatchObject({ attributes: { size: 3 } });
});

test('a logger keeps what each module gave, with times of its own', async () => {
  const actuator = { name: 'ActX', kind: 'mock', title: 'Mock', units: 'mm', settings: {} };
  const positions = queueOf([1, 2].map((i) => ({ position: i / 2, atEpochMs: i * 1000 })));
  const recording = await dataLogger(
    join(tempFolder(), 'd.h5'),
    { detectors: [{ module, frames: frames(3) }], actuators: [{ module: actuator, positions }] },
    { clock },
  );
  await recording.end();
  const group = '/RawData/Scan000/Actuator000';
  expect([...(await readArray(recording.file, `${group}/Data0D/CH00/EnlData00`)).data]).toEqual([0.5, 1]);
  expect([...(await readArray(recording.file, `${group}/NavAxes/Axis00`)).data]).toEqual([1, 2]);
  expect(await readTexts(recording.file)).toEqual([]);
});

test('two modules of one name cannot be logged, and no file is made', async () => {
  const path = join(tempFolder(), 'd.h5');
  const twins = [1, 2].map(() => ({ module, frames: frames(1) }));
  await expect(dataLogger(path, { detectors: twins }, { clock })).rejects.toMatchObject({ code: 'lab.settings' });
  expect(existsSync(path)).toBe(false);
});

test('an averaged scan keeps every run, with the axis Average in front', async () => {
  const { file } = await runScan(dataset(tempFolder()), { description: averaged2d(2) });
  const power = await readArray(file, '/RawData/Scan000/Detector000/Data0D/CH00/Data01');
  expect(power).toMatchObject({ shape: [2, 3, 4], attributes: { nav_indexes: [0, 1, 2] } });
  expect([...power.data].map((value) => Math.abs(Number(value)))).toEqual(
    Array.from({ length: 24 }, (_, step) => step),
  );
  const axis = await readArray(file, '/RawData/Scan000/NavAxes/Axis00');
  expect(axis.attributes).toMatchObject({ label: 'Average', index: 0 });
});

test('compressed data come back as they were', async () => {
  const { file } = await runScan(dataset(tempFolder(), {}, { gzip: 6 }));
  const power = await readArray(file, '/RawData/Scan000/Detector000/Data0D/CH00/Data01');
  expect([...power.data].map((value) => Math.abs(Number(value)))).toEqual(
    Array.from({ length: 12 }, (_, step) => step),
  );
});

test('what is not wanted is not saved, and the rest is in the type that is asked for', async () => {
  const computed = new DataWithAxes({ name: 'Sum', data: [1], timestamp: 1, source: 'calculated' });
  const data = new DataToExport({ name: 'MyDet', data: [...myDet(1).data, computed] });
  const settings = { save2D: false, saveRawOnly: true, dynamic: 'float32' as const };
  const { file } = await saveSnapshot(join(tempFolder(), 'a.h5'), data, { clock, settings });
  const nodes = await nodesOf(file);
  expect([...nodes.keys()].filter((path) => /CH\d+$/.test(path))).toEqual([`${D}/Data0D/CH00`, `${D}/Data1D/CH00`]);
  expect(nodes.get(`${D}/Data1D/CH00/Data00`)?.dtype).toBe('float32');
});

test('a value that the type for saving cannot hold is an error, not another value', async () => {
  const saving = saveSnapshot(join(tempFolder(), 'a.h5'), one('P', { data: [300] }), {
    clock,
    settings: { dynamic: 'uint8' },
  });
  await expect(saving).rejects.toThrow(/300, which uint8 cannot/);
});

test('bad settings are all named', async () => {
  const settings = { compression: { level: 12 }, baseName: 'a/b' };
  const saving = saveSnapshot(join(tempFolder(), 'a.h5'), one('P'), { clock, settings });
  await expect(saving).rejects.toMatchObject({ code: 'lab.settings' });
  await expect(saving).rejects.toThrow(/baseName.*compression\.level/);
});

test('settings longer than an HDF5 attribute used to hold are not cut', async () => {
  const long = { ...module, settings: { note: 'é'.repeat(40_000) } };
  const { file } = await saveSnapshot(join(tempFolder(), 'a.h5'), one('P'), { clock, module: long });
  expect(String((await nodesOf(file)).get(D)?.attributes.settings)).toContain('&#233;'.repeat(40_000));
});

test('as many arrays are saved as names with two digits can tell apart, and one more is refused', async () => {
  const labels = (count: number) =>
    new DataToExport({
      name: 'MyDet',
      data: [new DataWithAxes({ name: 'Many', data: Array.from({ length: count }, (_, i) => i), timestamp: 1 })],
    });
  const { file } = await saveSnapshot(join(tempFolder(), 'a.h5'), labels(100), { clock });
  const { data } = await (await DataLoader.open(file)).loadData('/RawData/Detector000/Data0D/CH00');
  expect(data.data.map(([value]) => value)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  await expect(saveSnapshot(join(tempFolder(), 'b.h5'), labels(101), { clock })).rejects.toMatchObject({
    code: 'data.shape',
    problem: expect.stringContaining("101 arrays in data 'Many'"),
  });
});

test('a lab logs into a file, each module with times of its own, and begins a new one when told', async () => {
  const folder = tempFolder();
  const labClock = new VirtualClock(new Date(2026, 0, 31, 12).getTime());
  const bench = await lab({ a: numbers('a')({}), b: numbers('b')({}) }, { clock: labClock });
  const logger = await bench.log({
    modules: [
      { module: bench.a, everyMs: 100 },
      { module: bench.b, everyMs: 250 },
    ],
    to: logFile(folder),
  });
  const first = logger.file ?? '';
  await labClock.sleep(1050);
  await logger.rotate();
  const second = logger.file ?? '';
  await labClock.sleep(1000);
  await logger.stop();
  await bench.close();
  const values = async (file: string, i: number) => [
    ...(await readArray(file, `/RawData/Scan000/Detector00${i}/Data0D/CH00/EnlData00`)).data,
  ];
  const a = [...(await values(first, 0)), ...(await values(second, 0))];
  expect(a).toEqual(Array.from({ length: a.length }, (_, i) => i));
  expect(a.length).toBeGreaterThanOrEqual(21);
  expect((await values(first, 0)).length).toBeGreaterThanOrEqual(11);
  expect((await values(first, 1)).slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
  expect(logger.saved('a')).toBe(a.length);
});

test('every value is acknowledged to whoever listens from the beginning, also those that waited for the file', async () => {
  for (const commit of ['point', { everyMs: 500 }] as const) {
    const first = { ...module, name: 'a' };
    const second = { ...module, name: 'b' };
    const frames = () => queueOf([1, 2, 3].map((value) => one('v', { data: [value] })));
    const detectors = [
      { module: first, frames: frames() },
      { module: second, frames: frames() },
    ];
    const recording = await dataLogger(join(tempFolder(), 'a.h5'), { detectors }, { commit, clock: realClock });
    const told: string[] = [];
    recording.saved$.subscribe(({ module: name }) => told.push(name));
    await recording.end();
    expect(told.sort()).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
  }
});
