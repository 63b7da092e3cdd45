import { Axis, type Clock, DaqtorError, DataWithAxes } from '@daqtor/core';

/** How often, and after which pause at least, it is asked again for points that are missing. */
const MOST_TRIES = 5;
const SHORT_MS = 20;

/** A lock-in that records by itself, at a rate of its own. */
export interface Recording {
  readonly points: number;
  readonly rateHz: number;
  /** How many points it has stored. */
  stored(signal: AbortSignal): Promise<number>;
}

/**
 * Waits until a recording that was started has all its points. The instrument's clock is not ours, and it began a little later.
 *
 * @returns how many it has; fewer, if they do not come
 */
export async function waitForPoints(
  { points, rateHz, stored }: Recording,
  clock: Clock,
  signal: AbortSignal,
): Promise<number> {
  await clock.sleep((1000 * points) / rateHz, signal);
  let count = await stored(signal);
  for (let tries = 0; count < points && tries < MOST_TRIES; tries++) {
    await clock.sleep(Math.max(SHORT_MS, (1000 * (points - count)) / rateHz), signal);
    count = await stored(signal);
  }
  return count;
}

/** @throws DaqtorError `instrument.fault` if points are missing */
export function requirePoints(count: number, points: number): void {
  if (count >= points) return;
  throw new DaqtorError('instrument.fault', {
    problem: `the lock-in stored ${count} points in the time of ${points}`,
    advice: 'Check that nothing else controls it, and that it does not wait for a trigger',
  });
}

/** X and Y over the time since the first point. */
export function recorded(x: Float64Array, y: Float64Array, rateHz: number): DataWithAxes[] {
  const time = new Axis({ label: 'time', units: 's', data: Float64Array.from(x, (_, i) => i / rateHz) });
  return [new DataWithAxes({ name: 'signal', data: [x, y], labels: ['X', 'Y'], units: 'V', axes: [time] })];
}
