import type { Clock } from '@daqtor/core';

/** The demodulated input: components in phase and in quadrature, in volts. */
export interface LockInInput {
  readonly x: number;
  readonly y: number;
}

/**
 * The output filter of a lock-in: one to four equal low-pass stages in a row, 6 dB per octave each. Exact in the
 * injected time while the input stays the same between calls of `apply`.
 */
export class LockInFilter {
  readonly #clock: Clock;
  #input: LockInInput = { x: 0, y: 0 };
  /** How far each stage is from the input, first to last. */
  #distance = { x: [0, 0, 0, 0], y: [0, 0, 0, 0] };
  #atMs: number;
  #timeConstantS = 0.1;
  stages = 2;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#atMs = clock.now();
  }

  get input(): LockInInput {
    return this.#input;
  }

  get timeConstantS(): number {
    return this.#timeConstantS;
  }

  set timeConstantS(seconds: number) {
    this.#advance();
    this.#timeConstantS = seconds;
  }

  /** The input changes now. */
  apply(input: LockInInput): void {
    this.#advance();
    const moved = (distances: number[], by: number) => distances.map((distance) => distance - by);
    this.#distance = {
      x: moved(this.#distance.x, input.x - this.#input.x),
      y: moved(this.#distance.y, input.y - this.#input.y),
    };
    this.#input = input;
  }

  get output(): LockInInput {
    this.#advance();
    const last = this.stages - 1;
    return {
      x: this.#input.x + (this.#distance.x[last] ?? 0),
      y: this.#input.y + (this.#distance.y[last] ?? 0),
    };
  }

  #advance(): void {
    const now = this.#clock.now();
    const t = (now - this.#atMs) / 1000 / this.#timeConstantS;
    this.#atMs = now;
    if (t === 0) return;
    // Stage k of equal poles: e^-t times the sum over the stages before it of t^j / j! times their distance.
    const decayed = (distances: readonly number[]) =>
      distances.map((_, k) => {
        let sum = 0;
        let weight = Math.exp(-t);
        for (let j = 0; j <= k; j++) {
          sum += weight * (distances[k - j] ?? 0);
          weight *= t / (j + 1);
        }
        return sum;
      });
    this.#distance = { x: decayed(this.#distance.x), y: decayed(this.#distance.y) };
  }
}
