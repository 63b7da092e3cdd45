import { sizeOf } from '@daqtor/core';

/** Values with a shape, row-major. */
export interface Block {
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
}

/**
 * Means over some dimensions. What is NaN does not count; a mean of nothing is NaN.
 *
 * @param kept - the dimensions that stay, in ascending order
 */
export function meanOver({ values, shape }: Block, kept: readonly number[]): Block {
  if (kept.length === shape.length) return { values, shape };
  const outer = kept.map((dimension) => shape[dimension] as number);
  const strides = new Array<number>(shape.length).fill(0);
  kept.forEach((dimension, i) => {
    strides[dimension] = sizeOf(outer.slice(i + 1));
  });
  const lengths = shape.map((_, dimension) => sizeOf(shape.slice(dimension + 1)));
  return averaged(values, outer, (at) =>
    shape.reduce(
      (sum, length, d) => sum + (Math.floor(at / (lengths[d] as number)) % length) * (strides[d] as number),
      0,
    ),
  );
}

/** A map that fits into so many rows and columns: neighbours are averaged. */
export function shrink({ values, shape }: Block, maxRows: number, maxColumns: number): Block {
  const [rows = 0, columns = 0] = shape;
  if (rows <= maxRows && columns <= maxColumns) return { values, shape };
  const [height, width] = [Math.min(rows, maxRows), Math.min(columns, maxColumns)];
  return averaged(values, [height, width], (at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return Math.floor((row * height) / rows) * width + Math.floor((column * width) / columns);
  });
}

function averaged(values: ArrayLike<number>, shape: readonly number[], placeOf: (at: number) => number): Block {
  const sums = new Float64Array(sizeOf(shape));
  const counts = new Float64Array(sums.length);
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    if (Number.isNaN(value)) continue;
    const place = placeOf(at);
    sums[place] = (sums[place] as number) + value;
    counts[place] = (counts[place] as number) + 1;
  }
  return { values: sums.map((sum, i) => sum / (counts[i] as number)), shape };
}
