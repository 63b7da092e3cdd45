import type { DataDistribution } from '../data/data-with-axes.ts';
import type { Decisions } from './adaptive/decisions.ts';
import type { Flight } from './fly/flight.ts';

/** What a scan varies: the position of an actuator, the time, or the number of a repetition. */
export interface PointAxis {
  /** Name of the actuator in the lab; else of the axis in the file. */
  readonly name: string;
  /** Undefined: those of the actuator. */
  readonly units: string | undefined;
  readonly role: 'actuator' | 'time' | 'count';
  /** Whether its values count from where the actuator is when the scan begins. */
  readonly isRelative: boolean;
}

/** A point as the arithmetic of scans has it. */
export interface PurePoint {
  /** One index per scan dimension. */
  readonly indexes: readonly number[];
  /** One per axis, in its units. */
  readonly values: readonly number[];
}

/**
 * The points of a scan by themselves, without a lab: nothing but arithmetic. A point is computed when it is asked for, so
 * that a million of them takes no room.
 */
export interface Points {
  readonly axes: readonly PointAxis[];
  /** Length of each dimension; `uniform` points have one dimension per axis, `spread` ones share the only one. */
  readonly shape: readonly number[];
  readonly distribution: DataDistribution;
  /** How many steps there are; fewer than places where a mask leaves some out. */
  readonly size: number;
  /** Whether every place is visited, so that `coordinates` are exactly the values that occur. */
  readonly isComplete: boolean;
  /** The point of a step, from 0 to `size - 1`. */
  at(step: number): PurePoint;
  /** Values of one axis in the order of the array index, shape `[length of its dimension]`. */
  coordinates(axis: number): Float64Array;
  /**
   * Of points that are decided while they are measured: how. `size` is then the most that there may be, and `at` gives
   * those of a signal that is the same everywhere.
   */
  readonly decisions?: Decisions;
  /** Of points that are the bins of a fly scan: how they are passed. */
  readonly flight?: Flight;
}

/** Points that are a list: each has its place at the number of its step. */
export function listOf(
  axes: readonly PointAxis[],
  size: number,
  valuesAt: (step: number) => readonly number[],
): Points {
  return {
    axes,
    shape: [size],
    distribution: 'spread',
    size,
    isComplete: true,
    at: (step) => ({ indexes: [step], values: valuesAt(step) }),
    coordinates: (axis) => {
      const values = new Float64Array(size);
      for (let step = 0; step < size; step++) values[step] = valuesAt(step)[axis] as number;
      return values;
    },
  };
}

/** Points along one axis. */
export function lineOf(axis: PointAxis, size: number, valueAt: (index: number) => number): Points {
  return {
    axes: [axis],
    shape: [size],
    distribution: 'uniform',
    size,
    isComplete: true,
    at: (step) => ({ indexes: [step], values: [valueAt(step)] }),
    coordinates: () => {
      const values = new Float64Array(size);
      for (let i = 0; i < size; i++) values[i] = valueAt(i);
      return values;
    },
  };
}

/** The axis of an actuator, in units of the scan. */
export function actuatorAxis({
  actuator,
  units,
}: {
  readonly actuator: string;
  readonly units?: string | undefined;
}): PointAxis {
  return { name: actuator, units, role: 'actuator', isRelative: false };
}
