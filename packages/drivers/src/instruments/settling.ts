import type { Clock } from '@daqtor/core';

/** A value that something else brings to its target: it has arrived once it has stayed near it for some time. */
export class Settling {
  readonly #clock: Clock;
  readonly #tolerance: number;
  readonly #holdS: number;
  #target: number | undefined;
  #nearSinceMs: number | undefined;

  /**
   * @param tolerance - largest distance from the target that counts as near
   * @param holdS - time that it has to stay there, in s
   */
  constructor(clock: Clock, tolerance: number, holdS: number) {
    this.#clock = clock;
    this.#tolerance = tolerance;
    this.#holdS = holdS;
  }

  get isUnderWay(): boolean {
    return this.#target !== undefined;
  }

  start(target: number): void {
    this.#target = target;
    this.#nearSinceMs = undefined;
  }

  end(): void {
    this.#target = undefined;
  }

  /** Takes the value that was just measured, and tells whether it is still on its way. */
  take(value: number): boolean {
    if (this.#target === undefined) return false;
    const now = this.#clock.now();
    if (Math.abs(value - this.#target) > this.#tolerance) {
      this.#nearSinceMs = undefined;
      return true;
    }
    this.#nearSinceMs ??= now;
    if (now - this.#nearSinceMs < 1000 * this.#holdS) return true;
    this.#target = undefined;
    return false;
  }
}
