import type { Clock } from '@daqtor/core';
import type { SampleView } from './sample-view.ts';

/**
 * Waits for an exposure and looks where the sample was in the middle of it, in mm.
 *
 * Aborting ends it and rejects with `signal.reason`.
 */
export async function expose(
  clock: Clock,
  exposureMs: number,
  view: SampleView,
  signal: AbortSignal,
): Promise<readonly [x: number, y: number]> {
  await clock.sleep(exposureMs / 2, signal);
  const position = view.positionMm();
  await clock.sleep(exposureMs / 2, signal);
  return position;
}
