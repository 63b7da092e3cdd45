import type { NumericArray } from '@daqtor/core';

/**
 * What is left of some data without their background, as float64: unsigned integers would wrap around.
 *
 * @param data - row-major; pairs of real and imaginary part are subtracted as they lie, dimensions of the scan first
 * @param background - of the same size, or of one point's: it is then subtracted from each point
 * @returns undefined if the sizes do not fit
 */
export function subtractBackground(data: NumericArray, background: NumericArray): Float64Array | undefined {
  const size = background.length;
  if (size === 0 || data.length % size !== 0) return undefined;
  return Float64Array.from(data as ArrayLike<number>, (value, i) => Number(value) - Number(background[i % size]));
}
