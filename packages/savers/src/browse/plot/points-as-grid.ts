import type { Axis } from '@daqtor/core';
import type { AxisEnds } from './heat-map.ts';
import type { Block } from './reduce.ts';

/** A list of points as a regular grid, as far as one sees from it. */
export interface GridOfPoints extends Block {
  /** Of each dimension. */
  readonly ends: readonly AxisEnds[];
}

/**
 * Each place of a grid over the points gets the value of the point that is nearest to it; distances count in fractions of
 * each axis' range. Points without a value count as not there.
 *
 * @param axes - of the points, as they are laid out: rows before columns
 * @param shape - length of each dimension
 * @returns undefined if no point has a value, or an axis only one position
 */
export function pointsAsGrid(
  values: ArrayLike<number>,
  axes: readonly Axis[],
  shape: readonly number[],
): GridOfPoints | undefined {
  const measured = Array.from(values, (_, i) => i).filter((i) => Number.isFinite(values[i]));
  const spans = axes.map(({ data }) => {
    const at = measured.map((i) => data[i] as number);
    return { from: at.reduce((a, b) => Math.min(a, b), Infinity), to: at.reduce((a, b) => Math.max(a, b), -Infinity) };
  });
  if (!spans.every(({ from, to }) => to > from)) return undefined;
  const points = measured.map((i) =>
    axes.map(({ data }, k) => ((data[i] as number) - (spans[k]?.from ?? 0)) / lengthOf(spans[k])),
  );
  const grid = new Float64Array(shape.reduce((size, length) => size * length, 1));
  for (let place = 0; place < grid.length; place++) {
    const found = nearest(points, positionOf(place, shape));
    grid[place] = values[measured[found] as number] as number;
  }
  const ends = axes.map(({ label, units }, k) => ({ label, units, ...(spans[k] as { from: number; to: number }) }));
  return { values: grid, shape, ends };
}

const lengthOf = (span: { readonly from: number; readonly to: number } | undefined): number =>
  span ? span.to - span.from : 1;

/** From 0 to 1 along each dimension. */
function positionOf(place: number, shape: readonly number[]): number[] {
  const position = new Array<number>(shape.length);
  let rest = place;
  for (let k = shape.length - 1; k >= 0; k--) {
    const length = shape[k] as number;
    position[k] = length > 1 ? (rest % length) / (length - 1) : 0.5;
    rest = Math.floor(rest / length);
  }
  return position;
}

function nearest(points: readonly (readonly number[])[], position: readonly number[]): number {
  let [found, least] = [0, Number.POSITIVE_INFINITY];
  for (const [i, point] of points.entries()) {
    let distance = 0;
    for (const [k, at] of position.entries()) distance += (at - (point[k] as number)) ** 2;
    if (distance < least) [found, least] = [i, distance];
  }
  return found;
}
