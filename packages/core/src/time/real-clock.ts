import { type Clock, sleepOn, type TimerHandle } from './clock.ts';

/** Time as it passes. The one file that reads the machine's clock. */
export const realClock: Clock = {
  now: () => performance.now(),
  epochMs: () => performance.timeOrigin + performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms) as unknown as TimerHandle,
  clearTimeout: (handle) => clearTimeout(handle as unknown as number),
  sleep: async (ms, signal) => {
    if (ms > 0) return sleepOn(realClock, ms, signal);
    // A timer of the machine takes a millisecond and more, also where there is nothing to wait for.
    signal?.throwIfAborted();
    await realClock.turn();
    signal?.throwIfAborted();
  },
  turn: () => new Promise(afterPromises),
  outside: (work) => work,
};

/** Lets every promise that is ready run, then calls back. A macrotask: timers of the machine come after it. */
export function afterPromises(callback: () => void): void {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };
  if (setImmediate) setImmediate(callback);
  else setTimeout(callback, 0);
}
