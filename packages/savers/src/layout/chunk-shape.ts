import { sizeOf } from '@daqtor/core';
import { LARGE_VALUE } from '../h5/whole-chunks.ts';

/** Values that share a chunk, if that makes it neither too small to be worth it nor too large to be read in part. */
const VALUES = 64;
const SMALLEST = 64 * 2 ** 10;
const LARGEST = 2 ** 20;
/** A compressed chunk is written again with each commit that adds to it. */
const COMPRESSED = 128 * 2 ** 10;

/**
 * How an array of many values is cut into chunks: a value stays whole, and as many neighbours join it as make a chunk of
 * sensible size, fastest dimension first. A large one has a chunk of its own: it can be written from where it is, once,
 * whenever it is committed.
 *
 * @param nav - length of each dimension along which values follow each other, slowest first
 * @param signal - shape of one value
 * @param gzip - level of compression, 0 for none
 */
export function chunkShape(
  nav: readonly number[],
  signal: readonly number[],
  elementBytes: number,
  gzip = 0,
): number[] {
  const valueBytes = elementBytes * sizeOf(signal);
  let room = Math.max(1, Math.floor(targetBytes(valueBytes, gzip) / valueBytes));
  const chunk = [...nav];
  for (let dimension = nav.length - 1; dimension >= 0; dimension--) {
    chunk[dimension] = Math.min(nav[dimension] as number, room);
    room = Math.max(1, Math.floor(room / (chunk[dimension] as number)));
  }
  return [...chunk, ...signal];
}

function targetBytes(valueBytes: number, gzip: number): number {
  if (gzip > 0) return COMPRESSED;
  if (valueBytes >= LARGE_VALUE) return valueBytes;
  return Math.min(Math.max(VALUES * valueBytes, SMALLEST), LARGEST);
}
