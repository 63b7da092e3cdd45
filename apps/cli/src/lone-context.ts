import type { Clock, ConnectContext, Shareable, TraceLine } from '@daqtor/core';

/** What one driver needs to connect without a lab: what it shares, it shares with itself. */
export function loneContext(clock: Clock, signal: AbortSignal, trace?: (line: TraceLine) => void): ConnectContext {
  const shared = new Map<unknown, { readonly value: Promise<Shareable>; users: number }>();
  return {
    name: 'instrument',
    clock,
    signal,
    trace,
    async share<T extends Shareable>(key: unknown, open: () => Promise<T>) {
      const entry = shared.get(key) ?? { value: open(), users: 0 };
      shared.set(key, entry);
      entry.users++;
      let isReleased = false;
      const release = async () => {
        if (isReleased) return;
        isReleased = true;
        if (--entry.users > 0) return;
        shared.delete(key);
        await entry.value.then(
          (value) => value.close(),
          () => undefined, // What was never opened needs no closing; whoever asked was told.
        );
      };
      try {
        return { value: (await entry.value) as T, release };
      } catch (error) {
        await release();
        throw error;
      }
    },
  };
}
