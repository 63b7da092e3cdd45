import type { DataDistribution } from '../data/data-with-axes.ts';
import type { Sweep } from './sweep.ts';

/** Where a step of a scan goes and where its data belong. */
export interface PlannedPoint {
  /** One index per scan dimension. */
  readonly indexes: readonly number[];
  /** One position per sweep, in the sweep's units. */
  readonly targets: readonly number[];
}

/** A scan as a value: nothing moves until it is run. Points are computed when they are asked for. */
export interface ScanPlan {
  /** PyMoDAQ's name for it, e.g. `Scan2D`. */
  readonly type: string;
  /** PyMoDAQ's name for it, e.g. `LinearBackForce`. */
  readonly subType: string;
  /** One per actuator, slowest first. */
  readonly sweeps: readonly Sweep[];
  /** Length of each scan dimension. */
  readonly shape: readonly number[];
  readonly distribution: DataDistribution;
  /** How many steps it has. */
  readonly size: number;
  /** The point of a step, from 0 to `size - 1`. */
  at(step: number): PlannedPoint;
}
