import { axisPoints } from '../axis-value.ts';
import { productOf } from '../kinds/product.ts';
import type { Points } from '../points.ts';
import { refusal } from '../refuse.ts';
import type { Flight } from './flight.ts';
import type { FlyRamp } from './fly-value.ts';

/**
 * The bins of a fly scan as points, in the order in which they are passed.
 *
 * @param lines - where other actuators go before each ramp; undefined for one ramp
 * @throws DaqtorError `scan.refused` if it makes no sense
 */
export function flyPoints(scan: FlyRamp, lines: Points | undefined): Points {
  const { actuator, units, from, to, bins, overrun, snake } = scan;
  if (!Number.isFinite(from) || !Number.isFinite(to) || from === to)
    throw refusal(`a ramp cannot go from ${from} to ${to}`, actuator, 'Give two different positions');
  const half = (to - from) / bins / 2;
  const named = { actuator, ...(units !== undefined && { units }) };
  const centres = axisPoints({ kind: 'linspace', ...named, from: from + half, to: to - half, count: bins });
  const flight: Flight = { lines: lines?.size ?? 1, bins, from, to, overrun, snake };
  return { ...productOf(lines ? [lines, centres] : [centres], lines ? [false, snake] : [false]), flight };
}
