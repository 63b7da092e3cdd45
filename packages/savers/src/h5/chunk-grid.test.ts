import { expect, test } from 'vitest';
import { forEachRun, partsByChunk } from './chunk-grid.ts';

test('a block inside one chunk stays whole', () => {
  expect(partsByChunk([3, 5, 0], [1, 1, 8], [10, 10, 8], [1, 4, 8])).toEqual([
    { chunk: 3 * 3 + 1, inChunk: [0, 1, 0], inBlock: [0, 0, 0], count: [1, 1, 8] },
  ]);
});

test('a block over several chunks is cut where they meet', () => {
  expect(partsByChunk([1, 3], [2, 4], [4, 8], [2, 4])).toEqual([
    { chunk: 0, inChunk: [1, 3], inBlock: [0, 0], count: [1, 1] },
    { chunk: 1, inChunk: [1, 0], inBlock: [0, 1], count: [1, 3] },
    { chunk: 2, inChunk: [0, 3], inBlock: [1, 0], count: [1, 1] },
    { chunk: 3, inChunk: [0, 0], inBlock: [1, 1], count: [1, 3] },
  ]);
});

test('the chunks of rows that are added later are counted on', () => {
  expect(partsByChunk([100, 0], [1, 3], [0, 3], [10, 3])).toEqual([
    { chunk: 10, inChunk: [0, 0], inBlock: [0, 0], count: [1, 3] },
  ]);
});

test('the runs of all parts carry every value of a block to its place', () => {
  const shape = [5, 6, 4];
  const chunks = [2, 4, 3];
  const stored = new Map<string, number>();
  const [offset, count] = [
    [1, 1, 0],
    [3, 5, 4],
  ];
  for (const part of partsByChunk(offset, count, shape, chunks)) {
    forEachRun(
      part.count,
      { shape: count, at: part.inBlock },
      { shape: chunks, at: part.inChunk },
      (from, to, length) => {
        for (let i = 0; i < length; i++) stored.set(`${part.chunk}:${to + i}`, from + i);
      },
    );
  }
  const wanted = new Map<string, number>();
  const flat = ([i, j, k]: readonly [number, number, number], [, b, c]: readonly number[]) =>
    (i * (b as number) + j) * (c as number) + k;
  for (let i = 1; i < 4; i++)
    for (let j = 1; j < 6; j++)
      for (let k = 0; k < 4; k++) {
        const chunk = flat([Math.floor(i / 2), Math.floor(j / 4), Math.floor(k / 3)], [3, 2, 2]);
        wanted.set(`${chunk}:${flat([i % 2, j % 4, k % 3], chunks)}`, flat([i - 1, j - 1, k], count));
      }
  expect(Object.fromEntries([...stored].sort())).toEqual(Object.fromEntries([...wanted].sort()));
});

test('whole dimensions make one run', () => {
  const runs: number[][] = [];
  const box = { shape: [4, 3, 2], at: [1, 0, 0] };
  forEachRun([2, 3, 2], { shape: [2, 3, 2], at: [0, 0, 0] }, box, (...run) => runs.push(run));
  expect(runs).toEqual([[0, 6, 12]]);
});
