import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { BoundedQueue, DataToExport, DataWithAxes, realClock, type ScanPoint, VirtualClock } from '@daqtor/core';
import { NEVER } from 'rxjs';
import { expect, test } from 'vitest';
import { describeFile } from './browse/describe-file.ts';
import { H5BrowserUtil } from './browse/h5-browser-util.ts';
import { readArray } from './browse/read-array.ts';
import { findNode } from './browse/tree.ts';
import { dataset } from './dataset.ts';
import { H5File } from './h5/h5-file.ts';
import { asBool } from './layout/envelope.ts';
import type { Setting } from './layout/parse-settings-xml.ts';
import type { H5SaverInput } from './saver-settings.ts';
import { myDet, pointAt, runScan, scan2d } from './testing/scan-bench.ts';
import { tempFolder } from './testing/temp-folder.ts';

const clock = () => new VirtualClock(new Date(2026, 0, 31, 12).getTime());
const save = (settings: H5SaverInput, dataAt?: (step: number) => DataToExport, folder = tempFolder()) =>
  runScan(dataset(folder, {}, { settings }), { clock: clock(), ...(dataAt && { dataAt }) });
const DETECTOR = '/RawData/Scan000/Detector000';
const names = async (file: string, path: string) =>
  findNode(await describeFile(file), path, file).children.map(({ name }) => name);
const one = (name: string, facts: Partial<ConstructorParameters<typeof DataWithAxes>[0]> = {}) =>
  new DataWithAxes({ name, data: [1], timestamp: 1, ...facts });

test('images are left out where they are not wanted', async () => {
  expect(await names((await save({})).file, DETECTOR)).toEqual(['Data0D', 'Data1D', 'Data2D']);
  expect(await names((await save({ save2D: false })).file, DETECTOR)).toEqual(['Data0D', 'Data1D']);
});

test('what was computed is left out where only raw data are wanted', async () => {
  const dataAt = () => new DataToExport({ name: 'MyDet', data: [one('a'), one('b', { source: 'calculated' })] });
  expect(await names((await save({}, dataAt)).file, `${DETECTOR}/Data0D`)).toEqual(['CH00', 'CH01']);
  expect(await names((await save({ saveRawOnly: true }, dataAt)).file, `${DETECTOR}/Data0D`)).toEqual(['CH00']);
});

test.each(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64'] as const)(
  'data of a scan are saved as %s when that is the dynamic',
  async (dynamic) => {
    const dataAt = (step: number) => new DataToExport({ name: 'MyDet', data: [one('a', { data: [step] })] });
    const { file, error } = await save({ dynamic }, dataAt);
    expect(error).toBeUndefined();
    const { dtype, data } = await readArray(file, `${DETECTOR}/Data0D/CH00/Data00`);
    expect(dtype).toBe(dynamic);
    expect(Array.from(data as ArrayLike<number | bigint>, Number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  },
);

test('a value that the dynamic cannot hold fails the scan, and is no other value', async () => {
  const dataAt = (step: number) => new DataToExport({ name: 'MyDet', data: [one('a', { data: [100 * step] })] });
  const { error, saved } = await save({ dynamic: 'int8' }, dataAt);
  expect(error).toMatchObject({ code: 'data.shape', problem: expect.stringContaining('200, which int8 cannot') });
  expect(saved).toEqual([0, 1]);
});

test('the level of compression makes a file smaller, whatever the name of its library', async () => {
  const dataAt = () => new DataToExport({ name: 'MyDet', data: [one('a', { data: [new Float64Array(20_000)] })] });
  const sizes: number[] = [];
  for (const compression of [{ level: 0 }, { level: 1 }, { level: 9, library: 'zlib' as const }]) {
    const { file } = await save({ compression }, dataAt);
    sizes.push(readFileSync(file).length);
    expect((await readArray(file, `${DETECTOR}/Data1D/CH00/Data00`)).data.every((value) => value === 0)).toBe(true);
  }
  expect(sizes[1]).toBeLessThan((sizes[0] as number) / 10);
  expect(sizes[2]).toBeLessThanOrEqual(sizes[1] as number);
});

test('the base name begins the name of the file, and is numbered by itself', async () => {
  const folder = tempFolder();
  const files = [
    await save({}, undefined, folder),
    await save({ baseName: 'Cryo.1' }, undefined, folder),
    await save({ baseName: 'Cryo.1' }, undefined, folder),
  ].map(({ file }) => basename(file));
  expect(files).toEqual(['Dataset_20260131_000.h5', 'Cryo.1_20260131_000.h5', 'Cryo.1_20260131_001.h5']);
});

test('scans go on in the last dataset of the day when no new file is wanted, and begin one where there is none', async () => {
  const folder = tempFolder();
  const first = await save({ newFile: false }, undefined, folder);
  const second = await save({ newFile: false }, undefined, folder);
  const third = await save({ newFile: true }, undefined, folder);
  expect(first.file).toBe(second.file);
  expect([first.group, second.group, third.group]).toEqual([
    '/RawData/Scan000',
    '/RawData/Scan001',
    '/RawData/Scan000',
  ]);
  expect(third.file).not.toBe(first.file);
});

test('the type of a new file is the one that was asked for', async () => {
  const typeOf = async (settings: H5SaverInput) =>
    findNode(await describeFile((await save(settings)).file), '/RawData', '').attributes.type;
  expect(await typeOf({})).toBe('dataset');
  expect(await typeOf({ saveType: 'custom' })).toBe('custom');
});

test('the settings stand in the file as a tree, under the names of PyMoDAQ', async () => {
  const { file } = await save({
    save2D: false,
    dynamic: 'float32',
    compression: { level: 3 },
    swmr: { flushInterval: 5 },
  });
  const group = (await H5BrowserUtil.open(file)).getSettings('/RawData/Scan000');
  const own = group?.children.find(({ name }) => name === 'h5saver_settings');
  const plain = (setting: Setting): unknown =>
    setting.type === 'group'
      ? Object.fromEntries(setting.children.map((child) => [child.name, plain(child)]))
      : setting.value;
  expect(own && plain(own)).toEqual({
    save_type: 'scan',
    save_2D: false,
    save_raw_only: false,
    backend: { backend_type: 'h5wasm', swmr: { enable_swmr: false, flush_interval: 5 } },
    base_path: dirname(dirname(dirname(file))),
    base_name: '',
    current_scan_name: 'Scan000',
    current_h5_file: file,
    new_file: true,
    survives: 'process',
    saving_options: { dynamic: 'float32', compression_options: { h5comp_library: 'gzip', h5comp_level: 3 } },
  });
});

test('settings that cannot be are refused when they are given, each by its name', () => {
  for (const [settings, name] of [
    [{ compression: { level: 10 } }, 'compression.level'],
    [{ baseName: 'a/b' }, 'baseName'],
    [{ swmr: { flushInterval: -1 } }, 'swmr.flushInterval'],
  ] as const) {
    expect(() => dataset('nowhere', {}, { settings })).toThrow(
      expect.objectContaining({ code: 'lab.settings', problem: expect.stringContaining(name) }),
    );
  }
});

test('a file that was made for readers beside its writer is left alone by who does not ask for that, and the choices are stated', async () => {
  const { file } = await runScan(dataset(tempFolder()), { clock: clock(), dataAt: (step) => myDet(step) });
  const writer = await H5File.open({ path: file, mode: 'append', fsync: false }, realClock);
  await writer.transact([{ op: 'attribute', path: '/', name: 'swmr_compatible', value: asBool(true) }]);
  await writer.close();
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(runScan(dataset('unused', {}, { file }))).rejects.toMatchObject({
      code: 'save.failed',
      problem: expect.stringContaining(`${file} was made to be read while it is written`),
      advice: expect.stringContaining('newFile: true'),
    });
  }
  expect(await names(file, '/RawData')).toEqual(['Logger', 'Scan000']);
});

test('a file for readers beside its writer is made and gone on in where the settings say so', async () => {
  const settings = { swmr: { enabled: true }, newFile: false };
  const folder = tempFolder();
  const first = await save(settings, undefined, folder);
  const second = await save(settings, undefined, folder);
  expect([second.file, second.group]).toEqual([first.file, '/RawData/Scan001']);
  expect((await describeFile(first.file)).attributes.swmr_compatible).toBe(true);
});

test('with SWMR the flush interval counts the points that become durable together', async () => {
  const settings = { swmr: { enabled: true, flushInterval: 5 } };
  const time = clock();
  const description = scan2d();
  const points = new BoundedQueue<ScanPoint>({ maxItems: 16 });
  const streams = { points, log$: NEVER };
  const recording = await dataset(tempFolder(), {}, { settings }).begin(description, streams, time);
  const saved: number[] = [];
  recording.saved$.subscribe((step) => saved.push(step));
  const put = async (...steps: readonly number[]) => {
    for (const step of steps) {
      points.tryPut(pointAt(description, step, myDet(step)));
      await time.sleep(1000);
    }
  };
  await put(0, 1, 2, 3);
  expect(saved).toEqual([]);
  await put(4);
  expect(saved).toEqual([0, 1, 2, 3, 4]);
  await put(5, 6);
  expect(saved).toHaveLength(5);
  points.close();
  await recording.end('stopped');
  expect(saved).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('a file that was made without SWMR is not gone on in with it, and stays as it is', async () => {
  const folder = tempFolder();
  const { file } = await save({ newFile: false }, undefined, folder);
  const before = readFileSync(file);
  const again = save({ newFile: false, swmr: { enabled: true } }, undefined, folder);
  await expect(again).rejects.toMatchObject({ code: 'save.failed', problem: expect.stringContaining('without SWMR') });
  expect(readFileSync(file).equals(before)).toBe(true);
  expect((await save({ newFile: false }, undefined, folder)).group).toBe('/RawData/Scan001');
});
