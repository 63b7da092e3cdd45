import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { realClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import { readArray } from '../browse/read-array.ts';
import { seeded } from '../testing/seeded.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { H5File } from './h5-file.ts';
import type { Commit, H5Operation } from './h5-operation.ts';

const PATH = '/RawData/x';

/** An array with what should be in it. */
class Wanted {
  readonly values = new Map<string, number>();
  shape: readonly number[];

  constructor(shape: readonly number[]) {
    this.shape = shape;
  }

  get flat(): number[] {
    const [a = 0, b = 0, c = 0] = this.shape;
    const all: number[] = [];
    for (let x = 0; x < a; x++)
      for (let y = 0; y < b; y++) for (let z = 0; z < c; z++) all.push(this.values.get([x, y, z].join()) ?? Number.NaN);
    return all;
  }
}

test.each([
  ['plain', 'point', {}],
  ['plain', { everyMs: 5 }, {}],
  ['gzip', 'point', { gzip: 3 }],
  ['gzip', { everyMs: 5 }, { gzip: 3 }],
] as const)(
  'what is written before and after an array becomes larger is read back: %s, commits %j',
  async (_, commit, how) => {
    const path = join(tempFolder(), 'a.h5');
    const wanted = new Wanted([3, 4, 2]);
    const options = { path, fsync: false, commit: commit as Commit };
    let file = await H5File.open({ ...options, mode: 'create' }, realClock);
    const chunks = [2, 3, 2];
    await file.transact([
      { op: 'array', path: PATH, dtype: 'float64', shape: wanted.shape, chunks, attributes: {}, ...how },
    ]);
    const random = seeded(11);
    const upTo = (n: number) => Math.floor(random() * n);
    const waiting: Promise<void>[] = [];
    for (let i = 0; i < 150; i++) {
      const { shape } = wanted;
      if (i % 30 === 29) {
        wanted.shape = shape.map((length, d) => length + (d === 2 ? 0 : upTo(4)));
        waiting.push(file.transact([{ op: 'enlarge', path: PATH, shape: wanted.shape }]));
      } else {
        const at = shape.map(upTo);
        wanted.values.set(at.join(), i);
        const write: H5Operation = { op: 'write', path: PATH, offset: at, count: [1, 1, 1], data: Float64Array.of(i) };
        waiting.push(file.transact([write]));
      }
      if (commit === 'point' || i % 16 === 0) await file.settle();
      if (i !== 100) continue;
      await file.close();
      file = await H5File.open({ ...options, mode: 'append' }, realClock);
    }
    await Promise.all(waiting);
    await file.close();
    const stored = await readArray(path, PATH);
    expect(stored.shape).toEqual(wanted.shape);
    expect([...stored.data].map(Number)).toEqual(wanted.flat);
  },
);

test('a compressed chunk that is not full keeps to itself, although another gets its number', async () => {
  const path = join(tempFolder(), 'filling.h5');
  const file = await H5File.open({ path, mode: 'create', fsync: false }, realClock);
  const put = (a: number, b: number, value: number): H5Operation => ({
    op: 'write',
    path: PATH,
    offset: [a, b],
    count: [1, 1],
    data: Int32Array.of(value),
  });
  await file.transact([
    { op: 'array', path: PATH, dtype: 'int32', shape: [4, 2], chunks: [2, 2], gzip: 1, attributes: {} },
    put(2, 0, 1),
  ]);
  await file.transact([{ op: 'enlarge', path: PATH, shape: [4, 4] }, put(0, 2, 2), put(3, 1, 3)]);
  await file.close();
  const { data } = await readArray(path, PATH);
  expect([...data]).toEqual([0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3, 0, 0]);
});

test('large values go straight to their place also where the array became larger', async () => {
  const path = join(tempFolder(), 'large.h5');
  const file = await H5File.open({ path, mode: 'create', fsync: false }, realClock);
  const length = 64 * 1024;
  await file.transact([
    { op: 'array', path: PATH, dtype: 'uint16', shape: [2, 2, length], chunks: [1, 1, length], attributes: {} },
  ]);
  const frame = (value: number) => new Uint16Array(length).fill(value);
  const put = (a: number, b: number, value: number): H5Operation => ({
    op: 'write',
    path: PATH,
    offset: [a, b, 0],
    count: [1, 1, length],
    data: frame(value),
  });
  await file.transact([put(0, 1, 1), put(1, 0, 2)]);
  await file.transact([put(1, 1, 3), { op: 'enlarge', path: PATH, shape: [2, 3, length] }, put(0, 2, 4)]);
  await file.transact([put(1, 0, 5), put(1, 2, 6)]);
  await file.close();
  const { data } = await readArray(path, PATH);
  const firsts = Array.from({ length: 6 }, (_, i) => [data[i * length], data[(i + 1) * length - 1]].map(Number));
  expect(firsts).toEqual([
    [0, 0],
    [1, 1],
    [4, 4],
    [5, 5],
    [3, 3],
    [6, 6],
  ]);
});

test('a file that is read while it is written refuses, and goes on', async () => {
  const path = join(tempFolder(), 'live.h5');
  const file = await H5File.open({ path, mode: 'create', fsync: false, swmr: true }, realClock);
  await file.transact([{ op: 'array', path: PATH, dtype: 'float64', shape: [2], chunks: [2], attributes: {} }]);
  await expect(file.transact([{ op: 'enlarge', path: PATH, shape: [3] }])).rejects.toThrow('cannot become larger');
  await file.transact([{ op: 'write', path: PATH, offset: [0], count: [2], data: Float64Array.of(1, 2) }]);
  await file.close();
  expect([...(await readArray(path, PATH)).data]).toEqual([1, 2]);
});

const READ = `
import h5py, json, sys
with h5py.File(sys.argv[1], 'r') as file:
    x, axis = file['/RawData/x'], file['/RawData/axis']
    print(json.dumps([x.shape, x.maxshape, x.chunks, x.compression, x[...].tolist(), axis.shape, axis[...].tolist()]))
`;
const inPython = (path: string) =>
  JSON.parse(execFileSync('/usr/bin/python3', ['-c', READ, path], { encoding: 'utf8' }));

const hasH5py = spawnSync('/usr/bin/python3', ['-c', 'import h5py']).status === 0;

test.runIf(hasH5py).each([[undefined], [5]])('HDF5 itself finds every value, gzip %s', async (gzip) => {
  const path = join(tempFolder(), 'python.h5');
  const file = await H5File.open({ path, mode: 'create', fsync: false }, realClock);
  const facts = { dtype: 'int32', shape: [2, 2], chunks: [2, 2], attributes: {}, ...(gzip && { gzip }) } as const;
  const axis = { dtype: 'int32', shape: [2], attributes: {}, data: Int32Array.of(7, 8) } as const;
  await file.transact([
    { op: 'array', path: PATH, ...facts },
    { op: 'array', path: '/RawData/axis', ...axis },
    { op: 'write', path: PATH, offset: [0, 0], count: [2, 2], data: Int32Array.of(1, 2, 3, 4) },
  ]);
  const before = `${path}.before`;
  copyFileSync(path, before);
  await file.transact([
    { op: 'enlarge', path: PATH, shape: [3, 5] },
    { op: 'enlarge', path: '/RawData/axis', shape: [4] },
    { op: 'write', path: PATH, offset: [0, 2], count: [2, 3], data: Int32Array.of(5, 6, 7, 8, 9, 10) },
  ]);
  await file.close();
  const filter = gzip ? 'gzip' : null;
  const [rows, wider] = [
    [
      [1, 2],
      [3, 4],
    ],
    [
      [1, 2, 5, 6, 7],
      [3, 4, 8, 9, 10],
      [0, 0, 0, 0, 0],
    ],
  ];
  expect(inPython(before)).toEqual([[2, 2], [2, 2], [2, 2], filter, rows, [2], [7, 8]]);
  expect(inPython(path)).toEqual([[3, 5], [3, 5], [2, 2], filter, wider, [4], [7, 8, 0, 0]]);
});
