import type { Limits } from '../contracts/actuator-driver.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';

/**
 * Positions that may be asked for: the narrower of the settings' and the controller's own, less the room that a backlash
 * approach needs.
 */
export function narrowed(
  own: readonly [number, number] | undefined,
  theirs: Limits | undefined,
  backlash: number,
): Limits {
  const [min, max] = own ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return {
    min: Math.max(min, theirs?.min ?? min) + Math.max(0, backlash),
    max: Math.min(max, theirs?.max ?? max) + Math.min(0, backlash),
  };
}

/** @throws DaqtorError `move.limit` for a target outside */
export function refuseBeyond(instrument: string, target: number, { min, max }: Limits, units: string): void {
  if (target >= min && target <= max) return;
  throw new DaqtorError('move.limit', {
    instrument,
    problem: `target ${target} ${units} is outside the limits ${min} to ${max} ${units}`,
    advice: "Choose a target inside, or change the 'limits' setting if the stage can really go there",
  });
}

/** @throws DaqtorError `move.limit` if there is no limit in that direction, at which a jog would end */
export function jogEnd(instrument: string, direction: 1 | -1, { min, max }: Limits): number {
  const end = direction > 0 ? max : min;
  if (Number.isFinite(end)) return end;
  throw new DaqtorError('move.limit', {
    instrument,
    problem: `it cannot jog ${direction > 0 ? 'up' : 'down'}, for there is no limit at which it would stop`,
    advice: "Set 'limits', or move by steps",
  });
}
