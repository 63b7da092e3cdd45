import type { Clock } from '@daqtor/core';
import type { Random } from '../physics/random.ts';

interface LaneTiming {
  readonly latencyMs?: number;
  readonly jitterMs?: number;
  readonly baudRate?: number;
}

/** Start bit, 8 data bits, stop bit. */
const BITS_PER_BYTE = 10;

/** One direction of a wire: bytes take their time, and arrive in the order in which they were put in. */
export class Lane {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #timing: () => LaneTiming;
  readonly #deliver: (bytes: Uint8Array) => void;
  readonly #underWay: Uint8Array[] = [];
  /** When the line is free again, and when the last piece arrives. */
  #freeMs = Number.NEGATIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #isCut = false;
  #whenEmpty: (() => void) | undefined;

  constructor(clock: Clock, random: Random, timing: () => LaneTiming, deliver: (bytes: Uint8Array) => void) {
    this.#clock = clock;
    this.#random = random;
    this.#timing = timing;
    this.#deliver = deliver;
  }

  put(bytes: Uint8Array): void {
    if (this.#isCut) return;
    const { latencyMs = 0, jitterMs = 0, baudRate = Number.POSITIVE_INFINITY } = this.#timing();
    const now = this.#clock.now();
    this.#freeMs = Math.max(now, this.#freeMs) + (1000 * BITS_PER_BYTE * bytes.length) / baudRate;
    this.#lastMs = Math.max(this.#lastMs, this.#freeMs + latencyMs + jitterMs * this.#random.uniform());
    this.#underWay.push(bytes);
    this.#clock.setTimeout(() => {
      const next = this.#underWay.shift();
      if (next) this.#deliver(next);
      if (this.#underWay.length === 0) this.#whenEmpty?.();
    }, this.#lastMs - now);
  }

  /** Takes nothing more; calls back once all that is under way has arrived. */
  finish(whenEmpty: () => void): void {
    this.#isCut = true;
    this.#whenEmpty = whenEmpty;
    if (this.#underWay.length === 0) whenEmpty();
  }

  /** What is under way is lost. */
  cut(): void {
    this.#isCut = true;
    this.#underWay.length = 0;
  }
}
