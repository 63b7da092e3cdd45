import { DaqtorError } from '../errors/daqtor-error.ts';
import { inTheNameOf } from './in-the-name-of.ts';

/**
 * What a driver estimates, which must be a time.
 *
 * @param what - for the error, e.g. `a grab`
 * @returns milliseconds
 * @throws DaqtorError `instrument.protocol` if it is none, what the driver throws otherwise; both name the instrument
 */
export function estimatedMs(instrument: string, what: string, estimate: () => unknown): number {
  const ms = inTheNameOf(instrument, `estimating ${what}`, estimate);
  if (typeof ms === 'number' && Number.isFinite(ms) && ms >= 0) return ms;
  throw new DaqtorError('instrument.protocol', {
    instrument,
    problem: `asked how many milliseconds ${what} takes, the driver answered ${String(ms)}`,
    advice: 'This is a fault of the driver',
  });
}
