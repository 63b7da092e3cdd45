import type { Clock } from '@daqtor/core';

export interface SettlingRule {
  /** Largest distance from the target that counts as near. */
  readonly tolerance: number;
  /** Time that it has to stay there, in s. */
  readonly holdS: number;
}

/** A value that something else brings to its target: it has arrived once it has stayed near it for some time. */
export class Settling {
  readonly #clock: Clock;
  /** May be changed on the way. */
  rule: SettlingRule;
  #target: number | undefined;
  #nearSinceMs: number | undefined;

  constructor(clock: Clock, rule: SettlingRule) {
    this.#clock = clock;
    this.rule = rule;
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
    if (Math.abs(value - this.#target) > this.rule.tolerance) {
      this.#nearSinceMs = undefined;
      return true;
    }
    this.#nearSinceMs ??= now;
    if (now - this.#nearSinceMs < 1000 * this.rule.holdS) return true;
    this.#target = undefined;
    return false;
  }
}
