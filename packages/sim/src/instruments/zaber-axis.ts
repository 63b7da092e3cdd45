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

/** How many of a setting are one microstep per second, or per second squared. */
const PER_MICROSTEP = { maxspeed: 1.6384, accel: 1.6384e-4 } as const;

/** One axis, in microsteps. */
export class ZaberAxis {
  readonly #axis: ProfileAxis;
  readonly travel: number;
  /** `maxspeed` and `accel` in the units of their settings, as the device keeps them: whole numbers. */
  readonly trajectory: Record<keyof typeof PER_MICROSTEP, number>;
  readonly #stopped: (flag: string) => void;
  #referenced = false;
  #stalled = false;
  #interrupted = false;

  /** @param stopped - called with the flag when a motion has ended */
  constructor(clock: Clock, limits: MotionLimits, travel: number, stopped: (flag: string) => void) {
    this.#axis = new ProfileAxis(clock, limits, Math.round(travel / 3));
    this.travel = travel;
    this.trajectory = {
      maxspeed: Math.round(limits.velocity * PER_MICROSTEP.maxspeed),
      accel: Math.round(limits.acceleration * PER_MICROSTEP.accel),
    };
    this.#stopped = stopped;
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

  /** From the next motion on. */
  setTrajectory(setting: keyof typeof PER_MICROSTEP, data: number): void {
    if (data < 1) throw new ZaberRejection('BADDATA');
    this.trajectory[setting] = data;
    const acceleration = this.trajectory.accel / PER_MICROSTEP.accel;
    const velocity = this.trajectory.maxspeed / PER_MICROSTEP.maxspeed;
    this.#axis.limits = { velocity, acceleration, deceleration: acceleration };
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
