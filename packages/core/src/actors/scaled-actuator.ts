import type { ActuatorDriver, Limits } from '../contracts/actuator-driver.ts';
import { checkUnits, convertUnits } from '../units/units.ts';

/** What an axis is to its user: `factor × controller's position + offset`, in `units`. */
export interface Scale {
  /** Left out, what the units make of it: 0.001 from `um` to `mm`. */
  readonly factor?: number | undefined;
  readonly offset: number;
  /** Left out, the controller's. */
  readonly units?: string | undefined;
}

/**
 * The same axis, with positions as its user counts them.
 *
 * @throws DaqtorError `data.units` if the units are unknown, or do not fit the controller's and there is no factor
 */
export function scaledActuator(
  driver: ActuatorDriver,
  { factor, offset, units = driver.units }: Scale,
): ActuatorDriver {
  checkUnits(units);
  const shown = (position: number) =>
    (factor === undefined ? convertUnits(position, driver.units, units) : factor * position) + offset;
  const own = (position: number) =>
    factor === undefined ? convertUnits(position - offset, units, driver.units) : (position - offset) / factor;
  shown(0);
  const { moveMs } = driver;
  return {
    ...driver,
    units,
    limits: driver.limits && ordered(shown(driver.limits.min), shown(driver.limits.max)),
    readPosition: async (signal) => shown(await driver.readPosition(signal)),
    startMove: (target, signal) => driver.startMove(own(target), signal),
    ...(moveMs && { moveMs: (from, to) => moveMs(own(from), own(to)) }),
  };
}

function ordered(a: number, b: number): Limits {
  return { min: Math.min(a, b), max: Math.max(a, b) };
}
