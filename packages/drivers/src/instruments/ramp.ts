import type { Clock } from '@daqtor/core';

/**
 * A value that goes steadily to its target. Nothing runs in the background: whoever asks whether the motion has ended
 * takes the step that is due, so a ramp that nobody watches any more stands still.
 */
export class Ramp {
  readonly #clock: Clock;
  readonly #perS: number;
  #course: { readonly from: number; readonly to: number; readonly startMs: number } | undefined;

  /** @param perS - change in units per second */
  constructor(clock: Clock, perS: number) {
    this.#clock = clock;
    this.#perS = perS;
  }

  start(from: number, to: number): void {
    this.#course = { from, to, startMs: this.#clock.now() };
  }

  /**
   * The value that is due now, and whether it is the last; undefined if no ramp is under way. The ramp is over when its
   * owner ends it, after the last value was taken: a step that failed is due again.
   */
  step(): { readonly value: number; readonly last: boolean } | undefined {
    if (!this.#course) return undefined;
    const { from, to, startMs } = this.#course;
    const change = (this.#perS * (this.#clock.now() - startMs)) / 1000;
    if (change >= Math.abs(to - from)) {
      return { value: to, last: true };
    }
    return { value: from + Math.sign(to - from) * change, last: false };
  }

  end(): void {
    this.#course = undefined;
  }
}
