import { sizeOf } from '@daqtor/core';

/** Values from this size on have a chunk of their own where each is committed by itself. */
const LARGE_VALUE = 64 * 2 ** 10;
/** Values that share a chunk, if that makes it neither too small to be worth it nor too large to be read in part. */
const VALUES = 64;
const SMALLEST = 64 * 2 ** 10;
const LARGEST = 2 ** 20;
/** A compressed chunk is written again with each commit that adds to it. */
const COMPRESSED = 128 * 2 ** 10;

export interface ChunkUse {
  /** Whether chunks are compressed. */
  readonly isCompressed?: boolean;
  /** Whether each value is committed by itself: into a chunk that others are in, a large one would be written twice. */
  readonly isCommittedAlone?: boolean;
}

/**
 * How an array of many values is cut into chunks: a value stays whole, and as many neighbours join it as make a chunk of
 * sensible size, fastest dimension first.
 *
 * @param nav - length of each dimension along which values follow each other, slowest first
 * @param signal - shape of one value
 */
export function chunkShape(
  nav: readonly number[],
  signal: readonly number[],
  elementBytes: number,
  { isCompressed = false, isCommittedAlone = true }: ChunkUse = {},
): number[] {
  const valueBytes = elementBytes * sizeOf(signal);
  const isAlone = isCommittedAlone && valueBytes >= LARGE_VALUE;
  const target = isCompressed
    ? COMPRESSED
    : isAlone
      ? valueBytes
      : Math.min(Math.max(VALUES * valueBytes, SMALLEST), LARGEST);
  let room = Math.max(1, Math.floor(target / valueBytes));
  const chunk = [...nav];
  for (let dimension = nav.length - 1; dimension >= 0; dimension--) {
    chunk[dimension] = Math.min(nav[dimension] as number, room);
    room = Math.max(1, Math.floor(room / (chunk[dimension] as number)));
  }
  return [...chunk, ...signal];
}
