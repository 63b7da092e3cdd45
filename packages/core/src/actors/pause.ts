import type { Clock } from '../time/clock.ts';

/**
 * Waits a while, or until something happens.
 *
 * @param happens - ends the pause; its failure does too, and is for its owner to notice
 * @throws `signal.reason` when aborted
 */
export function pause(clock: Clock, ms: number, signal: AbortSignal, happens?: Promise<unknown>): Promise<void> {
  if (!happens) return clock.sleep(ms, signal);
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const settle = () => {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve();
    };
    const abort = () => {
      clock.clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = clock.setTimeout(settle, ms);
    signal.addEventListener('abort', abort, { once: true });
    happens.then(settle, settle);
  });
}
