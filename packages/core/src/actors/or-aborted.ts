/**
 * Waits for some work, but no longer than until the abort: for the calls of a driver that may never answer.
 *
 * @throws `signal.reason` at once when it is aborted, what the work throws otherwise
 */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
