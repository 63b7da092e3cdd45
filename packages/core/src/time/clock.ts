declare const timer: unique symbol;

/** A timer that was set, to be given back to `clearTimeout`. */
export type TimerHandle = { readonly [timer]: true };

/**
 * The only source of time. Machines, streams, drivers, transports and simulators all take one, so that a whole
 * laboratory can run in virtual time.
 */
export interface Clock {
  /** Milliseconds since the clock was made; never goes back. */
  now(): number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  epochMs(): number;
  setTimeout(callback: () => void, ms: number): TimerHandle;
  clearTimeout(handle: TimerHandle): void;
  /**
   * Resolves after `ms` milliseconds.
   *
   * @param signal - aborting rejects at once with `signal.reason`
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves once everything else that is ready had its turn; for loops whose steps may take no time. */
  turn(): Promise<void>;
  /** Waits for work that takes real time (a disk, another thread). Virtual time stands still meanwhile. */
  outside<T>(work: Promise<T>): Promise<T>;
}

/** `Clock.sleep`, written once on the clock's own timers. */
export function sleepOn(clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>, ms: number, signal?: AbortSignal) {
  return new Promise<void>((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clock.clearTimeout(handle);
      reject(signal?.reason);
    };
    const handle = clock.setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
