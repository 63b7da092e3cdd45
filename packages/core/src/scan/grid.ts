import { sizeOf } from '../data/numeric-array.ts';
import type { PlannedPoint, ScanPlan } from './plan.ts';
import type { Sweep } from './sweep.ts';

/**
 * Every combination of positions: the first sweep is the slowest, the last the fastest.
 *
 * As PyMoDAQ's Scan1D, Scan2D and Sequential with the sub-type Linear; `snake()` makes it LinearBackForce.
 */
export function grid(...sweeps: readonly [Sweep, ...Sweep[]]): Grid {
  return new Grid(sweeps, false);
}

export class Grid implements ScanPlan {
  readonly type: string;
  readonly subType: string;
  readonly sweeps: readonly Sweep[];
  readonly shape: readonly number[];
  readonly distribution = 'uniform';
  readonly size: number;
  readonly #snaking: boolean;

  constructor(sweeps: readonly Sweep[], snaking: boolean) {
    this.type = sweeps.length === 1 ? 'Scan1D' : sweeps.length === 2 ? 'Scan2D' : 'Sequential';
    this.subType = snaking ? 'LinearBackForce' : 'Linear';
    this.sweeps = sweeps;
    this.shape = sweeps.map(({ positions }) => positions.length);
    this.size = sizeOf(this.shape);
    this.#snaking = snaking;
  }

  /** The same grid with every second pass of each axis reversed, so that no axis ever flies back. */
  snake(): Grid {
    return new Grid(this.sweeps, true);
  }

  at(step: number): PlannedPoint {
    const indexes = new Array<number>(this.shape.length);
    let passes = step;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      const length = this.shape[axis] as number;
      const index = passes % length;
      passes = Math.floor(passes / length);
      indexes[axis] = this.#snaking && passes % 2 === 1 ? length - 1 - index : index;
    }
    return { indexes, targets: this.sweeps.map(({ positions }, axis) => positions[indexes[axis] as number] as number) };
  }
}
