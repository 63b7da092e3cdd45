import type { Axis } from '../data/axis.ts';
import type { DataWithAxes } from '../data/data-with-axes.ts';
import { isInside, type Region } from './region.ts';

/** One dimension of some data, as a region sees it. */
export interface Coordinates {
  readonly label: string;
  readonly units: string;
  /** One per element of the selection. */
  readonly values: Float64Array;
}

/** The elements of an array that lie in a region. */
export interface Selection {
  /** Their places in the flat array, ascending. */
  readonly indexes: Uint32Array;
  /** Where they are: x for a curve; x and y for an image. */
  readonly coordinates: readonly Coordinates[];
}

interface Kept {
  readonly shape: string;
  readonly axes: readonly Axis[];
  readonly selection: Selection;
}

/** A camera gives image after image with the same axes: the last selection of each region is kept. */
const kept = new WeakMap<Region, Kept>();

/**
 * The part of a curve or an image that lies in a region.
 *
 * @param data - of as many dimensions as the region has
 */
export function select(region: Region, data: DataWithAxes): Selection {
  const { axes } = data;
  const shape = data.shape.join();
  const known = kept.get(region);
  if (known?.shape === shape && axes.length === known.axes.length && axes.every((axis, i) => axis === known.axes[i])) {
    return known.selection;
  }
  const selection = compute(region, data);
  kept.set(region, { shape, axes, selection });
  return selection;
}

function compute(region: Region, { shape, axes }: DataWithAxes): Selection {
  const rank = shape.length;
  const width = shape.at(-1) ?? 0;
  const height = rank > 1 ? (shape[0] ?? 0) : 1;
  const isIn = isInside(region);
  const x = axisOf(axes, rank - 1, 'x', width);
  const y = axisOf(axes, rank > 1 ? 0 : -1, 'y', height);
  const indexes: number[] = [];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (isIn(x.values[column] as number, y.values[row] as number)) indexes.push(row * width + column);
    }
  }
  const along = ({ label, units, values }: Coordinates, place: (index: number) => number) => ({
    label,
    units,
    values: Float64Array.from(indexes, (index) => values[place(index)] as number),
  });
  const xs = along(x, (index) => index % width);
  return {
    indexes: Uint32Array.from(indexes),
    coordinates: rank > 1 ? [xs, along(y, (index) => Math.floor(index / width))] : [xs],
  };
}

/** The axis of a dimension; indexes where it has none. */
function axisOf(axes: readonly Axis[], dimension: number, letter: string, size: number): Coordinates {
  const axis = axes.find(({ index }) => index === dimension);
  if (axis) return { label: axis.label || letter, units: axis.units, values: axis.data };
  return { label: letter, units: '', values: Float64Array.from({ length: size }, (_, i) => i) };
}
