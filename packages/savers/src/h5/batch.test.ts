import { expect, test } from 'vitest';
import { Batch } from './batch.ts';
import type { H5Operation } from './h5-operation.ts';

const write = (path: string, offset: number[], count: number[], ...values: number[]): H5Operation => ({
  op: 'write',
  path,
  offset,
  count,
  data: Float64Array.from(values),
});
const append = (path: string, ...values: number[]): H5Operation => ({
  op: 'append',
  path,
  count: [values.length],
  data: Float64Array.from(values),
});

/** What a batch of these sends, with values instead of slices. */
function sent(...operations: H5Operation[]) {
  const batch = new Batch();
  batch.add(operations);
  const packed = batch.take();
  return packed.operations.map((operation) => {
    if (!('data' in operation) || !operation.data) return operation;
    const data = operation.data.flatMap(({ block, at, bytes }) => [
      ...new Float64Array(packed.blocks[block] as ArrayBuffer, at, bytes / 8),
    ]);
    return { ...operation, data };
  });
}

test('points along a row become one write, forwards and backwards', () => {
  const forwards = sent(write('/a', [1, 0], [1, 1], 10), write('/b', [0], [1], 1), write('/a', [1, 1], [1, 1], 11));
  expect(forwards).toEqual([
    { op: 'write', path: '/a', offset: [1, 0], count: [1, 2], data: [10, 11] },
    { op: 'write', path: '/b', offset: [0], count: [1], data: [1] },
  ]);
  expect(sent(write('/a', [1, 3], [1, 1], 13), write('/a', [1, 2], [1, 1], 12))).toEqual([
    { op: 'write', path: '/a', offset: [1, 2], count: [1, 2], data: [12, 13] },
  ]);
});

test('a point with a signal joins its neighbour, whole', () => {
  expect(sent(write('/a', [0, 0, 0], [1, 1, 2], 1, 2), write('/a', [0, 1, 0], [1, 1, 2], 3, 4))).toEqual([
    { op: 'write', path: '/a', offset: [0, 0, 0], count: [1, 2, 2], data: [1, 2, 3, 4] },
  ]);
});

test.each([
  ['the same place twice', [write('/a', [0], [1], 1), write('/a', [0], [1], 2)]],
  ['a gap', [write('/a', [0], [1], 1), write('/a', [2], [1], 2)]],
  ['the next row', [write('/a', [0, 1], [1, 1], 1), write('/a', [1, 0], [1, 1], 2)]],
  ['a column of several rows', [write('/a', [0, 0], [2, 1], 1, 2), write('/a', [0, 1], [2, 1], 3, 4)]],
  ['another extent', [write('/a', [0, 0], [1, 2], 1, 2), write('/a', [1, 0], [1, 1], 3)]],
])('stays apart and in order: %s', (_, operations) => {
  const apart = operations.map((one) => ({ ...one, data: 'data' in one && one.data ? [...one.data].map(Number) : [] }));
  expect(sent(...operations)).toEqual(apart);
});

test('rows that are appended become one append, until something else is done to the array', () => {
  const note: H5Operation = { op: 'attribute', path: '/a', name: 'n', value: 1 };
  expect(sent(append('/a', 1), append('/b', 5), append('/a', 2, 3), note, append('/a', 4))).toEqual([
    { op: 'append', path: '/a', count: [3], data: [1, 2, 3] },
    { op: 'append', path: '/b', count: [1], data: [5] },
    note,
    { op: 'append', path: '/a', count: [1], data: [4] },
  ]);
});

test('values are copied when they come in, and a batch that was taken is empty', () => {
  const values = Float64Array.of(1, 2);
  const batch = new Batch();
  batch.add([{ op: 'append', path: '/a', count: [2], data: values }]);
  values.fill(0);
  const { blocks } = batch.take();
  expect([...new Float64Array(blocks[0] as ArrayBuffer, 0, 2)]).toEqual([1, 2]);
  expect(batch.bytes).toBe(0);
  expect(batch.take()).toEqual({ operations: [], blocks: [], listed: new Map(), isOver: false });
});
