import type { NumericArray } from '../data/numeric-array.ts';

/** Numbers that sum up the values of a region. */
export type Statistic = 'mean' | 'sum' | 'std' | 'min' | 'max';
/** Places in a region, one coordinate per axis. */
export type Place = 'argmin' | 'argmax' | 'centroid' | 'width';
export type Measure = Statistic | Place;

const STATISTICS: Readonly<Record<Statistic, (values: readonly number[]) => number>> = {
  mean: (values) => sum(values) / values.length,
  sum,
  std: (values) => {
    const mean = sum(values) / values.length;
    return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length);
  },
  min: (values) => values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY),
  max: (values) => values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY),
};

const PLACES: Readonly<Record<Place, (values: readonly number[], where: readonly number[]) => number>> = {
  argmin: (values, where) => where[values.indexOf(STATISTICS.min(values))] as number,
  argmax: (values, where) => where[values.indexOf(STATISTICS.max(values))] as number,
  centroid,
  width: (values, where) => {
    const centre = centroid(values, where);
    return Math.sqrt(sum(values.map((value, i) => value * ((where[i] as number) - centre) ** 2)) / sum(values));
  },
};

export function isPlace(measure: Measure): measure is Place {
  return Object.hasOwn(PLACES, measure);
}

/**
 * A number for the values of a region. What was not measured (NaN) does not count; of nothing, the result is NaN. `std` is
 * that of the values themselves (numpy's default).
 */
export function statistic(measure: Statistic, array: NumericArray, indexes: Uint32Array): number {
  const values = valuesOf(array, indexes).filter((value) => !Number.isNaN(value));
  return values.length === 0 ? Number.NaN : STATISTICS[measure](values);
}

/**
 * A place in a region, along one axis: where the extreme is (the first of equals), the centre of mass, or the standard
 * deviation around it, each value weighing what it is.
 */
export function place(measure: Place, array: NumericArray, indexes: Uint32Array, coordinates: Float64Array): number {
  const values = valuesOf(array, indexes);
  const counts = (_: number, i: number) => !Number.isNaN(values[i]);
  const where = Array.from(coordinates).filter(counts);
  return where.length === 0 ? Number.NaN : PLACES[measure](values.filter(counts), where);
}

/** The standard uncertainty of the mean or the sum of values whose own are known. */
export function uncertainty(measure: 'mean' | 'sum', errors: NumericArray, indexes: Uint32Array): number {
  const values = valuesOf(errors, indexes);
  const ofSum = Math.sqrt(sum(values.map((error) => error ** 2)));
  return measure === 'sum' ? ofSum : ofSum / values.length;
}

function valuesOf(array: NumericArray, indexes: Uint32Array): number[] {
  return Array.from(indexes, (index) => Number(array[index]));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function centroid(values: readonly number[], where: readonly number[]): number {
  return sum(values.map((value, i) => value * (where[i] as number))) / sum(values);
}
