import type { Clock } from '@daqtor/core';
import type { PluggedInstrument } from '../bench/served-instrument.ts';
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

/**
 * Pulls the cable of an instrument at each entry with `pulled`, and plugs it in again at the next without. The schedule
 * begins now.
 *
 * @param failed - is told why it could not be plugged in again
 * @returns ends it
 */
export function pullByTime(
  instrument: PluggedInstrument,
  schedule: readonly ScheduledFaults[],
  clock: Clock,
  failed: (error: unknown) => void,
): () => void {
  let isPulled = false;
  let isEnded = false;
  let last: Promise<void> = Promise.resolve();
  const timers = [...schedule]
    .sort((a, b) => a.fromMs - b.fromMs)
    .flatMap(({ fromMs, faults }) => {
      const pulls = faults.pulled === true;
      if (pulls === isPulled) return [];
      isPulled = pulls;
      const move = () => {
        last = last.then(() => (isEnded ? undefined : pulls ? instrument.unplug() : instrument.replug())).catch(failed);
      };
      return [clock.setTimeout(move, fromMs)];
    });
  return () => {
    isEnded = true;
    for (const timer of timers) clock.clearTimeout(timer);
  };
}
