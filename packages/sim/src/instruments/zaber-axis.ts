import type { Clock } from '@daqtor/core';
import type { MotionLimits } from '../physics/trapezoidal-profile.ts';
import { ProfileAxis } from './profile-axis.ts';

/** Thrown by a command that the device rejects. */
export class ZaberRejection extends Error {
  readonly reason: string;

  constructor(reason: 'BADAXIS' | 'BADCOMMAND' | 'BADDATA') {
    super(reason);
    this.reason = reason;
  }
}

/** One axis, in microsteps. */
export class ZaberAxis {
  readonly #axis: ProfileAxis;
  readonly travel: number;
  readonly #stopped: (flag: string) => void;
  #referenced = false;
  #stalled = false;
  #interrupted = false;

  /** @param stopped - called with the flag when a motion has ended */
  constructor(clock: Clock, limits: MotionLimits, travel: number, stopped: (flag: string) => void) {
    this.#axis = new ProfileAxis(clock, limits, Math.round(travel / 3));
    this.travel = travel;
    this.#stopped = stopped;
  }

  get limits(): MotionLimits {
    return this.#axis.limits;
  }

  get position(): number {
    return Math.round(this.#axis.position);
  }

  get busy(): boolean {
    return this.#axis.moving;
  }

  /** The warning of the highest priority. */
  get flag(): string {
    if (this.#stalled) return 'FS';
    if (!this.#referenced) return 'WR';
    return this.#interrupted ? 'NI' : '--';
  }

  moveTo(target: number): void {
    if (!this.#referenced || target < 0 || target > this.travel) throw new ZaberRejection('BADDATA');
    this.#interrupted = false;
    this.#axis.moveTo(target, () => this.#stopped(this.flag));
  }

  home(): void {
    this.#interrupted = false;
    this.#axis.moveTo(0, () => {
      this.#referenced = true;
      this.#stopped(this.flag);
    });
  }

  stop(): void {
    if (!this.busy) return;
    this.#interrupted = true;
    this.#axis.stop(() => this.#stopped(this.flag));
  }

  block(): void {
    this.#axis.place(this.#axis.position);
    this.#stalled = true;
    this.#stopped(this.flag);
  }

  clearWarnings(): void {
    this.#stalled = false;
    this.#interrupted = false;
  }
}
