import { type Axis, type DataWithAxes, magnitude, type NumericArray } from '@daqtor/core';
import { quantity } from './figures.ts';
import { type AxisEnds, heatMap } from './heat-map.ts';
import { linePlot } from './line-plot.ts';
import { pointsAsGrid } from './points-as-grid.ts';
import { type Block, meanOver, shrink } from './reduce.ts';

export interface PlotOptions {
  /** Room in a line. */
  readonly columns: number;
  /** Escape sequences of 24-bit colours; else shades of ASCII. */
  readonly colour: boolean;
}

const MIN_WIDTH = 10;
const MAX_WIDTH = 100;
const MAP_ROWS = 24;
const LINE_ROWS = 12;
/** Seconds from here on are moments, counted from 1970: 2001-09-09. */
const EPOCH_SECONDS = 1e9;
/** Room for what stands beside a plot. */
const MARGIN = 16;

/**
 * Data as text for a terminal, one plot for each label: a number, a curve or a map. Of more dimensions than two, means
 * are shown: of each signal over a scan of one or two dimensions, else of the last two dimensions over the others.
 * Complex values are shown by their magnitude, lists of points over one or two axes by the nearest point of each place.
 */
export function plotData(data: DataWithAxes, options: PlotOptions): string {
  const shown = data.complex ? magnitude : numbersOf;
  return data.data.map((values, i) => plotOne(data, shown(values), data.labels[i] ?? '', options)).join('\n\n');
}

function plotOne(data: DataWithAxes, values: ArrayLike<number>, label: string, options: PlotOptions): string {
  const { name, units, shape } = data;
  const full = label === '' || label === name ? name : `${name} · ${label}`;
  const name1 = data.complex ? `|${full}|` : full;
  if (values.length === 0) return `${name1}: no values`;
  if (values.length === 1) return `${name1} = ${quantity(values[0] as number, units)}`;
  const kept = shownDimensions(data);
  const block = meanOver({ values, shape }, kept);
  const isMean = values.length > block.values.length;
  const title = isMean ? `mean of ${name1}` : name1;
  const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, options.columns - MARGIN));
  const points = pointAxes(data, kept);
  if (points.length === 1) {
    const line = pointsAsGrid(block.values, points, [2 * width]);
    if (line) return linePlot({ values: line.values, title, units, axis: line.ends[0] as AxisEnds }, width, LINE_ROWS);
  } else if (points.length === 2) {
    const map = pointsAsGrid(block.values, points.toReversed(), [MAP_ROWS, Math.min(48, Math.floor(width / 2))]);
    if (map) {
      const [rows, columns] = map.ends as [AxisEnds, AxisEnds];
      const { values, shape } = map;
      return heatMap({ values, shape: shape as [number, number], title, units, rows, columns }, options.colour);
    }
  }
  if (kept.length === 1) {
    return linePlot({ values: block.values, title, units, axis: ends(data, kept[0] as number) }, width, LINE_ROWS);
  }
  const map: Block = shrink(block, MAP_ROWS, Math.floor(width / 2));
  const [rows, columns] = kept as [number, number];
  return heatMap(
    {
      values: map.values,
      shape: map.shape as [number, number],
      title,
      units,
      rows: ends(data, rows),
      columns: ends(data, columns),
    },
    options.colour,
  );
}

/** One or two dimensions to draw over, none of them of length 1. */
function shownDimensions({ shape, navIndexes }: DataWithAxes): readonly number[] {
  const long = shape.flatMap((length, dimension) => (length > 1 ? [dimension] : []));
  if (long.length <= 2) return long;
  const scan = long.filter((dimension) => navIndexes.includes(dimension));
  return scan.length === 1 || scan.length === 2 ? scan : long.slice(-2);
}

/** The axes of a list of points that is drawn over where they are: of one or two, in the order of the axes. */
function pointAxes({ axes, distribution, navIndexes }: DataWithAxes, kept: readonly number[]): readonly Axis[] {
  const [dimension] = kept;
  if (distribution !== 'spread' || kept.length !== 1 || !navIndexes.includes(dimension as number)) return [];
  const found = axes.filter(({ index }) => index === dimension);
  return found.length > 2 ? [] : found;
}

function ends({ axes, shape, distribution, navIndexes }: DataWithAxes, dimension: number): AxisEnds {
  const found = axes.filter(({ index }) => index === dimension);
  const isList = distribution === 'spread' && navIndexes.includes(dimension) && found.length > 1;
  const [axis] = found;
  if (!axis || isList || axis.size === 0) {
    return { label: isList ? 'point' : 'index', units: '', from: 0, to: (shape[dimension] as number) - 1 };
  }
  const [from, to] = [axis.data[0] as number, axis.data.at(-1) as number];
  const { label, units } = axis;
  if (units !== 's' || from < EPOCH_SECONDS) return { label, units, from, to };
  return { label: `${label} since ${new Date(from * 1000).toISOString()}`, units, from: 0, to: to - from };
}

function numbersOf(values: NumericArray): ArrayLike<number> {
  const isBig = values instanceof BigInt64Array || values instanceof BigUint64Array;
  return isBig ? Float64Array.from(values as ArrayLike<unknown> as ArrayLike<number>, Number) : values;
}
