import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { tempFolder } from '../testing/temp-folder.ts';
import { Batch } from './batch.ts';
import type { CreateArray, H5Operation } from './h5-operation.ts';
import { describe, readArrays } from './h5-reader.ts';
import { H5Writer } from './h5-writer.ts';
import { journalPath } from './journal.ts';
import { loadH5 } from './load-h5.ts';
import { recover } from './recover.ts';

/** What counts and cuts the writes of a commit. */
const disk = vi.hoisted(() => ({
  writes: 0,
  /** At which write the process dies, and after what share of its bytes. */
  diesAt: Number.POSITIVE_INFINITY,
  share: 0,
  /** What is on the disk at that moment is put aside. */
  atDeath: () => {},
}));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const cutting = (fd: number, bytes: Uint8Array, at: number, length: number, position: number): number => {
    if (disk.writes++ === disk.diesAt) {
      const part = Math.floor(length * disk.share);
      if (part > 0) fs.writeSync(fd, bytes, at, part, position);
      disk.atDeath();
    }
    return fs.writeSync(fd, bytes, at, length, position);
  };
  return { ...fs, writeSync: cutting };
});

const h5 = await loadH5();
const X = '/RawData/x';
const ROWS = '/RawData/rows';
const AXIS = '/RawData/axis';
const array = (path: string, shape: number[], enlargeable = false): H5Operation => ({
  op: 'array',
  path,
  dtype: 'float64',
  shape,
  chunks: [16, 4],
  enlargeable,
  attributes: { units: 'mm' },
});
const point = (at: number): H5Operation[] => [
  { op: 'write', path: X, offset: [at, 0], count: [1, 4], data: new Float64Array(4).fill(at) },
  { op: 'append', path: ROWS, count: [1, 4], data: new Float64Array(4).fill(-at) },
];
/** Arrays whose chunks lie far apart. */
const IMAGES = Array.from({ length: 6 }, (_, i) => `/RawData/image${i}`);
const image = (at: number): H5Operation[] =>
  IMAGES.map((path) => {
    const data = new Float64Array(512).fill(at);
    return { op: 'write', path, offset: [at, 0], count: [1, 512], data };
  });
/** What a scan commits before a point, and with it: values over committed ones, new nodes, longer arrays, attributes, lines of the log. */
const BEFORE: readonly H5Operation[] = [
  array(X, [32, 4]),
  array(ROWS, [0, 4], true),
  { op: 'array', path: AXIS, dtype: 'float64', shape: [2], attributes: {}, data: Float64Array.of(1, 2) },
  ...IMAGES.map((path): H5Operation => ({ ...(array(path, [8, 512]) as CreateArray), chunks: [8, 512] })),
  ...point(0),
  ...point(1),
  ...image(0),
];
const LARGER: readonly H5Operation[] = [
  { op: 'enlarge', path: X, shape: [40, 6] },
  { op: 'enlarge', path: AXIS, shape: [4] },
  { op: 'write', path: AXIS, offset: [2], count: [2], data: Float64Array.of(3, 4) },
  { op: 'write', path: X, offset: [39, 2], count: [1, 4], data: Float64Array.of(5, 6, 7, 8) },
];
/** @param larger - what makes arrays larger, in the middle of it; files for SWMR have none */
const commitWith = (larger: readonly H5Operation[]): readonly H5Operation[] => [
  ...point(2),
  ...image(3),
  ...larger,
  ...Array.from({ length: 5 }, (_, i): H5Operation[] => [
    { op: 'group', path: `/RawData/g${i}`, attributes: { title: `group ${i}`, CLASS: 'GROUP' } },
    array(`/RawData/g${i}/y`, [64, 4]),
    { op: 'write', path: `/RawData/g${i}/y`, offset: [0, 0], count: [1, 4], data: Float64Array.of(i, i, i, i) },
  ]).flat(),
  { op: 'attribute', path: '/RawData', name: 'done', value: 1 },
  { op: 'append-bytes', path: '/RawData/Logger', rows: [Uint8Array.of(1, 2, 3)] },
  ...point(17),
];

/** All that a file holds. */
function contentOf(path: string): unknown {
  const { value: tree, error } = describe(h5, path);
  expect(error).toBeUndefined();
  const paths: string[] = [];
  const visit = (node: { kind: string; path: string; children: readonly (typeof node)[] }) => {
    if (node.kind === 'array') paths.push(node.path);
    node.children.forEach(visit);
  };
  if (tree) visit(tree);
  return { tree, arrays: readArrays(h5, path, paths).value };
}

/** Runs the two commits; the second is cut. @returns the file as it was left, and as it is once all is written */
async function commit(diesAt: number, share: number, swmr = false) {
  const path = join(tempFolder(), 'a.h5');
  const left = `${path}.left.h5`;
  const writer = new H5Writer(h5, { path, mode: 'create', fsync: false, swmr });
  const send = async (operations: readonly H5Operation[]) => {
    const batch = new Batch();
    batch.add(operations);
    const packed = batch.take();
    await writer.transact(packed.operations, packed.blocks);
  };
  await send(BEFORE);
  const before = `${path}.before.h5`;
  copyFileSync(path, before);
  Object.assign(disk, { writes: 0, diesAt, share });
  disk.atDeath = () => {
    copyFileSync(path, left);
    if (existsSync(journalPath(path))) copyFileSync(journalPath(path), journalPath(left));
  };
  await send(commitWith(swmr ? [] : LARGER));
  const { writes } = disk;
  disk.diesAt = Number.POSITIVE_INFINITY;
  writer.close();
  return { path, before, left, writes };
}

/** The same, not cut: how many writes it takes, and what is read before and after it. */
async function uncut() {
  const { writes, path, before } = await commit(Number.POSITIVE_INFINITY, 0);
  return { writes, before: contentOf(before), after: contentOf(path) };
}

test('the commit that is cut takes several writes, and changes what is read', async () => {
  const { writes, before, after } = await uncut();
  expect(writes).toBeGreaterThan(8);
  expect(after).not.toEqual(before);
});

test.each([
  ['before', 0],
  ['in the middle of', 0.5],
])('a process that dies %s any write of a commit leaves the commit before it or this one, whole', async (_, share) => {
  const { writes, before, after } = await uncut();
  const outcomes: string[] = [];
  for (let diesAt = 0; diesAt < writes; diesAt++) {
    const { left } = await commit(diesAt, share);
    const seen = contentOf(left);
    recover(left);
    const recovered = contentOf(left);
    expect(recovered, `read after write ${diesAt} of ${writes}`).toEqual(seen);
    const isAfter = JSON.stringify(recovered) === JSON.stringify(after);
    if (!isAfter) expect(recovered, `write ${diesAt} of ${writes}`).toEqual(before);
    outcomes.push(isAfter ? 'after' : 'before');
  }
  // Once the journal is whole, the commit holds.
  expect(outcomes.join()).toMatch(/^before(,before)*,after(,after)*$/);
});

test.each([
  ['before', 0],
  ['in the middle of', 0.5],
])('a file for SWMR whose writer dies %s any write can be read and written on', async (_, share) => {
  const { writes } = await commit(Number.POSITIVE_INFINITY, 0, true);
  for (let diesAt = 0; diesAt < writes; diesAt++) {
    const { left } = await commit(diesAt, share, true);
    expect(describe(h5, left).error, `write ${diesAt} of ${writes}, as it was left`).toBeUndefined();
    new H5Writer(h5, { path: left, mode: 'append', fsync: false, swmr: true }).close();
    expect(describe(h5, left).error, `write ${diesAt} of ${writes}, written on`).toBeUndefined();
  }
});
