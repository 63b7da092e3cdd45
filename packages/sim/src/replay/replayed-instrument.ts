import { type Clock, type Exchange, exchangesOf, type WireTrace } from '@daqtor/core';
import type { SimulatedInstrument } from '../instruments/simulated-instrument.ts';

export interface ReplayOptions {
  readonly clock: Clock;
  /** Answers come at once instead of after the time that they took; default false. */
  readonly atOnce?: boolean;
  /** Told of bytes that were never sent in the recording; they get no answer. */
  readonly unknown?: (bytes: Uint8Array) => void;
}

/**
 * An instrument that knows what was recorded, and nothing else: what is written is answered as it was the next time it
 * was written in the recording, and after the last time as the first. So a program that asks more often than the
 * recorded one, or in another order, gets answers too. Each host begins at the beginning.
 */
export function replayedInstrument(
  trace: WireTrace,
  { clock, atOnce = false, unknown }: ReplayOptions,
): SimulatedInstrument {
  const exchanges = exchangesOf(trace).filter(({ sent }) => sent.length > 0);
  return {
    title: `recording of ${trace.about.identity ?? trace.about.driver ?? 'an instrument'}`,
    connect(transmit) {
      let connected = true;
      let next = 0;
      let waiting = new Uint8Array();
      const answer = ({ answers }: Exchange) => {
        for (const { afterMs, bytes } of answers) {
          clock.setTimeout(() => connected && transmit(bytes), atOnce ? 0 : afterMs);
        }
      };
      const take = (count: number) => {
        const taken = waiting.slice(0, count);
        waiting = waiting.slice(count);
        return taken;
      };
      return {
        receive(bytes) {
          waiting = Uint8Array.from([...waiting, ...bytes]);
          while (waiting.length > 0) {
            const found = match(exchanges, next, waiting);
            if (found === 'incomplete') return;
            if (found === undefined) {
              unknown?.(take(endOfLine(waiting)));
              continue;
            }
            const exchange = exchanges[found] as Exchange;
            take(exchange.sent.length);
            next = (found + 1) % exchanges.length;
            answer(exchange);
          }
        },
        disconnect() {
          connected = false;
        },
      };
    },
  };
}

/**
 * Which exchange these bytes begin, from `next` on and round; `incomplete` if more bytes may make them one.
 *
 * What comes next in the recording is waited for; what comes later only where nothing else fits.
 */
function match(exchanges: readonly Exchange[], next: number, bytes: Uint8Array): number | 'incomplete' | undefined {
  const order = exchanges.map((_, i) => (next + i) % exchanges.length);
  const sentAt = (at: number) => (exchanges[at] as Exchange).sent;
  const isPartly = (at: number) => bytes.length < sentAt(at).length && startsWith(sentAt(at), bytes);
  const [first] = order;
  if (first !== undefined && isPartly(first)) return 'incomplete';
  return order.find((at) => startsWith(bytes, sentAt(at))) ?? (order.some(isPartly) ? 'incomplete' : undefined);
}

const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean =>
  bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte);

/** Past the first line end; where there is none, all of it. */
function endOfLine(bytes: Uint8Array): number {
  const at = bytes.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  return at < 0 ? bytes.length : at + 1;
}
