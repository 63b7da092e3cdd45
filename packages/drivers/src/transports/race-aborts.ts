import type { Abortable, AbortListener } from './life.ts';

/**
 * Settles as the work does, or rejects with the reason of the first signal that is aborted.
 *
 * Not `AbortSignal.any`: each call would leave an entry behind in signals that live as long as a connection. Written for
 * speed, since every exchange goes through it: one listener for all signals, no promise beside the one that is returned.
 */
export function raceAborts<T>(signals: readonly Abortable[], work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = signals.find((signal) => signal.aborted);
    if (aborted) return reject(aborted.reason);
    const settle = () => {
      for (const signal of signals) signal.removeEventListener('abort', abort);
    };
    const abort: AbortListener = ({ target }) => {
      settle();
      reject((target as Abortable).reason);
    };
    for (const signal of signals) signal.addEventListener('abort', abort);
    work().then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(error);
      },
    );
  });
}
