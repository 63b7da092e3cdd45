import type { Clock, WirePort } from '@daqtor/core';

export const WIRE_FAULTS = [
  'answers nothing',
  'answers twice',
  'answers NaN',
  'answers garbage',
  'noise before answers',
  'unplugged',
  'takes no bytes',
  'refuses bytes',
  '100 times slower',
] as const;
export type WireFault = (typeof WIRE_FAULTS)[number];

export interface FaultyPort extends WirePort {
  /** Wires that were opened and not closed. */
  readonly wires: { readonly count: number };
  /** From now on it goes wrong. */
  break(): void;
  /** From now on it is well again. */
  mend(): void;
}

/** A port whose wire goes wrong in one way, on command. */
export function faultyPort(port: WirePort, fault: WireFault, latencyMs: number, clock: Clock): FaultyPort {
  let isBroken = false;
  const wires = { count: 0 };
  const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
  return {
    address: port.address,
    wires,
    break: () => {
      isBroken = true;
    },
    mend: () => {
      isBroken = false;
    },
    async open(events, signal) {
      const received = (given: Uint8Array) => {
        const is = (one: WireFault) => isBroken && fault === one;
        if (is('answers nothing')) return;
        if (is('100 times slower')) return void clock.setTimeout(() => events.received(given), 99 * 2 * latencyMs);
        if (is('answers NaN')) return events.received(bytes('NaN\r\n'));
        if (is('answers garbage')) return events.received(given.map((_, i) => (37 * i + 129) & 0xff));
        if (is('noise before answers')) events.received(bytes('\u0000\u00ff#'));
        events.received(given);
        if (is('answers twice')) events.received(given);
      };
      let isGone = false;
      let isClosed = false;
      const wire = await port.open({ received, gone: events.gone }, signal);
      wires.count++;
      return {
        async send(given) {
          if (isBroken && fault === 'takes no bytes') return await new Promise(() => {});
          if (isBroken && fault === 'refuses bytes') throw new Error('EIO');
          if (isBroken && fault === 'unplugged' && !isGone) {
            isGone = true;
            await wire.close();
            events.gone(new Error('unplugged'));
            throw new Error('unplugged');
          }
          await wire.send(given);
        },
        async close() {
          if (!isClosed) wires.count--;
          isClosed = true;
          await wire.close();
        },
      };
    },
  };
}
