import { type Clock, sleepOn, type TimerHandle } from './clock.ts';

/** Time as it passes. The one file that reads the machine's clock. */
export const realClock: Clock = {
  now: () => performance.now(),
  epochMs: () => performance.timeOrigin + performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms) as unknown as TimerHandle,
  clearTimeout: (handle) => clearTimeout(handle as unknown as number),
  sleep: (ms, signal) => sleepOn(realClock, ms, signal),
  turn: () => new Promise(afterPromises),
  outside: (work) => work,
};

/** Lets every promise that is ready run, then calls back. A macrotask: timers of the machine come after it. */
export function afterPromises(callback: () => void): void {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };
  if (setImmediate) setImmediate(callback);
  else setTimeout(callback, 0);
}
