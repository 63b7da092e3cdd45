import type { DaqMove } from '../actors/daq-move.ts';
import type { AxisValue } from './axis-value.ts';
import { zip } from './builders.ts';
import { refusal } from './refuse.ts';
import type { Scan } from './scan.ts';
import { type Actuator, positions } from './sweep.ts';

/**
 * A list of points anywhere, visited in its order.
 *
 * As PyMoDAQ's Tabular with the sub-type Linear: all actuators share the one scan dimension, and the data are `spread`.
 *
 * @example
 * tabular({ x: bench.x, y: bench.y }, [{ x: 0, y: 1 }, { x: 0.5, y: 1 }, { x: 2, y: 0 }])
 * @example
 * tabular(positions(bench.x, [0, 500, 2000], 'um'), positions(bench.y, [1, 1, 0]))
 * @param actuators - each by the name that it has in `points`, whose positions are in its units
 * @throws DaqtorError `scan.refused` if there is no point, or one that lacks a position
 */
export function tabular<Names extends string>(
  actuators: Readonly<Record<Names, DaqMove>>,
  points: readonly Readonly<Record<Names, number>>[],
): Scan;
/** @param axes - each with one position for every point */
export function tabular(...axes: readonly [AxisValue, ...AxisValue[]]): Scan;
export function tabular(...given: Rows | readonly [AxisValue, ...AxisValue[]]): Scan {
  const [first, ...others] = isRows(given) ? columnsOf(...given) : given;
  if (!first) throw refusal('a table of points needs at least one actuator');
  return zip(first, ...others);
}

type Rows = readonly [
  actuators: Readonly<Record<string, Actuator>>,
  points: readonly Readonly<Record<string, number>>[],
];

const isRows = (given: Rows | readonly AxisValue[]): given is Rows => Array.isArray(given[1]);

function columnsOf(...[actuators, points]: Rows): AxisValue[] {
  return Object.entries(actuators).map(([name, actuator]) =>
    positions(
      actuator,
      points.map((point) => point[name] ?? Number.NaN),
    ),
  );
}
