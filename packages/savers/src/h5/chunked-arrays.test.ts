import { join } from 'node:path';
import { realClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import { readArray } from '../browse/read-array.ts';
import { seeded } from '../testing/seeded.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { H5File } from './h5-file.ts';
import type { Commit, CreateArray, H5Operation } from './h5-operation.ts';

const PATH = '/RawData/x';
const open = async (array: Partial<CreateArray>, commit: Commit = 'point') => {
  const path = join(tempFolder(), 'a.h5');
  const file = await H5File.open({ path, mode: 'create', fsync: false, commit }, realClock);
  await file.transact([{ op: 'array', path: PATH, dtype: 'float64', shape: [0], attributes: {}, ...array }]);
  return { file, path };
};
const stored = async (path: string) => [...(await readArray(path, PATH)).data].map(Number);

test.each([
  ['plain', 'point', undefined],
  ['plain', { everyMs: 5 }, undefined],
  ['gzip', 'point', 3],
  ['gzip', { everyMs: 5 }, 3],
] as const)('blocks written anywhere, in any order, are read back: %s, commits %j', async (_, commit, gzip) => {
  const shape = [5, 7, 6];
  const { file, path } = await open({ shape, chunks: [2, 3, 4], ...(gzip && { gzip }) }, commit);
  const wanted: number[] = new Array(5 * 7 * 6).fill(Number.NaN);
  const random = seeded(7);
  const upTo = (n: number) => Math.floor(random() * n);
  const waiting: Promise<void>[] = [];
  for (let i = 0; i < 120; i++) {
    const offset = shape.map((length) => upTo(length));
    const count = shape.map((length, d) => 1 + upTo(length - (offset[d] as number)));
    const data = new Float64Array(count.reduce((n, length) => n * length, 1)).map((__, k) => 1000 * i + k);
    let k = 0;
    const [a = 0, b = 0, c = 0] = offset;
    for (let x = a; x < a + (count[0] as number); x++)
      for (let y = b; y < b + (count[1] as number); y++)
        for (let z = c; z < c + (count[2] as number); z++) wanted[(x * 7 + y) * 6 + z] = data[k++] as number;
    const write: H5Operation = { op: 'write', path: PATH, offset, count, data };
    waiting.push(file.transact([write]));
    if (commit === 'point' || i % 16 === 0) await file.settle();
  }
  await Promise.all(waiting);
  await file.close();
  expect(await stored(path)).toEqual(wanted);
});

test('rows of a few bytes follow each other, each committed by itself', async () => {
  const { file, path } = await open({ shape: [0, 3], chunks: [64, 3], enlargeable: true, dtype: 'uint16' });
  const rows = [0, 3, 6, 9, 12, 15];
  for (const row of rows) {
    const data = Uint16Array.of(row, row + 1, row + 2);
    await file.transact([{ op: 'append', path: PATH, count: [1, 3], data }]);
  }
  await file.close();
  expect(await stored(path)).toEqual(Array.from({ length: 3 * rows.length }, (_, i) => i));
});

test.each([
  ['plain', undefined],
  ['gzip', 1],
])('rows that are added between commits follow each other: %s', async (_, gzip) => {
  const { file, path } = await open({
    shape: [0, 3],
    chunks: [4, 3],
    enlargeable: true,
    ...(gzip && { gzip }),
  });
  let rows = 0;
  for (const count of [1, 2, 6, 3, 4, 1, 9]) {
    const data = Float64Array.from({ length: 3 * count }, (__, i) => 3 * rows + i);
    await file.transact([{ op: 'append', path: PATH, count: [count, 3], data }]);
    rows += count;
    expect(await file.ask({ ask: 'shape', path: PATH })).toEqual([rows, 3]);
  }
  await file.close();
  expect(await stored(path)).toEqual(Array.from({ length: 3 * rows }, (__, i) => i));
});

test.each([
  ['plain', undefined],
  ['gzip', 1],
])('what is written after a failure lies where it belongs, and what failed does not: %s', async (_, gzip) => {
  const { file, path } = await open({ shape: [12], chunks: [4], ...(gzip && { gzip }) });
  const write = (at: number, ...values: number[]): H5Operation => ({
    op: 'write',
    path: PATH,
    offset: [at],
    count: [values.length],
    data: Float64Array.from(values),
  });
  await file.transact([write(0, 1, 2)]);
  await expect(
    file.transact([write(2, 99), write(5, 99), { op: 'group', path: PATH, attributes: {} }]),
  ).rejects.toThrow();
  await file.transact([write(1, 3), write(6, 4)]);
  await file.close();
  const none = Number.NaN;
  expect(await stored(path)).toEqual([1, 3, none, none, none, none, 4, none, none, none, none, none]);
});

test('frames of a megabyte and more are read back, in every element type that cameras have', async () => {
  const side = 1100;
  const frames = [1, 2, 3].map((n) => Array.from({ length: side ** 2 }, (_, i) => (i + n) % 251));
  for (const [dtype, typed] of [
    ['uint8', (values: number[]) => Uint8Array.from(values)],
    ['uint16', (values: number[]) => Uint16Array.from(values)],
    ['float32', (values: number[]) => Float32Array.from(values)],
  ] as const) {
    const { file, path } = await open({ dtype, shape: [0, side, side], chunks: [1, side, side], enlargeable: true });
    const append = (frame: number[]): H5Operation => ({
      op: 'append',
      path: PATH,
      count: [1, side, side],
      data: typed(frame),
    });
    await file.transact(frames.slice(0, 2).map(append));
    await file.transact(frames.slice(2).map(append));
    await file.close();
    const { buffer, byteOffset, byteLength } = (await readArray(path, PATH)).data;
    const all = typed(frames.flat());
    expect(Buffer.from(buffer, byteOffset, byteLength).equals(Buffer.from(all.buffer))).toBe(true);
  }
});

const ROW = [1, 512, 512];
const large = (value: number) => new Float64Array(512 * 512).fill(value);
const firsts = async (path: string) => {
  const { data } = await readArray(path, PATH);
  return Array.from({ length: data.length / 512 ** 2 }, (_, i) => [data[i * 512 ** 2], data[(i + 1) * 512 ** 2 - 1]]);
};

test.each(['point', { everyMs: 5 }] as const)('large rows are in the file as they came: commits %j', async (commit) => {
  const { file, path } = await open({ shape: [0, 512, 512], chunks: ROW, enlargeable: true }, commit);
  const rows = [1, 2, 3, 4, 5].map((value) =>
    file.transact([{ op: 'append', path: PATH, count: ROW, data: large(value) }]),
  );
  await Promise.all(rows);
  await file.close();
  expect(await firsts(path)).toEqual([1, 2, 3, 4, 5].map((value) => [value, value]));
});

test('large blocks go anywhere, and over each other', async () => {
  const { file, path } = await open({ shape: [3, 512, 512], chunks: ROW });
  const put = (at: number, value: number) =>
    file.transact([{ op: 'write', path: PATH, offset: [at, 0, 0], count: ROW, data: large(value) }]);
  await put(2, 1);
  await put(0, 2);
  await put(2, 3);
  await file.transact([{ op: 'write', path: PATH, offset: [0, 0, 0], count: [2, 1, 1], data: Float64Array.of(8, 9) }]);
  await put(1, 4);
  await file.close();
  expect(await firsts(path)).toEqual([
    [8, 2],
    [4, 4],
    [3, 3],
  ]);
});

test('after a failure large rows go on where the last commit ended', async () => {
  const { file, path } = await open({ shape: [0, 512, 512], chunks: ROW, enlargeable: true });
  const append = (value: number): H5Operation => ({ op: 'append', path: PATH, count: ROW, data: large(value) });
  await file.transact([append(1)]);
  const nowhere: H5Operation = { op: 'attribute', path: '/RawData/nowhere', name: 'x', value: 1 };
  await expect(file.transact([append(2), nowhere])).rejects.toMatchObject({ code: 'save.failed' });
  await file.transact([append(3)]);
  await file.close();
  expect(await firsts(path)).toEqual([
    [1, 1],
    [3, 3],
  ]);
});

test.each([undefined, 1])('many rows of several arrays that are sent together stay apart: gzip %s', async (gzip) => {
  const { file, path } = await open({ shape: [0] }, { everyMs: 1000 });
  const arrays = ['/RawData/a', '/RawData/b', '/RawData/c'];
  await file.transact(
    arrays.map((array) => ({
      op: 'array',
      path: array,
      dtype: 'float64',
      shape: [0, 1024],
      attributes: {},
      chunks: [16, 1024],
      enlargeable: true,
      ...(gzip && { gzip }),
    })),
  );
  for (let row = 0; row < 100; row++) {
    void file.transact(
      arrays.map((array, i) => ({
        op: 'append',
        path: array,
        count: [1, 1024],
        data: new Float64Array(1024).fill(1000 * i + row),
      })),
    );
  }
  await file.close();
  for (const [i, array] of arrays.entries()) {
    const { data } = await readArray(path, array);
    expect(Array.from({ length: 100 }, (_, row) => data[row * 1024 + 7])).toEqual(
      Array.from({ length: 100 }, (_, row) => 1000 * i + row),
    );
  }
});
