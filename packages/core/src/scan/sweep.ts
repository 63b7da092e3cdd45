import type { DaqMove } from '../actors/daq-move.ts';
import { areCompatible } from '../units/units.ts';
import { type AxisValue, axisPoints } from './axis-value.ts';
import { refusal } from './refuse.ts';

/** An actuator of a scan: the module, or its name in the lab where there is none yet. */
export type Actuator = DaqMove | string;

/** Name and units of an axis, as they go into a scan. */
export interface ActuatorFields {
  readonly actuator: string;
  readonly units?: string;
}

/** @throws DaqtorError `scan.refused` if the units do not fit the actuator */
export function fieldsOf(actuator: Actuator, units?: string): ActuatorFields {
  if (typeof actuator === 'string') return { actuator, ...(units !== undefined && { units }) };
  if (!actuator) throw refusal(`an axis is ${String(actuator)}, and no actuator or its name`);
  const { name } = actuator;
  if (units !== undefined && !areCompatible(units, actuator.units)) {
    throw refusal(`positions in '${units}' cannot be reached by an axis that moves in '${actuator.units}'`, name);
  }
  return { actuator: name, units: units ?? actuator.units };
}

/**
 * `count` positions from `from` to `to`, both reached exactly, evenly spaced.
 *
 * @param units - of the positions; default: those of the actuator
 * @throws DaqtorError `scan.refused` if `count` is not a whole number ≥ 1, or the units do not fit the actuator
 */
export function linspace(actuator: Actuator, from: number, to: number, count: number, units?: string): AxisValue {
  return checked({ kind: 'linspace', ...fieldsOf(actuator, units), from, to, count });
}

/**
 * Positions from `from` to `to`, both reached exactly, as evenly spaced and as close to `step` as that allows: from 0 to 1
 * by 0.3 are 0, 1/3, 2/3, 1.
 *
 * @param step - greater than 0, in either direction
 */
export function steps(actuator: Actuator, from: number, to: number, step: number, units?: string): AxisValue {
  return checked({ kind: 'steps', ...fieldsOf(actuator, units), from, to, step });
}

/** `count` positions from `from` to `to`, both reached exactly, each the same multiple of the one before. */
export function logspace(actuator: Actuator, from: number, to: number, count: number, units?: string): AxisValue {
  return checked({ kind: 'logspace', ...fieldsOf(actuator, units), from, to, count });
}

/**
 * Any positions, in the order given.
 *
 * @throws DaqtorError `scan.refused` if there is none, one is not finite, or the units do not fit the actuator
 */
export function positions(actuator: Actuator, values: ArrayLike<number>, units?: string): AxisValue {
  return checked({ kind: 'positions', ...fieldsOf(actuator, units), values: Array.from(values) });
}

/** Ranges as start:step:stop and single positions, e.g. `sparse(bench.x, '0:0.2:1, 5:1:7, 9')`. */
export function sparse(actuator: Actuator, text: string, units?: string): AxisValue {
  return checked({ kind: 'sparse', ...fieldsOf(actuator, units), text });
}

function checked(axis: AxisValue): AxisValue {
  axisPoints(axis);
  return axis;
}
