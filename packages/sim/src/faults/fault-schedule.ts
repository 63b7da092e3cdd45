import type { Clock } from '@daqtor/core';
import type { WireFaults } from './wire-faults.ts';

/** What goes wrong from a time on, until the next entry. */
export interface ScheduledFaults {
  /** Since the schedule began, in ms. */
  readonly fromMs: number;
  readonly faults: WireFaults;
}

/**
 * Faults by the time: those of the last entry whose time has come. The schedule begins now; before its first entry nothing goes wrong.
 *
 * @param schedule - in any order
 */
export function faultsByTime(schedule: readonly ScheduledFaults[], clock: Clock): () => WireFaults {
  const beganMs = clock.now();
  const entries = [...schedule].sort((a, b) => a.fromMs - b.fromMs);
  return () => entries.findLast(({ fromMs }) => fromMs <= clock.now() - beganMs)?.faults ?? {};
}
