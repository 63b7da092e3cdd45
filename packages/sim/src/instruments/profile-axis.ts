import type { Clock, TimerHandle } from '@daqtor/core';
import {
  atRest,
  type MotionLimits,
  type MotionProfile,
  moveProfile,
  stopProfile,
} from '../physics/trapezoidal-profile.ts';

/** An axis that goes where it is told, in the injected time, with trapezoidal velocities. Lengths in any one unit. */
export class ProfileAxis {
  readonly #clock: Clock;
  limits: MotionLimits;
  #profile: MotionProfile;
  #startMs: number;
  #ending: TimerHandle | undefined;

  constructor(clock: Clock, limits: MotionLimits, position = 0) {
    this.#clock = clock;
    this.limits = limits;
    this.#profile = atRest(position);
    this.#startMs = clock.now();
  }

  get position(): number {
    return this.#profile.stateAt(this.#elapsedS).position;
  }

  get velocity(): number {
    return this.#profile.stateAt(this.#elapsedS).velocity;
  }

  get moving(): boolean {
    // Less than a nanosecond is rounding.
    return this.#profile.durationS - this.#elapsedS > 1e-9;
  }

  /** @param ended - called when it has arrived, not if something else is told before */
  moveTo(target: number, ended?: () => void): void {
    this.#follow(moveProfile(this.#profile.stateAt(this.#elapsedS), target, this.limits), ended);
  }

  /** Brakes to rest. */
  stop(ended?: () => void): void {
    this.#follow(stopProfile(this.#profile.stateAt(this.#elapsedS), this.limits.deceleration), ended);
  }

  /** Is there, at rest, from now on. */
  place(position: number): void {
    this.#follow(atRest(position));
  }

  #follow(profile: MotionProfile, ended?: () => void): void {
    this.#profile = profile;
    this.#startMs = this.#clock.now();
    if (this.#ending) this.#clock.clearTimeout(this.#ending);
    this.#ending = ended && this.#clock.setTimeout(ended, profile.durationS * 1000);
  }

  get #elapsedS(): number {
    return (this.#clock.now() - this.#startMs) / 1000;
  }
}
