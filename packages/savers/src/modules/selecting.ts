import type { Saver } from './saver.ts';

/** A saver that is given only what `select` leaves of each value. */
export function selecting<T>(saver: Saver<T>, select: (value: T) => T): Saver<T> {
  return {
    open: () => saver.open(),
    write: (value) => saver.write(select(value)),
    get growing() {
      return saver.growing ?? [];
    },
    close: (outcome) => saver.close?.(outcome) ?? [],
  };
}
