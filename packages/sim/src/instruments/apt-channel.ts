import type { Clock } from '@daqtor/core';
import { ProfileAxis } from './profile-axis.ts';

/** Bits of the status, as the document of the protocol lists them. */
const BIT = {
  forwardSwitch: 0x1,
  reverseSwitch: 0x2,
  movingForward: 0x10,
  movingReverse: 0x20,
  connected: 0x100,
  homing: 0x200,
  homed: 0x400,
  tracking: 0x1000,
  settled: 0x2000,
  motionError: 0x4000,
  enabled: 0x80000000,
} as const;

/** Period of the control loop, in s: velocities are counts per period, times 65536. */
const PERIOD_S = 2048 / 6e6;

export interface AptStageOptions {
  readonly countsPerUnit?: number;
  /** Length between the limit switches, in units of the stage. */
  readonly travel?: number;
  readonly velocity?: number;
  readonly acceleration?: number;
}

export type AptMotionEnd = 'homed' | 'completed' | 'stopped';

/** One channel of a servo controller and its stage. Positions in counts of the encoder. */
export class AptChannel {
  readonly #axis: ProfileAxis;
  readonly #travel: number;
  readonly #ended: (how: AptMotionEnd) => void;
  /** Where the counter is 0, from the reverse switch. */
  #zero: number;
  #flags = 0;
  #isHoming = false;
  enabled = false;

  constructor(clock: Clock, options: AptStageOptions, ended: (how: AptMotionEnd) => void) {
    const { countsPerUnit = 34_304, travel = 50, velocity = 2.4, acceleration = 4.5 } = options;
    this.#travel = Math.round(travel * countsPerUnit);
    this.#ended = ended;
    const rate = acceleration * countsPerUnit;
    this.#zero = Math.round(this.#travel / 3);
    this.#axis = new ProfileAxis(
      clock,
      { velocity: velocity * countsPerUnit, acceleration: rate, deceleration: rate },
      this.#zero,
    );
  }

  get position(): number {
    return Math.round(this.#axis.position) - this.#zero;
  }

  set position(counts: number) {
    this.#zero = Math.round(this.#axis.position) - counts;
  }

  /** In the units of the messages. */
  get velocity(): { readonly acceleration: number; readonly velocity: number } {
    const { velocity, acceleration } = this.#axis.limits;
    return {
      velocity: Math.round(velocity * PERIOD_S * 65_536),
      acceleration: Math.round(acceleration * PERIOD_S ** 2 * 65_536),
    };
  }

  setVelocity(acceleration: number, velocity: number): void {
    const rate = acceleration / 65_536 / PERIOD_S ** 2;
    this.#axis.limits = { velocity: velocity / 65_536 / PERIOD_S, acceleration: rate, deceleration: rate };
  }

  get bits(): number {
    const { velocity, moving, position } = this.#axis;
    const motion = this.#isHoming ? BIT.homing : velocity < 0 ? BIT.movingReverse : BIT.movingForward;
    const rest = this.enabled ? BIT.tracking | BIT.settled : 0;
    const switches = (position >= this.#travel ? BIT.forwardSwitch : 0) | (position <= 0 ? BIT.reverseSwitch : 0);
    const all = this.#flags | BIT.connected | switches | (moving ? motion | BIT.tracking : rest);
    return (all | (this.enabled ? BIT.enabled : 0)) >>> 0;
  }

  /** Turns round at a limit switch; a channel that is not enabled does nothing. */
  moveTo(counts: number): void {
    if (!this.enabled) return;
    const target = counts + this.#zero;
    const reachable = Math.min(this.#travel, Math.max(0, target));
    this.#begin(false);
    this.#axis.moveTo(reachable, () => this.#ended(reachable === target ? 'completed' : 'stopped'));
  }

  moveBy(counts: number): void {
    this.moveTo(this.position + counts);
  }

  home(): void {
    if (!this.enabled) return;
    this.#begin(true);
    this.#axis.moveTo(0, () => {
      this.#isHoming = false;
      this.#zero = 0;
      this.#flags |= BIT.homed;
      this.#ended('homed');
    });
  }

  stop(): void {
    this.#isHoming = false;
    this.#axis.stop(() => this.#ended('stopped'));
  }

  /** Something holds the stage: it stands, and the controller says that it is not where it should be. */
  block(): void {
    this.#axis.place(this.#axis.position);
    this.#isHoming = false;
    this.#flags |= BIT.motionError;
  }

  #begin(isHoming: boolean): void {
    this.#isHoming = isHoming;
    this.#flags &= ~BIT.motionError;
  }
}
