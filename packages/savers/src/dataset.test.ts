import { existsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Axis, BoundedQueue, DataToExport, DataWithAxes, VirtualClock } from '@daqtor/core';
import { EMPTY } from 'rxjs';
import { expect, test } from 'vitest';
import { describeFile, type TreeNode } from './browse/describe-file.ts';
import { readArray, readTexts } from './browse/read-array.ts';
import { dataset } from './dataset.ts';
import { runScan, scan2d } from './testing/scan-bench.ts';
import { tempFolder } from './testing/temp-folder.ts';

function flatten(node: TreeNode): [string, TreeNode][] {
  return [[node.path, node] as [string, TreeNode], ...node.children.flatMap(flatten)];
}

const one = (name: string, facts: Partial<ConstructorParameters<typeof DataWithAxes>[0]>) =>
  new DataToExport({ name: 'MyDet', data: [new DataWithAxes({ name, data: [1], timestamp: 1, ...facts })] });

const DATA = '/RawData/Scan000/Detector000';

test('values, read-backs, times and status of each point come back', async () => {
  const { file, saved } = await runScan(dataset(tempFolder()));
  expect(saved).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  const steps = Array.from({ length: 12 }, (_, step) => step);
  const power = await readArray(file, `${DATA}/Data0D/CH00/Data01`);
  expect(power).toMatchObject({ shape: [3, 4], units: 'mW', label: 'B', dtype: 'float64' });
  expect([...power.data]).toEqual(steps.map((step) => -step));
  const spectrum = await readArray(file, `${DATA}/Data1D/CH00/Data00`);
  expect([...spectrum.data]).toEqual(steps.flatMap((step) => [step, 1, 2, 3, 4]));
  const position = await readArray(file, '/RawData/Scan000/Actuator001/Data0D/CH00/Data00');
  expect(position).toMatchObject({ units: 'mm', label: 'position' });
  expect([...position.data]).toEqual(steps.map((step) => -step - 0.001));
  const times = await readArray(file, '/RawData/Scan000/Timestamps/Data0D/CH00/Data00');
  expect([...times.data]).toEqual(steps.map((step) => (100 * step) / 1000));
  const status = await readArray(file, '/RawData/Scan000/Status/Data0D/CH00/Data00');
  expect([...status.data]).toEqual(steps.map(() => 1));
});

test('what a stopped scan did not measure is NaN, its status 0, and it is not done', async () => {
  const { file } = await runScan(dataset(tempFolder()), { points: 5, outcome: 'stopped' });
  const nodes = new Map(flatten(await describeFile(file)));
  expect(nodes.get('/RawData/Scan000')?.attributes).toMatchObject({ scan_done: false, scan_outcome: 'stopped' });
  for (const path of [
    `${DATA}/Data0D/CH00/Data00`,
    `${DATA}/Data2D/CH00/Data00`,
    '/RawData/Scan000/Timestamps/Data0D/CH00/Data00',
    '/RawData/Scan000/Actuator000/Data0D/CH00/Data00',
  ]) {
    const { data } = await readArray(file, path);
    const each = data.length / 12;
    expect(
      data.slice(0, 5 * each).some((value) => Number.isNaN(value)),
      path,
    ).toBe(false);
    expect(
      data.slice(5 * each).every((value) => Number.isNaN(value)),
      path,
    ).toBe(true);
  }
  const status = await readArray(file, '/RawData/Scan000/Status/Data0D/CH00/Data00');
  expect([...status.data]).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
});

test('a skipped point has no values, a status that says why, its read-backs and its time', async () => {
  const skipped = { 5: 'skippedMoving', 7: 'skippedGrabbing', 8: 'skippedByHand' } as const;
  const { file } = await runScan(dataset(tempFolder()), { skipped });
  const status = await readArray(file, '/RawData/Scan000/Status/Data0D/CH00/Data00');
  expect([...status.data]).toEqual([1, 1, 1, 1, 1, 2, 1, 4, 5, 1, 1, 1]);
  const { data } = await readArray(file, `${DATA}/Data0D/CH00/Data00`);
  expect([...data].map((value) => Number.isNaN(value))).toEqual([...status.data].map((value) => value !== 1));
  const { data: image } = await readArray(file, `${DATA}/Data2D/CH00/Data00`);
  expect([...image].filter((value) => Number.isNaN(value))).toHaveLength(3 * 12);
  const { data: times } = await readArray(file, '/RawData/Scan000/Timestamps/Data0D/CH00/Data00');
  expect([...times].map((seconds) => Math.round(10 * Number(seconds)))).toEqual([...Array(12).keys()]);
});

test('a scan may begin with points that are skipped', async () => {
  const { file } = await runScan(dataset(tempFolder()), { skipped: { 0: 'skippedMoving', 1: 'skippedMoving' } });
  const { data } = await readArray(file, `${DATA}/Data0D/CH00/Data00`);
  expect([...data].slice(0, 3)).toEqual([Number.NaN, Number.NaN, 2.5]);
});

test('a completed scan is done', async () => {
  const { file } = await runScan(dataset(tempFolder()));
  const nodes = new Map(flatten(await describeFile(file)));
  expect(nodes.get('/RawData/Scan000')?.attributes).toMatchObject({ scan_done: true, scan_outcome: 'completed' });
});

test('scans of one dataset go into one file, and log lines follow each other', async () => {
  const recorder = dataset(tempFolder());
  const line = (text: string) => ({ atEpochMs: new Date(2026, 0, 31, 12, 0, 0, 5).getTime(), source: 'MyDet', text });
  const first = await runScan(recorder, { log: [{ ...line('Größe: 3 µm'), level: 'INFO' }] });
  const second = await runScan(recorder, {
    points: 1,
    outcome: 'stopped',
    log: [
      { ...line('x'.repeat(300)), level: 'WARNING' },
      { ...line(''), level: 'ERROR' },
    ],
  });
  expect(second.file).toBe(first.file);
  expect([first.group, second.group]).toEqual(['/RawData/Scan000', '/RawData/Scan001']);
  expect(await readTexts(first.file)).toEqual([
    '2026-01-31 12:00:00,005 - MyDet - INFO - Größe: 3 µm',
    `2026-01-31 12:00:00,005 - MyDet - WARNING - ${'x'.repeat(300)}`,
    '2026-01-31 12:00:00,005 - MyDet - ERROR - ',
  ]);
  const nodes = new Map(flatten(await describeFile(first.file)));
  expect(nodes.get('/RawData/Logger')?.attributes.shape).toEqual([3]);
});

test('files are numbered through the day, in folders of year and day', async () => {
  const folder = tempFolder();
  const clock = new VirtualClock(new Date(2026, 0, 31, 12).getTime());
  const first = await runScan(dataset(folder), { points: 1, clock });
  const second = await runScan(dataset(join(folder, '2026')), { points: 1, clock });
  const third = await runScan(dataset(join(folder, '2026', '20260131')), { points: 1, clock });
  expect([first, second, third].map(({ file }) => file)).toEqual(
    ['000', '001', '002'].map((number) => join(folder, '2026', '20260131', `Dataset_20260131_${number}.h5`)),
  );
  expect((await describeFile(first.file)).attributes).toMatchObject({
    file: basename(first.file),
    date: '2026-01-31',
    time: '12:00:00.000000',
  });
  expect(existsSync(`${first.file}.lock`) || existsSync(`${first.file}.journal`)).toBe(false);
});

test('names and metadata in any script come back as they were', async () => {
  const metadata = { sample: 'é "q" \\ \n 😀', author: 'Ångström', description: "it's", experimentType: '12' };
  const description = scan2d({ detectors: [{ name: 'Kamera µ', kind: 'k', title: 't', units: '', settings: {} }] });
  const { file } = await runScan(dataset(tempFolder(), metadata), { description, dataAt: () => one('true', {}) });
  const nodes = new Map(flatten(await describeFile(file)));
  expect(nodes.get('/RawData')?.attributes).toMatchObject({
    sample: metadata.sample,
    author: metadata.author,
    description: metadata.description,
    experiment_type: '12',
  });
  expect(nodes.get(DATA)?.title).toBe('Kamera µ');
  expect(nodes.get(`${DATA}/Data0D/CH00`)?.title).toBe('true');
});

test('images keep their type, and a dimension of length 1 is not stored', async () => {
  const dataAt = (step: number) =>
    one('Image', {
      data: [Uint16Array.of(65_535 - step, 1, 2, 3)],
      shape: [1, 4],
      axes: [
        new Axis({ label: 'y', data: [0], index: 0 }),
        new Axis({ label: 'x', units: 'um', data: [0, 1, 2, 4], index: 1 }),
      ],
    });
  const { file } = await runScan(dataset(tempFolder()), { dataAt });
  const image = await readArray(file, `${DATA}/Data1D/CH00/Data00`);
  expect(image).toMatchObject({ dtype: 'uint16', shape: [3, 4, 4] });
  expect([...image.data.slice(0, 8)]).toEqual([65_535, 1, 2, 3, 65_534, 1, 2, 3]);
  const axis = await readArray(file, `${DATA}/Data1D/CH00/Axis00`);
  expect(axis.attributes).toMatchObject({ label: 'x', index: 2, distribution: 'spread' });
});

test('data of one dimension are numbered by name', async () => {
  const dataAt = () =>
    new DataToExport({
      name: 'MyDet',
      data: ['b', 'a', 'C'].map((name, i) => new DataWithAxes({ name, data: [i], timestamp: 1 })),
    });
  const { file } = await runScan(dataset(tempFolder()), { dataAt, points: 1 });
  const nodes = new Map(flatten(await describeFile(file)));
  expect(['CH00', 'CH01', 'CH02'].map((channel) => nodes.get(`${DATA}/Data0D/${channel}`)?.title)).toEqual([
    'C',
    'a',
    'b',
  ]);
  expect((await readArray(file, `${DATA}/Data0D/CH02/Data00`)).data[0]).toBe(0);
});

test('error bars lie beside their data', async () => {
  const dataAt = (step: number) => one('P', { data: [step], errors: [Float64Array.of(step / 10)] });
  const { file } = await runScan(dataset(tempFolder()), { dataAt, points: 3 });
  const bars = await readArray(file, `${DATA}/Data0D/CH00/ErrorBar00`);
  expect([...bars.data.slice(0, 4)]).toEqual([0, 0.1, 0.2, Number.NaN]);
  expect(bars.attributes).toMatchObject({ data_type: 'error', source: 'calculated', TITLE: 'P_errors' });
});

test('a list of points has one axis per actuator over the one dimension', async () => {
  const description = scan2d({
    type: 'Tabular',
    shape: [3],
    distribution: 'spread',
    axes: ['ActX', 'ActY'].map(
      (label, spreadOrder) => new Axis({ label, units: 'mm', index: 0, data: [3, 1, 2], spreadOrder }),
    ),
  });
  const { file } = await runScan(dataset(tempFolder()), { description });
  const nodes = new Map(flatten(await describeFile(file)));
  expect(nodes.get('/RawData/Scan000/NavAxes/Axis01')?.attributes).toMatchObject({ index: 0, spread_order: 1 });
  const power = await readArray(file, `${DATA}/Data0D/CH00/Data00`);
  expect(power.attributes).toMatchObject({ nav_indexes: [0], distribution: 'spread', shape: [3] });
  expect([...power.data]).toEqual([0.5, 1.5, 2.5]);
});

test('data that change their shape in the middle of a scan end it with an error that says so', async () => {
  const dataAt = (step: number) => one('Image', { data: [new Float64Array(step < 3 ? 4 : 5)] });
  const { file, saved, error } = await runScan(dataset(tempFolder()), { dataAt });
  expect(saved).toEqual([0, 1, 2]);
  expect(error).toMatchObject({ code: 'data.shape', instrument: 'MyDet' });
  expect(String(error)).toContain("data 'Image' with shape [5] after [4]");
  const nodes = new Map(flatten(await describeFile(file)));
  expect(nodes.get('/RawData/Scan000')?.attributes).toMatchObject({ scan_done: false, scan_outcome: 'failed' });
  const status = await readArray(file, '/RawData/Scan000/Status/Data0D/CH00/Data00');
  expect([...status.data.slice(0, 4)]).toEqual([1, 1, 1, 0]);
});

test.each([
  [
    'another type',
    (): Partial<ConstructorParameters<typeof DataWithAxes>[0]> => ({ data: [Float32Array.of(1)] }),
    'dtype float32',
  ],
  ['another unit', () => ({ units: 'V' }), 'units V'],
  ['another array', () => ({ data: [1, 2] }), 'number of arrays 2'],
  ['error bars', () => ({ errors: [Float64Array.of(1)] }), 'number of error bars 1'],
])('%s after the first point is an error', async (_, later, message) => {
  const { saved, error } = await runScan(dataset(tempFolder()), {
    dataAt: (step) => one('P', step === 0 ? {} : later()),
  });
  expect(saved).toEqual([0]);
  expect(String(error)).toContain(message);
});

test('there is no scan where no folder can be made, and the error says where and why', async () => {
  const file = join(tempFolder(), 'file');
  writeFileSync(file, '');
  const began = runScan(dataset(join(file, 'below')));
  await expect(began).rejects.toMatchObject({ code: 'save.failed', advice: expect.stringContaining('not a folder') });
  await expect(began).rejects.toThrow(file);
});

test('a dataset takes one scan at a time', async () => {
  const recorder = dataset(tempFolder());
  const first = runScan(recorder, { points: 2 });
  await expect(runScan(recorder)).rejects.toMatchObject({ code: 'save.failed' });
  await first;
  expect((await runScan(recorder, { points: 1 })).group).toBe('/RawData/Scan001');
});

test('virtual time stands still while the disk works', async () => {
  const clock = new VirtualClock();
  let ticks = 0;
  const tick = () => {
    ticks++;
    timer = clock.setTimeout(tick, 1);
  };
  let timer = clock.setTimeout(tick, 1);
  const recording = await dataset(tempFolder()).begin(
    scan2d(),
    { points: new BoundedQueue({ maxItems: 1 }), log$: EMPTY },
    clock,
  );
  await recording.end('stopped');
  clock.clearTimeout(timer);
  // One may pass between two waits for the disk; each wait is good for hundreds.
  expect(ticks).toBeLessThan(10);
});
