import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Axis, DataWithAxes } from '@daqtor/core';
import { expect, test } from 'vitest';
import { H5SaverLowLevel } from '../../low-level/h5-saver-low-level.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { GOLDEN } from '../../testing/torture-files.ts';
import { H5BrowserUtil } from '../h5-browser-util.ts';
import { readTexts } from '../read-array.ts';
import { npyPieces } from './npy.ts';
import { csvLines, txtLines } from './text-table.ts';

const DETECTOR = '/RawData/Scan000/Detector000';
const golden = (name: string) => H5BrowserUtil.open(join(GOLDEN, `${name}.h5`));
const out = (name: string) => join(tempFolder(), name);

test.each(['a2_snapshot_bkg_errors_tables', 'c_scan2d_h5py', 'd_logger_tables', 't_swmr_not_finalised_h5py'])(
  'a whole file, exported, loads with the same data (%s)',
  async (name) => {
    const source = await golden(name);
    const file = out('copy.h5');
    expect(await source.exportNode('/', file)).toEqual([]);
    const copy = await H5BrowserUtil.open(file);
    const [before, after] = await Promise.all([source.loader.loadAll(), copy.loader.loadAll()]);
    expect(after.data).toEqual(before.data);
    expect(after.warnings).toEqual([]);
    expect(await readTexts(file)).toEqual(await readTexts(source.path));
    expect([...copy.walkNodes()].map(({ path }) => path)).toEqual([...source.walkNodes()].map(({ path }) => path));
  },
);

test('an exported array takes along what describes it, and nothing else', async () => {
  const file = out('part.h5');
  const source = await golden('c_scan2d_tables');
  await source.exportNode(`${DETECTOR}/Data1D/CH00/Data01`, file);
  const copy = await H5BrowserUtil.open(file);
  expect(await copy.getDataOf(`${DETECTOR}/Data1D/CH00`)).toMatchObject({
    data: (await source.getDataOf(`${DETECTOR}/Data1D/CH00/Data01`)).data,
    warnings: [],
  });
  const arrays = [...copy.walkNodes()].filter(({ kind }) => kind === 'array').map(({ path }) => path);
  expect(arrays).toEqual([
    '/RawData/Logger',
    `${DETECTOR}/Data1D/CH00/Axis00`,
    `${DETECTOR}/Data1D/CH00/Data01`,
    '/RawData/Scan000/NavAxes/Axis00',
    '/RawData/Scan000/NavAxes/Axis01',
  ]);
  expect(copy.getAttributes('/').file).toBe('part.h5');
});

test('an array of texts that is not the log is copied with its texts', async () => {
  const file = out('notes.h5');
  const source = join(tempFolder(), 'source.h5');
  const saver = await H5SaverLowLevel.fromFile(source);
  const notes = await saver.addStringArray(saver.rawGroup, 'Notes', { by: 'me' });
  await saver.appendText(notes, 'größer');
  await saver.close();
  const original = await H5BrowserUtil.open(source);
  expect(await original.exportNode('/', file)).toEqual([]);
  const copy = await H5BrowserUtil.open(file);
  expect(copy.getAttributes('/RawData/Notes')).toEqual(original.getAttributes('/RawData/Notes'));
  expect(await readTexts(file, '/RawData/Notes')).toEqual(['größer']);
});

test('arrays of another program become a dataset, and what cannot be copied is told', async () => {
  const file = out('types.h5');
  const source = await H5BrowserUtil.open(new URL('../../../fixtures/foreign/types.h5', import.meta.url).pathname);
  const warnings = await source.exportNode('/', file);
  expect(warnings.some((warning) => warning.startsWith('/table was not copied'))).toBe(true);
  const copy = await H5BrowserUtil.open(file);
  expect(copy.kind.kind).toBe('PyMoDAQ dataset');
  for (const name of ['i8', 'halves', 'complex128', 'big_u8', 'scalar', 'empty']) {
    const [before, after] = await Promise.all([source, copy].map((one) => one.getDataOf(`/${name}`)));
    expect(after?.data.data, name).toEqual(before?.data.data);
  }
});

const spectrum = new DataWithAxes({
  name: 'S',
  data: [Float64Array.of(1, Number.NaN), Float64Array.of(-0, Infinity)],
  labels: ['a', 'b, "c"'],
  units: 'V',
  errors: [Float64Array.of(0.1, 0.2), Float64Array.of(0.3, 0.4)],
  axes: [new Axis({ label: 'λ', units: 'nm', data: [400, 500.5] })],
});

test('a spectrum is a table of coordinates, values and errors', () => {
  expect([...txtLines(spectrum)]).toEqual([
    '# λ/nm\ta/V\tb, "c"/V\terror of a/V\terror of b, "c"/V',
    '400\t1\t-0\t0.1\t0.3',
    '500.5\tnan\tinf\t0.2\t0.4',
  ]);
  expect([...csvLines(spectrum)]).toEqual([
    'λ/nm,a/V,"b, ""c""/V",error of a/V,"error of b, ""c""/V"',
    '400,1,-0,0.1,0.3',
    '500.5,nan,inf,0.2,0.4',
  ]);
});

test('an image is a matrix in text, and one line for each pixel in csv', () => {
  const init = { name: 'I', data: [Uint16Array.of(1, 2, 3, 4)], shape: [2, 2], labels: ['cam'] };
  const image = new DataWithAxes({ ...init, axes: [new Axis({ label: 'y', index: 0, data: [5, 6] })] });
  expect([...txtLines(image)]).toEqual(['# cam', '# rows: y: 5 6', '1\t2', '3\t4']);
  expect([...csvLines(image)]).toEqual(['y,index 1,cam', '5,0,1', '5,1,2', '6,0,3', '6,1,4']);
});

test('each point of a list has all of its coordinates', () => {
  const axes = ['x', 'y'].map((label, spreadOrder) => new Axis({ label, data: [5, 6 + spreadOrder], spreadOrder }));
  const list = new DataWithAxes({
    name: 'P',
    data: [Int8Array.of(1, 2)],
    navIndexes: [0],
    distribution: 'spread',
    axes,
  });
  expect([...csvLines(list)]).toEqual(['x,y,CH00', '5,5,1', '6,7,2']);
});

test('npy has a header of a multiple of 64 bytes and the values behind it', () => {
  const [header, values] = npyPieces({ kind: 'numbers', data: Int16Array.of(1, -1) }, [2], 'int16') ?? [];
  expect(header?.length).toBe(128);
  const text = Buffer.from(header ?? []).toString('latin1');
  expect(text.slice(0, 10)).toBe('\x93NUMPY\x01\x00v\x00');
  expect(text.slice(10)).toMatch(/^\{'descr': '<i2', 'fortran_order': False, 'shape': \(2,\), \} +\n$/);
  expect([...(values ?? [])]).toEqual([1, 0, 255, 255]);
  const [flags] = npyPieces({ kind: 'numbers', data: Uint8Array.of(1) }, [1, 1], 'bool') ?? [];
  expect(Buffer.from(flags ?? []).toString()).toContain("'|b1', 'fortran_order': False, 'shape': (1, 1)");
});

test('what does not fit a format is refused, and no file is left behind', async () => {
  const browser = await golden('c_scan2d_h5py');
  for (const [node, name, says] of [
    [`${DETECTOR}/Data1D/CH00`, 'x.txt', 'Export them as .csv'],
    [`${DETECTOR}/Data1D/CH00`, 'x.npy', 'there is no such array'],
    ['/RawData/Logger', 'x.npy', 'vlen<uint8> and not numbers'],
    ['/RawData/Logger', 'x.csv', 'vlen<uint8> and not numbers'],
    ['/RawData', 'x.pdf', 'Let its name end in one of .h5, .txt, .npy, .csv'],
    ['/RawData/Nothing', 'x.csv', "/RawData has no 'Nothing'"],
  ] as const) {
    const file = out(name);
    await expect(browser.exportNode(node, file), name).rejects.toThrow(says);
    expect(readdirSync(dirname(file))).toEqual([]);
  }
  await expect(browser.exportNode(`${DETECTOR}/Data1D/CH00`, '/nowhere/at/all.csv')).rejects.toThrow('It is not there');
});

test('a file that exists is kept, unless it may be replaced', async () => {
  const file = out('x.csv');
  writeFileSync(file, 'mine');
  const browser = await golden('a_snapshot_h5py');
  const node = '/RawData/Detector000/Data0D/CH00';
  await expect(browser.exportNode(node, file)).rejects.toThrow(`there is a file ${file} already`);
  expect(readFileSync(file, 'utf8')).toBe('mine');
  await expect(browser.exportNode('/RawData', file, { overwrite: true })).rejects.toThrow('has no data of its own');
  expect(existsSync(file) && readFileSync(file, 'utf8')).toBe('mine');
  const own = out('own.h5');
  copyFileSync(browser.path, own);
  const itself = await H5BrowserUtil.open(own);
  await expect(itself.exportNode('/', own, { overwrite: true })).rejects.toThrow('is the file to export from');
  await browser.exportNode(node, file, { overwrite: true });
  expect(readFileSync(file, 'utf8')).toMatch(/^index 0|^A/);
});
