import type { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { DetectorDriver } from './detector-driver.ts';

/**
 * A `grab` for a driver whose data come by callback only: it runs until the first measurement has come, e.g. with the next
 * trigger, and resolves with that once the instrument has stopped.
 *
 * @param live - the driver's own
 */
export function nextFrame(live: NonNullable<DetectorDriver['live']>): DetectorDriver['grab'] {
  return async (signal) => {
    signal.throwIfAborted();
    const enough = new AbortController();
    const pass = () => enough.abort(signal.reason);
    signal.addEventListener('abort', pass, { once: true });
    let first: readonly DataWithAxes[] | undefined;
    const deliver = (data: readonly DataWithAxes[]) => {
      first ??= data;
      enough.abort(new DaqtorError('module.stopped', { problem: 'one measurement was wanted' }));
    };
    try {
      await live(deliver, enough.signal, () => undefined);
    } catch (error) {
      if (!first) throw error;
    } finally {
      signal.removeEventListener('abort', pass);
    }
    signal.throwIfAborted();
    if (first) return first;
    throw new DaqtorError('instrument.fault', {
      problem: 'the instrument stopped before it had measured',
      advice: 'Check what stopped it, then grab again',
    });
  };
}
