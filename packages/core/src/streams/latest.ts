import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { Clock, TimerHandle } from '../time/clock.ts';

/**
 * At most one value in `everyMs` milliseconds, always the newest; the last value is never left out. The producer does
 * not wait.
 */
export function latest<T>(everyMs: number, clock: Clock): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable<T>((taker) => {
      let timer: TimerHandle | undefined;
      let waiting: { value: T } | undefined;
      const emit = () => {
        timer = undefined;
        if (!waiting) return;
        const { value } = waiting;
        waiting = undefined;
        timer = clock.setTimeout(emit, everyMs);
        taker.next(value);
      };
      const stopTimer = () => timer && clock.clearTimeout(timer);
      const subscription = source.subscribe({
        next: (value) => {
          waiting = { value };
          if (!timer) emit();
        },
        error: (error: unknown) => {
          stopTimer();
          taker.error(error);
        },
        complete: () => {
          stopTimer();
          if (waiting) taker.next(waiting.value);
          taker.complete();
        },
      });
      return () => {
        stopTimer();
        subscription.unsubscribe();
      };
    });
}
