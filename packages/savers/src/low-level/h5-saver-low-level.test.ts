import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { VirtualClock } from '@daqtor/core';
import { afterEach, describe, expect, it, test } from 'vitest';
import { describeFile } from '../browse/describe-file.ts';
import { readArray, readTexts } from '../browse/read-array.ts';
import { memoryBackend } from '../h5/memory-backend.ts';
import { parseSettingsXml } from '../layout/parse-settings-xml.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { H5SaverLowLevel, type InitOptions } from './h5-saver-low-level.ts';

const clock = new VirtualClock(new Date(2026, 0, 31, 12).getTime());
const open: H5SaverLowLevel[] = [];
afterEach(async () => {
  for (const saver of open.splice(0)) await saver.close();
});
const keep = (saver: H5SaverLowLevel) => {
  open.push(saver);
  return saver;
};
const onDisk = async (init?: InitOptions) =>
  keep(await H5SaverLowLevel.fromFile(join(tempFolder(), 'a.h5'), { clock, ...init }));
const inMemory = async (init?: InitOptions) =>
  keep(await H5SaverLowLevel.fromFile(await memoryBackend(), { clock, ...init }));

describe.each([
  ['on disk', onDisk],
  ['in memory', inMemory],
])('a file %s', (_, make) => {
  it('begins as PyMoDAQ lets it begin', async () => {
    const saver = await make({ metadata: { author: 'Å', run: 3, tags: ['a', 1.5], ok: true } });
    expect(saver.rawGroup).toBe('/RawData');
    const root = await saver.getNode('/');
    expect(root.attributes).toMatchObject({ TITLE: 'PyMoDAQ file', date: '2026-01-31', time: '12:00:00.000000' });
    expect(root.children[0]).toMatchObject({
      title: 'Data from PyMoDAQ modules',
      attributes: { type: 'scan', author: 'Å', run: 3, tags: ['a', 1.5], ok: true },
    });
  });

  it('numbers groups on by their type, also those that are asked for at once', async () => {
    const saver = await make();
    const { rawGroup } = saver;
    const scans = await Promise.all([saver.addScanGroup(), saver.addScanGroup(rawGroup, { title: 'Second' })]);
    expect(scans.map(({ path }) => path)).toEqual(['/RawData/Scan000', '/RawData/Scan001']);
    const scan = scans[0];
    const groups = [
      await saver.addDetGroup(scan, { title: 'Det', settingsAsXml: '<a type="group"><b type="str">é</b></a>' }),
      await saver.addActGroup(scan),
      await saver.addMoveGroup(scan),
      await saver.addChGroup(scan),
      await saver.addGenericGroup(scan, { groupType: 'data_logger' }),
      await saver.addDataGroup(scan, 'Data1D'),
      await saver.addDataGroup(scan, 'Data2D', { groupName: 'Images', metadata: { n: 1 } }),
    ];
    expect(groups.map(({ name, attributes }) => [name, attributes.type])).toEqual([
      ['Detector000', 'detector'],
      ['Actuator000', 'actuator'],
      ['Actuator001', 'actuator'],
      ['Ch000', ''],
      ['Data_logger000', 'data_logger'],
      ['Data1D', 'data_dim'],
      ['Images', 'data_dim'],
    ]);
    expect(scans[0].attributes).toMatchObject({ description: '', scan_done: false, type: 'scan' });
    expect(parseSettingsXml(String(groups[0]?.attributes.settings))?.children[0]?.value).toBe('é');
    expect((await saver.getGroups(rawGroup, 'scan')).map(({ name }) => name)).toEqual(['Scan000', 'Scan001']);
    expect((await saver.getLastGroup(rawGroup, 'scan'))?.title).toBe('Second');
    expect(await saver.getLastGroup(rawGroup, 'detector')).toBeUndefined();
  });

  it('finds nodes by title and by attributes, and makes a group once', async () => {
    const saver = await make();
    const scan = await saver.addScanGroup('/RawData', { title: 'My scan', metadata: { list: [1, 2] } });
    expect((await saver.getNodeFromTitle('/', 'My scan'))?.path).toBe(scan.path);
    expect((await saver.getNodeFromAttributeMatch('/', 'list', [1, 2]))?.path).toBe(scan.path);
    expect(await saver.getNodeFromTitle('/', 'None')).toBeUndefined();
    const [first, second] = await Promise.all([
      saver.getSetGroup('/', 'Own', { title: 'Mine' }),
      saver.getSetGroup('/', 'Own', { title: 'Other' }),
    ]);
    expect([first.path, first.title, second.title]).toEqual(['/Own', 'Mine', 'Mine']);
    await expect(saver.getNode('/RawData/None')).rejects.toMatchObject({ code: 'save.failed' });
  });

  it('makes arrays of every kind, and fills them', async () => {
    const saver = await make();
    const { rawGroup } = saver;
    const whole = await saver.addArray(rawGroup, 'Data00', 'data', {
      array: Int16Array.of(1, 2, 3, 4),
      dataShape: [2, 2],
      title: 'whole',
      gzip: 4,
      metadata: { units: 'V', label: 'x' },
    });
    expect(whole).toMatchObject({ title: 'whole', units: 'V', shape: [2, 2], dtype: 'int16' });
    expect(whole.attributes).toMatchObject({
      CLASS: 'CARRAY',
      data_type: 'data',
      data_dimension: 'Data2D',
      shape: [2, 2],
    });
    const scalars = await saver.addArray(rawGroup, 'Data01', 'data', {
      dataShape: [1],
      scanShape: [2, 3],
      addScanDim: true,
    });
    await saver.write(scalars, [1, 2], Float64Array.of(7));
    const spectra = await saver.addArray(rawGroup, 'Data02', 'data', {
      dataShape: [2],
      scanShape: [2],
      addScanDim: true,
      arrayType: 'uint8',
      fillValue: 9,
    });
    await saver.write(spectra, [0], Uint8Array.of(1, 2));
    const rows = await saver.addArray(rawGroup, 'EnlData00', 'data_enlargeable', {
      array: Float64Array.of(1, 2),
      enlargeable: true,
    });
    await Promise.all([saver.append(rows, Float64Array.of(3, 4)), saver.append(rows, Float64Array.of(5, 6, 7, 8))]);
    const values = async (path: string) => (await saver.backend.ask({ ask: 'array', path })).values;
    expect(await values(whole.path)).toEqual({ kind: 'numbers', data: Int16Array.of(1, 2, 3, 4) });
    expect(await values(scalars.path)).toEqual({
      kind: 'numbers',
      data: Float64Array.of(NaN, NaN, NaN, NaN, NaN, 7),
    });
    expect(await values(spectra.path)).toEqual({ kind: 'numbers', data: Uint8Array.of(1, 2, 9, 9) });
    expect(await values(rows.path)).toEqual({ kind: 'numbers', data: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
    expect(rows.attributes).toMatchObject({ CLASS: 'EARRAY', EXTDIM: 0 });
  });

  it('refuses values that do not fit, and goes on', async () => {
    const saver = await make();
    const { rawGroup } = saver;
    await expect(saver.addArray(rawGroup, 'Data00', 'data', {})).rejects.toMatchObject({ code: 'data.shape' });
    await expect(
      saver.addArray(rawGroup, 'Data00', 'data', { array: Float64Array.of(1, 2), dataShape: [3] }),
    ).rejects.toThrow('2 values of float64 for shape [3]');
    await expect(
      saver.addArray(rawGroup, 'Data00', 'data', { array: Float64Array.of(1), arrayType: 'int8' }),
    ).rejects.toMatchObject({ code: 'data.shape' });
    const rows = await saver.addArray(rawGroup, 'Data00', 'data', { dataShape: [2], enlargeable: true });
    await expect(saver.append(rows, Float64Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'data.shape' });
    await expect(saver.write(rows, [0], Float64Array.of(1))).rejects.toMatchObject({ code: 'data.shape' });
    await saver.append(rows, Float64Array.of(1, 2));
    expect((await saver.getNode(rows)).shape).toEqual([1, 2]);
  });

  it('keeps the log, and arrays of texts beside it', async () => {
    const saver = await make();
    await Promise.all([saver.addLog('first'), saver.addLog('Größe')]);
    expect((await saver.getSetLogger()).shape).toEqual([2]);
    const notes = await saver.addStringArray(saver.rawGroup, 'Notes', { by: 'me' });
    expect(notes.attributes).toMatchObject({ by: 'me', CLASS: 'VLARRAY', data_type: 'strings' });
    await saver.appendText(notes, 'a note');
    await saver.addStringArray(saver.rawGroup, 'Notes', { by: 'you' });
    await saver.appendText(notes, 'ünd another');
    const { attributes, shape } = await saver.getNode(notes);
    expect([attributes.by, shape]).toEqual(['you', [2]]);
    const logger = await saver.addStringArray(saver.rawGroup, 'Logger', { note: 'n' });
    expect(logger.attributes).toMatchObject({ note: 'n', data_type: 'strings' });
  });
});

test('a file is gone on in, with the number after the last, and its texts and rows say how many they are', async () => {
  const path = join(tempFolder(), 'a.h5');
  const first = keep(await H5SaverLowLevel.fromFile(path, { clock, saveType: 'detector', metadata: { author: 'A' } }));
  await first.addDetGroup(first.rawGroup);
  await first.addLog('one');
  const rows = await first.addArray(first.rawGroup, 'Axis00', 'axis', {
    array: Float64Array.of(1),
    dataShape: [],
    enlargeable: true,
  });
  await first.append(rows, Float64Array.of(2, 3));
  await first.close();
  const second = keep(new H5SaverLowLevel({ clock }));
  expect(await second.initFile(path, { metadata: { author: 'B' } })).toBe(false);
  expect((await second.addDetGroup(second.rawGroup)).name).toBe('Detector001');
  await second.addLog('two');
  await second.close();
  expect(await readTexts(path)).toEqual(['one', 'two']);
  const [raw] = (await describeFile(path)).children;
  expect(raw?.attributes).toMatchObject({ type: 'detector', author: 'A' });
  expect(raw?.children.find(({ name }) => name === 'Logger')?.attributes.shape).toEqual([2]);
  expect((await readArray(path, rows.path)).attributes).toMatchObject({ shape: [3], size: 3 });
});

test('a new file is refused where there is one, on disk and in memory', async () => {
  const saver = await onDisk();
  const { path } = saver.backend;
  await saver.close();
  await expect(saver.initFile(path, { newFile: true })).rejects.toThrow('there is a file of that name');
  expect(() => saver.backend).toThrow('no file is open');
  const memory = await inMemory();
  const bytes = (memory.backend as Awaited<ReturnType<typeof memoryBackend>>).bytes();
  await expect(saver.initFile(await memoryBackend({ bytes }), { newFile: true })).rejects.toThrow('is no new file');
});

test('another raw group stands beside the one with the log', async () => {
  const saver = await inMemory({ rawGroupName: 'Mine', metadata: { sample: 's' } });
  expect((await saver.addScanGroup()).path).toBe('/Mine/Scan000');
  expect((await saver.getNode('/Mine')).attributes).toMatchObject({ type: 'scan', sample: 's', CLASS: 'GROUP' });
  await saver.addLog('kept');
  expect((await saver.getNode('/RawData/Logger')).shape).toEqual([1]);
});

test('a copy is a whole file, from memory too, and replaces nothing', async () => {
  for (const saver of [await onDisk(), await inMemory()]) {
    const copy = join(tempFolder(), 'copy.h5');
    void saver.addLog('line');
    await saver.saveFile(copy);
    expect(await readTexts(copy)).toEqual(['line']);
    await expect(saver.saveFile(copy)).rejects.toThrow('there is a file of that name');
    expect(existsSync(`${copy}.part`)).toBe(false);
    await saver.addLog('still open');
  }
});

test('a file for readers beside it says so, and what is in memory cannot be one', async () => {
  const path = join(tempFolder(), 'a.h5');
  const saver = await H5SaverLowLevel.fromFile(path, { clock, swmrMode: true });
  const first = { array: Float64Array.of(1, 2), enlargeable: true };
  const array = await saver.addArray(saver.rawGroup, 'EnlData00', 'data_enlargeable', first);
  await saver.append(array, Float64Array.of(3, 4));
  await saver.append(array, Float64Array.of(5, 6));
  await saver.close();
  const again = await H5SaverLowLevel.fromFile(path, { clock, swmrMode: true });
  expect((await again.getNode('/')).attributes).toMatchObject({ swmr_compatible: true, swmr_active: false });
  expect(await again.backend.ask({ ask: 'shape', path: array.path })).toEqual([3, 2]);
  await again.close();
  await expect(H5SaverLowLevel.fromFile(await memoryBackend(), { clock, swmrMode: true })).rejects.toThrow('SWMR');
});

test('ticks make durable what waits, every so many', async () => {
  const memory = await memoryBackend();
  let settled = 0;
  const settle = memory.settle.bind(memory);
  memory.settle = () => {
    settled++;
    return settle();
  };
  const saver = keep(await H5SaverLowLevel.fromFile(memory, { clock }));
  const ticks = async (count: number) => {
    const before = settled;
    for (let i = 0; i < count; i++) await saver.tickFlush();
    return settled - before;
  };
  expect(await ticks(5)).toBe(0);
  saver.setSwmrFlushInterval(3);
  expect(await ticks(9)).toBe(3);
  expect(() => saver.setSwmrFlushInterval(-1)).toThrow('no whole number');
});
