import { DaqtorError } from '../errors/daqtor-error.ts';

/** Does something for an instrument: what it throws names the instrument. */
export function inTheNameOf<T>(instrument: string, tried: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw DaqtorError.of(error, instrument, tried);
  }
}
