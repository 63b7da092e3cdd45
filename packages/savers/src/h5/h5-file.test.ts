import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { realClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import { describeFile } from '../browse/describe-file.ts';
import { readArray } from '../browse/read-array.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { H5File } from './h5-file.ts';
import type { CreateArray, H5Operation } from './h5-operation.ts';
import { encodeJournal, journalPath, type Run } from './journal.ts';

const create = (path: string) => H5File.open({ path, mode: 'create', fsync: false }, realClock);
const append = (path: string) => H5File.open({ path, mode: 'append', fsync: false }, realClock);
const array = (name: string, facts: Partial<CreateArray> = {}): CreateArray => ({
  op: 'array',
  path: `/RawData/${name}`,
  dtype: 'float64',
  shape: [6],
  chunks: [4],
  attributes: {},
  ...facts,
});
const write = (name: string, at: number, ...values: number[]): H5Operation => ({
  op: 'write',
  path: `/RawData/${name}`,
  offset: [at],
  count: [values.length],
  data: Float64Array.from(values),
});

test('what a transaction wrote is in the file on disk when it resolves, before the file is closed', async () => {
  const path = join(tempFolder(), 'a.h5');
  const file = await create(path);
  await file.transact([array('x'), write('x', 1, 5)]);
  const copy = `${path}.copy`;
  copyFileSync(path, copy);
  await file.close();
  expect([...(await readArray(copy, '/RawData/x')).data]).toEqual([NaN, 5, NaN, NaN, NaN, NaN]);
});

test('a transaction that fails leaves the file as it was, and the next one works', async () => {
  const path = join(tempFolder(), 'a.h5');
  const file = await create(path);
  await file.transact([array('x'), write('x', 0, 1, 2, 3)]);
  const before = readFileSync(path);
  const failing = file.transact([
    write('x', 0, 9, 9, 9),
    array('y', { shape: [100_000], chunks: [1000] }),
    { op: 'group', path: '/RawData/x', attributes: {} },
  ]);
  await expect(failing).rejects.toMatchObject({
    code: 'save.failed',
    problem: expect.stringContaining('making the group /RawData/x failed'),
  });
  expect(readFileSync(path).equals(before)).toBe(true);
  await file.transact([write('x', 3, 4)]);
  expect(await file.ask({ ask: 'children', path: '/RawData' })).toEqual(['Logger', 'x']);
  await file.close();
  expect([...(await readArray(path, '/RawData/x')).data]).toEqual([1, 2, 3, 4, NaN, NaN]);
});

test('arrays that are handed over stay with the caller, also when they are views', async () => {
  const path = join(tempFolder(), 'a.h5');
  const file = await create(path);
  const whole = Float64Array.of(1, 2, 3, 4);
  const view = whole.subarray(1, 3);
  const done = file.transact([array('x'), { ...write('x', 0), count: [2], data: view } as H5Operation]);
  whole.fill(0);
  await done;
  expect(view.length).toBe(2);
  await file.close();
  expect([...(await readArray(path, '/RawData/x')).data.slice(0, 2)]).toEqual([2, 3]);
});

test.each([
  ['float32', NaN],
  ['float64', NaN],
  ['uint8', 0],
  ['int32', 0],
  ['uint16', 0],
] as const)('where nothing was written, %s is %d', async (dtype, fill) => {
  const path = join(tempFolder(), 'a.h5');
  const file = await create(path);
  await file.transact([array('x', { dtype })]);
  await file.close();
  const stored = await readArray(path, '/RawData/x');
  expect(stored.dtype).toBe(dtype);
  expect([...stored.data]).toEqual(new Array(6).fill(fill));
});

test('an array larger than the block it is filled with is NaN to its last element', async () => {
  const path = join(tempFolder(), 'a.h5');
  const file = await create(path);
  await file.transact([array('x', { shape: [11, 131_072], chunks: [1, 131_072] })]);
  await file.close();
  const { data } = await readArray(path, '/RawData/x');
  expect(data.length).toBe(11 * 131_072);
  expect(data.every((value) => Number.isNaN(value))).toBe(true);
});

test('rows of bytes follow those that are there, and an attribute can be written over', async () => {
  const path = join(tempFolder(), 'a.h5');
  const rows = (...texts: string[]): H5Operation => ({
    op: 'append-bytes',
    path: '/RawData/Logger',
    rows: texts.map((text) => new TextEncoder().encode(text)),
  });
  const note = (value: string | number): H5Operation => ({ op: 'attribute', path: '/RawData', name: 'note', value });
  const file = await create(path);
  await file.transact([rows('a', ''), note('first')]);
  await file.transact([rows('bcd'), note('é'), { op: 'attribute', path: '/', name: 'n', value: -3 }]);
  expect(await file.ask({ ask: 'shape', path: '/RawData/Logger' })).toEqual([3]);
  await file.close();
  const tree = await describeFile(path);
  expect(tree.attributes.n).toBe(-3);
  expect(tree.children[0]?.attributes.note).toBe('é');
});

test('two writers never have one file', async () => {
  const path = join(tempFolder(), 'a.h5');
  const file = await create(path);
  await expect(append(path)).rejects.toThrow(`is being written by process ${process.pid}`);
  await file.close();
  await (await append(path)).close();
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test('a file that exists is not made anew, and one that does not is not opened', async () => {
  const folder = tempFolder();
  const path = join(folder, 'a.h5');
  writeFileSync(path, 'precious');
  await expect(create(path)).rejects.toThrow('there is a file of that name');
  expect(readFileSync(path, 'utf8')).toBe('precious');
  await expect(append(path)).rejects.toMatchObject({ code: 'save.failed', problem: expect.stringContaining(path) });
  await expect(append(join(folder, 'b.h5'))).rejects.toThrow('No such file or directory');
  mkdirSync(join(folder, 'c.h5'));
  await expect(append(join(folder, 'c.h5'))).rejects.toThrow('Is a directory');
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test('a closed file says so, and closing twice is one closing', async () => {
  const file = await create(join(tempFolder(), 'a.h5'));
  await Promise.all([file.close(), file.close()]);
  await expect(file.transact([])).rejects.toThrow('is closed');
});

/** A file as a writer leaves it that is killed after it has put half of a commit's pages in place. */
async function tornFile(): Promise<{ path: string; before: Buffer; after: Buffer; runs: Run[] }> {
  const path = join(tempFolder(), 'torn.h5');
  const file = await create(path);
  await file.transact([array('x'), write('x', 0, 1)]);
  const before = readFileSync(path);
  await file.transact([array('y'), write('x', 0, 2), write('y', 0, 3)]);
  const after = readFileSync(path);
  await file.close();
  const runs: Run[] = [];
  for (let position = 0; position < before.length; position += 512) {
    const bytes = after.subarray(position, Math.min(position + 512, before.length));
    if (!bytes.equals(before.subarray(position, position + bytes.length))) runs.push({ position, bytes });
  }
  expect(runs.length).toBeGreaterThan(1);
  const torn = Buffer.concat([before, after.subarray(before.length)]);
  for (const { position, bytes } of runs.slice(0, runs.length / 2)) torn.set(bytes, position);
  writeFileSync(path, torn);
  return { path, before, after, runs };
}

test('a commit that was torn is finished when the file is opened again', async () => {
  const { path, after, runs } = await tornFile();
  writeFileSync(journalPath(path), encodeJournal(runs, after.length).record);
  const file = await append(path);
  expect(readFileSync(path).equals(after)).toBe(true);
  expect(await file.ask({ ask: 'children', path: '/RawData' })).toEqual(['Logger', 'x', 'y']);
  await file.close();
  expect(existsSync(journalPath(path))).toBe(false);
});

test('a torn file reads as if its commit were done, and stays as it is', async () => {
  const { path, after, runs } = await tornFile();
  writeFileSync(journalPath(path), encodeJournal(runs, after.length).record);
  const torn = readFileSync(path);
  expect((await readArray(path, '/RawData/x')).data[0]).toBe(2);
  expect((await readArray(path, '/RawData/y')).data[0]).toBe(3);
  expect(readFileSync(path).equals(torn)).toBe(true);
  expect(existsSync(journalPath(path))).toBe(true);
});

test.each([
  ['cut short', (journal: Buffer) => journal.subarray(0, journal.length - 1)],
  ['of one wrong bit', (journal: Buffer) => Buffer.from(journal.map((byte, i) => (i === 100 ? byte ^ 1 : byte)))],
  ['of garbage', () => Buffer.alloc(5000, 7)],
  ['empty', () => Buffer.alloc(0)],
])('a journal that is %s never touches the file', async (_, spoil) => {
  const { path, before, after, runs } = await tornFile();
  const left = Buffer.concat([before, after.subarray(before.length)]);
  writeFileSync(path, left);
  writeFileSync(journalPath(path), spoil(encodeJournal(runs, after.length).record));
  const file = await append(path);
  expect(readFileSync(path).equals(left)).toBe(true);
  await file.close();
  expect((await readArray(path, '/RawData/x')).data[0]).toBe(1);
});

test('the journal of a longer file is not replayed on this one', async () => {
  const { path, before, after, runs } = await tornFile();
  writeFileSync(path, before);
  writeFileSync(journalPath(path), encodeJournal(runs, after.length + 1).record);
  await (await append(path)).close();
  expect((await readArray(path, '/RawData/x')).data[0]).toBe(1);
});
