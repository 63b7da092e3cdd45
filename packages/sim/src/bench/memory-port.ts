import { type Clock, DaqtorError, type WirePort } from '@daqtor/core';
import type { SimulatedInstrument } from '../instruments/simulated-instrument.ts';

export interface MemoryPortOptions {
  /** Time that bytes are under way, in each direction, in milliseconds; default 0. */
  readonly latencyMs?: number;
  /** Most bytes that the host receives at once: answers are cut into pieces of this length; default uncut. */
  readonly fragmentBytes?: number;
}

export interface MemoryPort extends WirePort {
  /** Pulls the cable: bytes under way are lost, the host's wire is gone, and none can be opened. */
  unplug(): void;
  /** Puts the cable back. */
  replug(): void;
}

/**
 * An instrument on a wire that is only memory, in the injected time. Like a serial port it has one owner at a time.
 * Bytes arrive later, never from within the call that sends them.
 */
export function memoryPort(
  name: string,
  instrument: SimulatedInstrument,
  clock: Clock,
  { latencyMs = 0, fragmentBytes = Number.POSITIVE_INFINITY }: MemoryPortOptions = {},
): MemoryPort {
  const address = `memory:${name}`;
  let plugged = true;
  let cut: ((cause: Error) => void) | undefined;

  return {
    address,
    async open(events, signal) {
      signal.throwIfAborted();
      if (!plugged) {
        throw new DaqtorError('instrument.connect', { problem: `${address} is unplugged`, advice: 'Plug it in again' });
      }
      if (cut) {
        throw new DaqtorError('instrument.connect', {
          problem: `${address} is already open`,
          advice: 'Share one wire between the drivers of one instrument',
        });
      }
      let alive = true;
      let closed = false;
      const later = (deliver: () => void) => {
        clock.setTimeout(() => {
          if (alive) deliver();
        }, latencyMs);
      };
      const session = instrument.connect((bytes) => {
        for (let at = 0; at < bytes.length; at += fragmentBytes) {
          const piece = bytes.slice(at, Math.min(bytes.length, at + fragmentBytes));
          later(() => events.received(piece));
        }
      });
      const end = () => {
        alive = false;
        cut = undefined;
        session.disconnect();
      };
      cut = (cause) => {
        end();
        clock.setTimeout(() => {
          if (!closed) events.gone(cause);
        }, 0);
      };
      return {
        async send(bytes) {
          if (!alive) throw new DaqtorError('instrument.gone', { problem: `${address} is not open any more` });
          const copy = bytes.slice();
          later(() => session.receive(copy));
        },
        async close() {
          closed = true;
          if (alive) end();
        },
      };
    },
    unplug() {
      plugged = false;
      cut?.(new Error(`${address} was unplugged`));
    },
    replug() {
      plugged = true;
    },
  };
}
