import { convertUnits } from '../units/units.ts';
import { rampOf } from './fly/flight.ts';
import type { PlannedActuator, ScanPlan } from './plan.ts';

/** Where a scan takes one of its actuators, in the actuator's own units. */
export interface Reach {
  readonly name: string;
  readonly units: string;
  readonly min: number;
  readonly max: number;
  /** How many positions there are; each place of a grid's axis once, both ends of a ramp among them. */
  readonly count: number;
  /** How many of them lie outside the actuator's limits. */
  readonly outside: number;
}

/** Looks at every position of an actuator; where a mask leaves points out, at those that are visited. */
export function reachOf(plan: ScanPlan, index: number): Reach {
  return reachOver(plan.actuators[index] as PlannedActuator, (see) => {
    if (plan.flight && index === plan.actuators.length - 1) rampOf(plan.flight, 0).forEach(see);
    if (plan.isComplete) plan.positions(index).forEach(see);
    else for (let step = 0; step < plan.size; step++) see(plan.at(step).targets[index] as number);
  });
}

/** @param visit - shows each position, in the units of the scan */
export function reachOver({ actuator, units }: PlannedActuator, visit: (see: (at: number) => void) => void): Reach {
  const limits = actuator.limits;
  let [min, max, count, outside] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  visit((position) => {
    const target = convertUnits(position, units, actuator.units);
    min = Math.min(min, target);
    max = Math.max(max, target);
    count++;
    if (!(target >= limits.min && target <= limits.max)) outside++;
  });
  return { name: actuator.name, units: actuator.units, min, max, count, outside };
}

/** @returns why an actuator cannot go there, if it cannot */
export function outOfReach(
  { name, units, min, max, count, outside }: Reach,
  limits: { readonly min: number; readonly max: number },
): string[] {
  if (outside === 0) return [];
  return [
    `[${name}] ${outside} of ${count} positions (${min} to ${max} ${units}) lie outside its limits ${limits.min} to ${limits.max} ${units}`,
  ];
}
