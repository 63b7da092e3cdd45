import type { Clock } from '@daqtor/core';
import { type EventCommand, EventRefusal, eventIndex, eventNumber } from './event-commands.ts';

const CAPACITY = 16_383;
/** Samples per second of the rates 0 to 13; 14 samples on triggers, which are not simulated. */
const rateOf = (index: number): number => 0.0625 * 2 ** index;

/**
 * The two buffers of an SR830, which it fills with its displays at a fixed rate. In the shot mode (SEND 0) it stops when
 * they are full; the loop mode is not simulated. Samples are taken by timers while it stores.
 */
export class Sr830Buffer {
  readonly #clock: Clock;
  readonly #sample: () => readonly [number, number];
  #points: (readonly [number, number])[] = [];
  #rate = 4;
  #storing: object | undefined;
  #begun = false;

  constructor(clock: Clock, sample: () => readonly [number, number]) {
    this.#clock = clock;
    this.#sample = sample;
  }

  /** A scan is in progress; one that is paused counts as such. */
  get isScanning(): boolean {
    return this.#begun && this.#points.length < CAPACITY;
  }

  get commands(): Readonly<Record<string, EventCommand>> {
    return {
      ...eventIndex(
        'SRAT',
        13,
        () => this.#rate,
        (index) => {
          this.#rate = index;
        },
      ),
      ...eventIndex(
        'SEND',
        0,
        () => 0,
        () => undefined,
      ),
      REST: () => {
        this.#storing = undefined;
        this.#begun = false;
        this.#points = [];
        return undefined;
      },
      STRT: () => {
        this.#begun = true;
        if (!this.#storing) this.#store();
        return undefined;
      },
      PAUS: () => {
        this.#storing = undefined;
        return undefined;
      },
      'SPTS?': () => String(this.#points.length),
      'TRCA?': (channel, first, count) => {
        const at = eventNumber(channel, 1, 2) - 1;
        const from = eventNumber(first, 0, CAPACITY);
        const to = from + eventNumber(count, 1, CAPACITY);
        if (to > this.#points.length) throw new EventRefusal('execution');
        return this.#points.slice(from, to).reduce((text, point) => `${text}${(point[at] ?? 0).toExponential(6)},`, '');
      },
    };
  }

  #store(): void {
    const run = {};
    this.#storing = run;
    const next = () => {
      if (this.#storing !== run || this.#points.length >= CAPACITY) return;
      this.#points.push(this.#sample());
      this.#clock.setTimeout(next, 1000 / rateOf(this.#rate));
    };
    next();
  }
}
