/**
 * Settles as the work does, or rejects with the reason of the first signal that is aborted.
 *
 * Not `AbortSignal.any`: each call would leave an entry behind in signals that live as long as a connection.
 */
export function raceAborts<T>(signals: readonly AbortSignal[], work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = signals.find((signal) => signal.aborted);
    if (aborted) return reject(aborted.reason);
    const leave: (() => void)[] = [];
    const settle = () => {
      for (const stop of leave) stop();
    };
    for (const signal of signals) {
      const abort = () => {
        settle();
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort);
      leave.push(() => signal.removeEventListener('abort', abort));
    }
    work().finally(settle).then(resolve, reject);
  });
}
