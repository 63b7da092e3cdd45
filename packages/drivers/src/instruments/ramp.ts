import type { Clock } from '@daqtor/core';

/**
 * A value that goes steadily to its target. Nothing runs in the background: whoever asks whether the motion has ended
 * takes the step that is due, so a ramp that nobody watches any more stands still.
 */
export class Ramp {
  readonly #clock: Clock;
  #course: { readonly from: number; readonly to: number; readonly perS: number; readonly startMs: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param perS - change in units per second */
  start(from: number, to: number, perS: number): void {
    this.#course = { from, to, perS, startMs: this.#clock.now() };
  }

  /**
   * The value that is due now, and whether it is the last; undefined if no ramp is under way. The ramp is over when its
   * owner ends it, after the last value was taken: a step that failed is due again.
   */
  step(): { readonly value: number; readonly last: boolean } | undefined {
    if (!this.#course) return undefined;
    const { from, to, perS, startMs } = this.#course;
    const change = (perS * (this.#clock.now() - startMs)) / 1000;
    if (change >= Math.abs(to - from)) {
      return { value: to, last: true };
    }
    return { value: from + Math.sign(to - from) * change, last: false };
  }

  end(): void {
    this.#course = undefined;
  }
}
