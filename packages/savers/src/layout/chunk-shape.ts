import { sizeOf } from '@daqtor/core';

/**
 * How a scan's array is cut into chunks: a point's own data stay whole, and as many neighbouring points join them as fit
 * into `targetBytes`, fastest dimension first.
 *
 * Each commit writes the chunk of its point once more: the target weighs that against the size of the chunk index.
 *
 * @param nav - length of each scan dimension, slowest first
 * @param signal - shape of one point's data
 */
export function chunkShape(
  nav: readonly number[],
  signal: readonly number[],
  elementBytes: number,
  targetBytes = 8192,
): number[] {
  let room = Math.max(1, Math.floor(targetBytes / (elementBytes * sizeOf(signal))));
  const chunk = [...nav];
  for (let dimension = nav.length - 1; dimension >= 0; dimension--) {
    chunk[dimension] = Math.min(nav[dimension] as number, room);
    room = Math.max(1, Math.floor(room / (chunk[dimension] as number)));
  }
  return [...chunk, ...signal];
}
