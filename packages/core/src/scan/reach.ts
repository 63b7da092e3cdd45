import { convertUnits } from '../units/units.ts';
import { rampOf } from './fly/flight.ts';
import type { ScanPlan } from './plan.ts';

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
  const { actuator, units } = plan.actuators[index] as ScanPlan['actuators'][number];
  const limits = actuator.limits;
  let [min, max, count, outside] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  const see = (position: number) => {
    const target = convertUnits(position, units, actuator.units);
    min = Math.min(min, target);
    max = Math.max(max, target);
    count++;
    if (!(target >= limits.min && target <= limits.max)) outside++;
  };
  if (plan.flight && index === plan.actuators.length - 1) rampOf(plan.flight, 0).forEach(see);
  if (plan.isComplete) plan.positions(index).forEach(see);
  else for (let step = 0; step < plan.size; step++) see(plan.at(step).targets[index] as number);
  return { name: actuator.name, units: actuator.units, min, max, count, outside };
}
