import type { Clock } from '../time/clock.ts';

/**
 * Does something at every beat, `everyMs` apart, until the signal is aborted. Beats that pass while it is done are left
 * out, so that the others keep their places.
 */
export async function atPace(
  everyMs: number,
  work: () => Promise<unknown>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let beatMs = clock.now();
  while (!signal.aborted) {
    await work();
    beatMs += everyMs * Math.max(1, Math.ceil((clock.now() - beatMs) / everyMs));
    await clock.sleep(beatMs - clock.now(), signal).catch(() => undefined);
  }
}
