import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeFile } from '../browse/describe-file.ts';
import { fileKind } from '../browse/file-kind.ts';
import { formatTree } from '../browse/format-tree.ts';
import { readArray, readTexts } from '../browse/read-array.ts';
import { DataLoader } from './data-loader.ts';

const FOLDER = new URL('../../fixtures/foreign/', import.meta.url).pathname;
const TYPES = join(FOLDER, 'types.h5');

test.each([
  ['i1', Int8Array.of(0, 1, -3)],
  ['u1', Uint8Array.of(0, 1, 3)],
  ['i2', Int16Array.of(0, 1, -3)],
  ['u2', Uint16Array.of(0, 1, 3)],
  ['i4', Int32Array.of(0, 1, -3)],
  ['u4', Uint32Array.of(0, 1, 3)],
  ['i8', BigInt64Array.of(0n, 1n, -3n)],
  ['u8', BigUint64Array.of(0n, 1n, 3n)],
  ['f2', Float32Array.of(0, 1, -3)],
  ['f4', Float32Array.of(0, 1, -3)],
  ['f8', Float64Array.of(0, 1, -3)],
  ['big_i4', Int32Array.of(0, 1, -3)],
  ['big_u8', BigUint64Array.of(0n, 1n, 3n)],
  ['big_f8', Float64Array.of(0, 1, -3)],
  ['huge', BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n))],
  ['halves', Float32Array.of(0, -0, 65504, 2 ** -24, Infinity, -Infinity, Number.NaN, 0.333251953125)],
  ['bool', Uint8Array.of(1, 0, 1)],
  ['colours', Int16Array.of(2, 1)],
  ['scalar', Float64Array.of(1.5)],
  ['empty', new Float64Array(0)],
  ['null', new Float64Array(0)],
])('%s is read in its own type', async (name, values) => {
  const { data } = await (await DataLoader.open(TYPES)).loadData(`/${name}`);
  expect(data.data).toEqual([values]);
  expect(data.name).toBe(name);
});

test('a complex array becomes complex data of the same precision', async () => {
  const loader = await DataLoader.open(TYPES);
  expect((await loader.loadData('/complex128')).data).toMatchObject({
    labels: ['complex128'],
    complex: true,
    data: [Float64Array.of(1, 2, -0, -3.5)],
    shape: [2],
  });
  expect((await loader.loadData('/complex64')).data.data).toEqual([Float32Array.of(0.1, 2)]);
});

test('texts are read as UTF-8, of fixed and of variable length', async () => {
  expect(await readTexts(TYPES, '/texts')).toEqual(['Größe', '']);
  expect(await readTexts(TYPES, '/fixed')).toEqual(['ab', 'abcd']);
});

test('what has no values in JavaScript is shown by its type, and refused by name', async () => {
  const text = formatTree(await describeFile(TYPES));
  expect(text).toContain('▦ table  (1) {a: int32, b: float64}');
  expect(text).toContain('▦ longdouble  (1) float128');
  expect(text).toContain('▦ ragged  (2) vlen<float64>');
  expect(text).toContain('✗ named_type  ⚠');
  await expect(readArray(TYPES, '/longdouble')).rejects.toMatchObject({
    problem: expect.stringContaining('/longdouble of'),
    advice: expect.stringContaining('h5py'),
  });
  await expect(readArray(TYPES, '/texts')).rejects.toThrow('not an array of numbers');
});

test('links are shown and not followed, so that no file leads in circles or elsewhere', async () => {
  const { children } = await describeFile(TYPES);
  const links = children.find(({ name }) => name === 'group')?.children ?? [];
  expect(links.map(({ name, kind, target }) => [name, kind, target])).toEqual([
    ['cycle', 'link', 'a group above'],
    ['dangling', 'link', '/nowhere'],
    ['outside', 'link', '/etc/passwd:/'],
    ['soft', 'link', '/scalar'],
    ['up', 'link', '/'],
  ]);
});

test('attributes of every kind are read, or shown by their type', async () => {
  const { attributes } = await readArray(TYPES, '/scalar');
  expect(attributes).toEqual({
    units: 'furlong',
    flag: true,
    list: [1, 2, 3],
    names: ['é', 'b'],
    reference: '<reference>',
    nothing: null,
  });
});

test.each([
  ['types', 'HDF5 file', 'huge'],
  ['nexus', 'NeXus file', 'counts'],
  ['netcdf', 'netCDF-4 file', 'temperature'],
])('a file of another program is told and shown (%s)', async (name, kind, array) => {
  const loader = await DataLoader.open(join(FOLDER, `${name}.h5`));
  expect(fileKind(loader.tree)).toMatchObject({ kind, note: expect.stringContaining('without axes') });
  expect((await loader.loadAll()).data.get(array)?.data[0]?.length).toBeGreaterThan(1);
});
