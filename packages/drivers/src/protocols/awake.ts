import { DaqtorError } from '@daqtor/core';
import type { Link } from '../transports/link.ts';
import type { LinkIo } from '../transports/link-io.ts';

const MOST_ATTEMPTS = 4;

/** Asks until something answers: an Arduino that is reset by opening its port takes two seconds for that. */
export async function awake<T>(link: Link, ask: (io: LinkIo) => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await link.exchange(ask, signal);
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !DaqtorError.is(error) || error.code !== 'instrument.timeout') throw error;
    }
  }
}
