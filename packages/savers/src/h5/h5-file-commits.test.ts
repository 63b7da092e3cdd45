import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VirtualClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import { readArray } from '../browse/read-array.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { H5File } from './h5-file.ts';
import type { Commit, H5Operation } from './h5-operation.ts';
import { journalPath } from './journal.ts';

const open = async (commit: Commit) => {
  const path = join(tempFolder(), 'a.h5');
  const clock = new VirtualClock();
  const file = await H5File.open({ path, mode: 'create', fsync: false, commit }, clock);
  const dtype = 'float64';
  await file.transact([{ op: 'array', path: '/RawData/x', dtype, shape: [6], chunks: [4], attributes: {} }]);
  return { file, path, clock };
};
const write = (at: number, value: number): H5Operation => ({
  op: 'write',
  path: '/RawData/x',
  offset: [at],
  count: [1],
  data: Float64Array.of(value),
});
const impossible: H5Operation = { op: 'group', path: '/RawData/x', attributes: {} };

test('transactions of one interval are committed together when it is over, not before', async () => {
  const { file, path, clock } = await open({ everyMs: 500 });
  const before = readFileSync(path);
  const committedAt: number[] = [];
  const began = clock.now();
  const note = () => committedAt.push(clock.now() - began);
  const first = file.transact([write(0, 1)]).then(note);
  await clock.sleep(200);
  const second = file.transact([write(1, 2)]).then(note);
  expect(readFileSync(path).equals(before)).toBe(true);
  await Promise.all([first, second]);
  expect(committedAt).toEqual([500, 500]);
  await file.close();
  expect([...(await readArray(path, '/RawData/x')).data]).toEqual([1, 2, NaN, NaN, NaN, NaN]);
});

test('closing and asking do not wait for the interval, and lose nothing', async () => {
  const { file, path, clock } = await open({ everyMs: 1e9 });
  const first = file.transact([write(0, 1)]);
  expect(await file.ask({ ask: 'shape', path: '/RawData/x' })).toEqual([6]);
  const second = file.transact([write(1, 2)]);
  await file.close();
  await Promise.all([first, second]);
  expect(clock.now()).toBeLessThan(1e9);
  expect([...(await readArray(path, '/RawData/x')).data.slice(0, 2)]).toEqual([1, 2]);
});

test('what was handed over before a failure was known fails with it; what comes after is saved', async () => {
  const { file, path } = await open('point');
  const failing = file.transact([impossible]);
  await Promise.resolve();
  await Promise.resolve();
  const behind = file.transact([write(0, 1)]);
  await expect(failing).rejects.toThrow('making the group /RawData/x failed');
  await expect(behind).rejects.toThrow('making the group /RawData/x failed');
  await file.transact([write(1, 2)]);
  await file.close();
  expect([...(await readArray(path, '/RawData/x')).data.slice(0, 2)]).toEqual([NaN, 2]);
});

test('a file that was replaced gets nothing more, and the one in its place is left alone', async () => {
  const { file, path } = await open('point');
  await file.transact([write(0, 1)]);
  const away = `${path}.away`;
  renameSync(path, away);
  writeFileSync(path, 'precious');
  const lost = { code: 'save.failed', problem: expect.stringContaining('removed or replaced') };
  await expect(file.transact([write(1, 2)])).rejects.toMatchObject(lost);
  await expect(file.transact([write(1, 2)])).rejects.toMatchObject(lost);
  await expect(file.close()).rejects.toMatchObject(lost);
  expect(readFileSync(path, 'utf8')).toBe('precious');
  expect(existsSync(journalPath(path))).toBe(false);
  expect([...(await readArray(away, '/RawData/x')).data.slice(0, 2)]).toEqual([1, NaN]);
});

test('floats read NaN where nothing was written, whatever the size of the array', async () => {
  const { file, path } = await open('point');
  const shape = [100_000, 1000, 1000]; // 800 GB, of which one chunk is written.
  const huge = {
    op: 'array',
    path: '/RawData/huge',
    dtype: 'float64',
    shape,
    chunks: [1, 1, 4],
    attributes: {},
  } as const;
  const grown = { ...huge, path: '/RawData/grown', shape: [2], chunks: [4], enlargeable: true };
  const row: H5Operation = { op: 'append', path: '/RawData/grown', count: [1], data: Float64Array.of(7) };
  await file.transact([huge, grown, row]);
  await file.close();
  expect(readFileSync(path).length).toBeLessThan(100_000);
  expect([...(await readArray(path, '/RawData/grown')).data]).toEqual([NaN, NaN, 7]);
});
