import { join } from 'node:path';
import { VirtualClock } from '@daqtor/core';
import { expect, test, vi } from 'vitest';
import { readArray } from '../browse/read-array.ts';
import { seeded } from '../testing/seeded.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { Batch } from './batch.ts';
import { BlockPool } from './block-pool.ts';
import { H5File } from './h5-file.ts';
import { type CreateArray, type H5Operation, STAYS } from './h5-operation.ts';
import { packed, type Taken } from './packed.ts';
import { WholeChunks } from './whole-chunks.ts';

/** Values of 1 KiB, 64 of them in a chunk. */
const VALUE = 128;
const IN_CHUNK = 64;
const value = (n: number) => new Float64Array(VALUE).fill(n);
const array = (more: Partial<CreateArray>): CreateArray => ({
  op: 'array',
  path: '/a',
  dtype: 'float64',
  shape: [0, VALUE],
  chunks: [IN_CHUNK, VALUE],
  enlargeable: true,
  attributes: {},
  ...more,
});
const append = (...numbers: number[]): H5Operation => {
  const data = new Float64Array(numbers.length * VALUE);
  for (const [i, n] of numbers.entries()) data.fill(n, i * VALUE, (i + 1) * VALUE);
  return { op: 'append', path: '/a', count: [numbers.length, VALUE], data };
};
const put = (row: number, column: number, n: number): H5Operation => {
  return { op: 'write', path: '/a', offset: [row, column, 0], count: [1, 1, VALUE], data: value(n) };
};
const grid = (rows: number) => array({ shape: [rows, 128, VALUE], chunks: [1, IN_CHUNK, VALUE], enlargeable: false });
const from = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

/** How the operations of a batch bring their values: the number of each, and whether they stay where they are. */
function brought(taken: Taken, mayStay = true) {
  const { operations, blocks, staying } = packed(taken, new BlockPool(), mayStay);
  let next = 0;
  return operations.flatMap((operation) => {
    if (operation.op !== 'write' && operation.op !== 'append') return [];
    const stays = operation.data[0]?.block === STAYS;
    const arrays = stays
      ? (staying[next++] ?? []).map((one) => one as Float64Array)
      : operation.data.map(({ block, at, bytes }) => new Float64Array(blocks[block] as ArrayBuffer, at, bytes / 8));
    const numbers = arrays.flatMap((one) => from(0, one.length / VALUE).map((i) => one[i * VALUE] as number));
    const { count } = operation;
    return [{ at: operation.op === 'write' ? operation.offset : undefined, count, stays, numbers }];
  });
}
const batch = (...operations: H5Operation[]) => {
  const one = new Batch(new BlockPool(), new WholeChunks());
  one.add(operations);
  return one;
};

test('rows that fill a chunk stay where they are; the rest waits for its own, until it is wanted', () => {
  const one = batch(array({}), ...from(0, 70).map((n) => append(n)));
  expect(brought(one.take(false))).toEqual([
    { at: undefined, count: [IN_CHUNK, VALUE], stays: true, numbers: from(0, IN_CHUNK) },
  ]);
  expect(one.bytes).toBe(6 * 8 * VALUE);
  expect(brought(one.take())).toEqual([{ at: undefined, count: [6, VALUE], stays: false, numbers: from(64, 6) }]);
  one.add(from(70, 122).map((n) => append(n)));
  expect(brought(one.take()).map(({ stays, numbers }) => [stays, numbers.length])).toEqual([
    [false, 58],
    [true, 64],
  ]);
});

test('nothing waits for the rest of a chunk of many megabytes', () => {
  const rows = from(0, 5).map((n) => append(...from(1024 * n, 1024)));
  const one = batch(array({ chunks: [8192, VALUE] }), ...rows);
  expect(brought(one.take(false)).map(({ stays, numbers }) => [stays, numbers.length])).toEqual([[false, 5 * 1024]]);
  expect(one.bytes).toBe(0);
});

test('a scan that goes there and back fills its chunks from both ends', () => {
  const there = from(0, 128).map((column) => put(0, column, column));
  const back = from(0, 128).map((i) => put(1, 127 - i, 1000 + i));
  expect(brought(batch(grid(2), ...there, ...back).take())).toEqual([
    { at: [0, 0, 0], count: [1, 64, VALUE], stays: true, numbers: from(0, 64) },
    { at: [0, 64, 0], count: [1, 64, VALUE], stays: true, numbers: from(64, 64) },
    { at: [1, 0, 0], count: [1, 64, VALUE], stays: true, numbers: from(1064, 64).reverse() },
    { at: [1, 64, 0], count: [1, 64, VALUE], stays: true, numbers: from(1000, 64).reverse() },
  ]);
});

test('a chunk is written from where its values are once: what goes over it is copied', () => {
  const row = (first: number) => from(0, IN_CHUNK).map((column) => put(0, column, first + column));
  const one = batch(grid(1), ...row(0));
  expect(brought(one.take()).map(({ stays }) => stays)).toEqual([true]);
  one.add(row(500));
  expect(brought(one.take())).toEqual([{ at: [0, 0, 0], count: [1, 64, VALUE], stays: false, numbers: from(500, 64) }]);
});

test('what goes over bytes that stayed is told, so that it comes in behind them', async () => {
  const row = from(0, IN_CHUNK).map((column) => put(0, column, column));
  expect(batch(grid(1), ...row).take().isOver).toBe(false);
  expect(batch(grid(1), ...row, put(0, 3, 9)).take().isOver).toBe(true);
  expect(batch(grid(1), put(0, 3, 9), ...row).take().isOver).toBe(false);
  const some = { op: 'write', path: '/a', offset: [0, 0, 0], count: [1, 1, 1], data: Float64Array.of(1) } as const;
  const rows = batch(grid(1), ...row);
  rows.take();
  rows.add([some]);
  expect(rows.take().isOver).toBe(true);
  const appended = batch(array({}), ...from(0, 64).map((n) => append(n)));
  appended.add([{ op: 'write', path: '/a', offset: [0, 0], count: [64, VALUE], data: new Float64Array(64 * VALUE) }]);
  expect(appended.take()).toMatchObject({ isOver: true, listed: { size: 2 } });
});

test('a point alone leaves the other chunks as they were', () => {
  const one = batch(grid(2), put(0, 5, 5));
  expect(brought(one.take())).toMatchObject([{ at: [0, 5, 0], stays: false }]);
  one.add(from(0, 128).map((column) => put(1, column, column)));
  expect(brought(one.take()).map(({ stays }) => stays)).toEqual([true, true]);
});

test('for another attempt everything is copied', () => {
  const taken = batch(array({}), ...from(0, 130).map((n) => append(n))).take();
  expect(brought(taken, false)).toEqual(brought(taken).map((one) => ({ ...one, stays: false })));
});

/** An array of three rows of values, as batches leave it. Bytes that stayed come as late as they may. */
function replayed() {
  const numbers: number[] = new Array(3 * 128).fill(Number.NaN);
  const chunks = new Set<number>();
  let late: (() => void)[] = [];
  const comeIn = () => {
    for (const one of late) one();
    late = [];
  };
  return {
    numbers,
    comeIn,
    apply(taken: Taken) {
      if (taken.isOver) comeIn();
      for (const { at = [], count, stays, numbers: brings } of brought(taken, !taken.isOver)) {
        const [row = 0, column = 0] = at;
        const width = count[1] as number;
        const places = brings.map((_, i) => (row + Math.floor(i / width)) * 128 + column + (i % width));
        const touched = places.map((place) => Math.floor(place / IN_CHUNK));
        if (stays) expect(touched.some((chunk) => chunks.has(chunk))).toBe(false);
        for (const chunk of touched) chunks.add(chunk);
        const write = () => {
          for (const [i, place] of places.entries()) numbers[place] = brings[i] as number;
        };
        if (stays) late.push(write);
        else write();
      }
    },
  };
}

test('batches that are taken at any time leave every value where it belongs, the last one on top', () => {
  const random = seeded(5);
  for (let run = 0; run < 200; run++) {
    const one = batch(grid(3));
    const file = replayed();
    const wanted: number[] = new Array(3 * 128).fill(Number.NaN);
    for (let part = 0; part < 8; part++) {
      const [row, first] = [Math.floor(3 * random()), random() < 0.5 ? 0 : Math.floor(128 * random())];
      const columns = from(first, 1 + Math.floor((128 - first) * random()));
      for (const column of random() < 0.4 ? columns.reverse() : columns) {
        wanted[row * 128 + column] = 1000 * part + column;
        one.add([put(row, column, 1000 * part + column)]);
        if (random() < 0.02) file.apply(one.take(random() < 0.5));
      }
      if (random() < 0.2) file.comeIn();
    }
    file.apply(one.take());
    file.comeIn();
    expect(file.numbers).toEqual(wanted);
  }
});

/** A file on a virtual clock with one such array. */
async function open(made: CreateArray, everyMs = 50) {
  const clock = new VirtualClock();
  const path = join(tempFolder(), 'a.h5');
  const file = await H5File.open({ path, mode: 'create', fsync: false, commit: { everyMs } }, clock);
  await file.transact([made]);
  return { file, path, clock };
}
const stored = async (path: string) => {
  const { data } = await readArray(path, '/a');
  return from(0, data.length / VALUE).map((i) => Number(data[i * VALUE]));
};

test('rows that come in any portions, with commits in between, are in the file as they came', async () => {
  const random = seeded(3);
  for (let run = 0; run < 8; run++) {
    const { file, path } = await open(array({}));
    let rows = 0;
    for (let portion = 0; portion < 6; portion++) {
      const count = 1 + Math.floor(150 * random());
      const isOneBlock = random() < 0.5;
      void file.transact(isOneBlock ? [append(...from(rows, count))] : from(rows, count).map((n) => append(n)));
      rows += count;
      if (random() < 0.5) await file.settle();
    }
    await file.close();
    expect(await stored(path)).toEqual(from(0, rows));
  }
});

test('points of a grid that come in any order are where they belong', async () => {
  const random = seeded(4);
  for (let run = 0; run < 8; run++) {
    const { file, path } = await open(grid(3));
    const wanted: number[] = new Array(3 * 128).fill(Number.NaN);
    for (let part = 0; part < 10; part++) {
      const [row, first] = [Math.floor(3 * random()), Math.floor(128 * random())];
      const columns = random() < 0.3 ? from(0, 128) : from(first, 128 - first);
      for (const column of random() < 0.5 ? columns.reverse() : columns) {
        wanted[row * 128 + column] = 1000 * part + column;
        void file.transact([put(row, column, 1000 * part + column)]);
      }
      if (random() < 0.3) await file.settle();
    }
    await file.close();
    expect(await stored(path)).toEqual(wanted);
  }
});

test('a batch of very many chunks is one transaction: a failure at its end takes all of it back', async () => {
  const { file, path } = await open(array({}), 0);
  await file.transact([append(...from(0, 10))]);
  const many = append(...from(10, 150 * IN_CHUNK));
  const nowhere: H5Operation = { op: 'attribute', path: '/nowhere', name: 'x', value: 1 };
  await expect(file.transact([many, nowhere])).rejects.toThrow('nowhere');
  await file.transact([many]);
  await file.close();
  expect(await stored(path)).toEqual(from(0, 10 + 150 * IN_CHUNK));
});

const disk = vi.hoisted(() => ({ isFull: false, refused: 0 }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const writev = (...[fd, arrays, at, done]: [number, NodeJS.ArrayBufferView[], number, (error: Error) => void]) => {
    if (!disk.isFull) return fs.writev(fd, arrays, at, done as never);
    disk.refused++;
    done(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
  };
  // `promisify` hands on how many bytes were written under that name.
  Object.defineProperty(writev, Symbol.for('nodejs.util.promisify.custom'), {
    value: (fd: number, arrays: NodeJS.ArrayBufferView[], at: number) =>
      new Promise((resolve, reject) => {
        writev(fd, arrays, at, ((error: Error | null, bytesWritten: number) =>
          error ? reject(error) : resolve({ bytesWritten })) as never);
      }),
  });
  return { ...fs, writev };
});

test('while the disk is full rows wait where they are, then all of them are written, in their order', async () => {
  const { file, path, clock } = await open(array({}), 500);
  const troubles: (string | undefined)[] = [];
  file.trouble$.subscribe((trouble) => troubles.push(trouble?.problem));
  file.bePatient();
  let isSaved = false;
  disk.isFull = true;
  const saved = file.transact(from(0, 150).map((n) => append(n))).then(() => {
    isSaved = true;
  });
  while (troubles.length < 2) await clock.sleep(100);
  const late = file.transact(from(150, 50).map((n) => append(n)));
  disk.isFull = false;
  expect([isSaved, disk.refused]).toEqual([false, 1]);
  await Promise.all([saved, late]);
  expect(troubles).toEqual([undefined, expect.stringContaining('No space left'), undefined]);
  await file.close();
  expect(await stored(path)).toEqual(from(0, 200));
});
