import type { DaqMove } from '../actors/daq-move.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { areCompatible } from '../units/units.ts';

/** The positions that one actuator takes in a scan. */
export interface Sweep {
  readonly actuator: DaqMove;
  /** In `units`, in the order of the array index. */
  readonly positions: Float64Array;
  readonly units: string;
}

/**
 * `count` positions from `from` to `to`, both included, evenly spaced; as numpy's `linspace`, each computed from its
 * index, so that no error adds up.
 *
 * @param units - of the positions; default: those of the actuator
 * @throws DaqtorError `scan.refused` if `count` is not a whole number ≥ 1, or the units do not fit the actuator
 */
export function linspace(
  actuator: DaqMove,
  from: number,
  to: number,
  count: number,
  units: string = actuator.units,
): Sweep {
  if (!Number.isInteger(count) || count < 1) {
    throw new DaqtorError('scan.refused', {
      instrument: actuator.name,
      problem: `a sweep needs a whole number of positions, at least 1, not ${count}`,
    });
  }
  const last = count - 1;
  const at = (i: number) => (i === 0 ? from : i === last ? to : from + ((to - from) * i) / last);
  return positions(
    actuator,
    Float64Array.from({ length: count }, (_, i) => at(i)),
    units,
  );
}

/**
 * Any positions, in the order given.
 *
 * @param units - of the positions; default: those of the actuator
 * @throws DaqtorError `scan.refused` if there is none, one is not finite, or the units do not fit the actuator
 */
export function positions(actuator: DaqMove, values: ArrayLike<number>, units: string = actuator.units): Sweep {
  const refuse = (problem: string) => new DaqtorError('scan.refused', { instrument: actuator.name, problem });
  const list = Float64Array.from(values);
  if (list.length === 0) throw refuse('a sweep needs at least one position');
  if (!list.every(Number.isFinite)) throw refuse('a sweep holds a position that is not a finite number');
  if (!areCompatible(units, actuator.units)) {
    throw refuse(`positions in '${units}' cannot be reached by an axis that moves in '${actuator.units}'`);
  }
  return { actuator, positions: list, units };
}
