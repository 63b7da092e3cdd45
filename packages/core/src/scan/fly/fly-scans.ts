import type { Part } from '../builders.ts';
import { Scan } from '../scan.ts';
import { type Actuator, fieldsOf } from '../sweep.ts';

export interface FlyOptions {
  /** How far the ramp begins before and ends after the bins, in their units; default 0. */
  readonly overrun?: number;
  /** Of the positions; default: those of the actuator. */
  readonly units?: string;
  /**
   * What comes before each ramp: where other actuators go, e.g. `linspace(bench.y, 0, 1, 11)`, or when it begins, e.g.
   * `times(10, 60_000)`; left out, there is one ramp.
   */
  readonly lines?: Part;
  /** Whether every second ramp goes back; default false. */
  readonly snake?: boolean;
}

/**
 * Measures while an actuator moves from `from` to `to`: what comes on the way is averaged in bins of equal width.
 *
 * @throws DaqtorError `scan.refused` if it makes no sense
 */
export function fly(actuator: Actuator, from: number, to: number, bins: number, options: FlyOptions = {}): Scan {
  const { overrun = 0, units, lines, snake = false } = options;
  const value = lines instanceof Scan ? lines.value : lines;
  const fields = { ...fieldsOf(actuator, units), from, to, bins, overrun, snake };
  return new Scan({ kind: 'fly', ...fields, ...(value && { lines: value }) });
}
