import type { Clock, TimerHandle } from '@daqtor/core';
import type { Random } from '../physics/random.ts';
import { atRest, type MotionProfile, moveProfile, stopProfile } from '../physics/trapezoidal-profile.ts';
import { type Esp301AxisError, Esp301Refusal } from './esp301-errors.ts';

/** A linear stage on one axis of the controller. Lengths in mm. */
export interface Esp301StageOptions {
  /** As the stage's memory tells it to the controller. */
  readonly model?: string;
  readonly serialNumber?: string;
  /** Travel on either side of the centre, in mm. */
  readonly travelMm?: number;
  /** Default and largest velocity, in mm/s. */
  readonly velocityMmPerS?: number;
  /** Default and largest acceleration, in mm/s². */
  readonly accelerationMmPerS2?: number;
  /** One step of the encoder, in mm. */
  readonly resolutionMm?: number;
  /** Time after the end of the trajectory until the controller reports the motion as done, in ms. */
  readonly settleMs?: number;
  /** Standard deviation of where the stage comes to rest around its target, in mm. */
  readonly restErrorMm?: number;
}

const DEFAULTS: Required<Esp301StageOptions> = {
  model: 'MFA-CC',
  serialNumber: 'SN1263',
  travelMm: 5,
  velocityMmPerS: 4,
  accelerationMmPerS2: 40,
  resolutionMm: 0.0001,
  settleMs: 8,
  restErrorMm: 0.0003,
};

/** How far the stage trails its trajectory: the distance it goes in this time. */
const FOLLOWING_LAG_S = 0.0015;
/** Emergency deceleration, as a multiple of the largest acceleration. */
const EMERGENCY = 10;

/**
 * One axis: its parameters, its trajectory in the injected time, and where the stage really is.
 *
 * Positions told to the host count from the controller's zero, which `home` and `defineHome` move; the stage's own place
 * counts from the middle of its travel.
 */
export class Esp301Axis {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #report: (refusal: Esp301Refusal) => void;
  readonly number: number;
  readonly options: Required<Esp301StageOptions>;

  velocity: number;
  acceleration: number;
  deceleration: number;
  leftLimit: number;
  rightLimit: number;
  /** Code of the displacement units: a label, see the manual's SN command. 2 is millimetre. */
  units = 2;

  #motorOn = false;
  #zero = 0;
  #target = 0;
  #profile: MotionProfile = atRest(0);
  #startMs: number;
  #restErrors = { from: 0, to: 0 };
  #homing = false;
  #ending: TimerHandle | undefined;

  constructor(
    number: number,
    options: Esp301StageOptions,
    clock: Clock,
    random: Random,
    report: (refusal: Esp301Refusal) => void,
  ) {
    this.number = number;
    this.options = { ...DEFAULTS, ...options };
    this.#clock = clock;
    this.#random = random;
    this.#report = report;
    this.#startMs = clock.now();
    this.velocity = this.options.velocityMmPerS;
    this.acceleration = this.deceleration = this.options.accelerationMmPerS2;
    this.leftLimit = -this.options.travelMm;
    this.rightLimit = this.options.travelMm;
  }

  get motorOn(): boolean {
    return this.#motorOn;
  }

  /** Where the stage really is, in mm from the middle of its travel. A continuous function of time. */
  get stagePosition(): number {
    const { position, velocity } = this.#profile.stateAt(this.#elapsedS);
    return position - velocity * FOLLOWING_LAG_S + this.#restError;
  }

  /** The position as the encoder reads it. */
  get position(): number {
    const { resolutionMm } = this.options;
    return Math.round((this.stagePosition - this.#zero) / resolutionMm) * resolutionMm;
  }

  get target(): number {
    return this.#target - this.#zero;
  }

  get actualVelocity(): number {
    return this.#profile.stateAt(this.#elapsedS).velocity;
  }

  /** Under way, or not settled yet. */
  get moving(): boolean {
    return this.msToDone > 0;
  }

  /** Time until the controller reports the motion as done. */
  get msToDone(): number {
    const { durationS } = this.#profile;
    if (durationS === 0) return 0;
    const left = durationS * 1000 + this.options.settleMs - (this.#clock.now() - this.#startMs);
    // Less than a nanosecond is rounding.
    return left < 1e-6 ? 0 : left;
  }

  enable(): void {
    this.#motorOn = true;
  }

  disable(): void {
    this.stop();
    this.#motorOn = false;
  }

  /** @throws Esp301Refusal if the motor is off or the target lies beyond a software limit */
  moveTo(target: number): void {
    this.#requireMotor();
    if (target > this.rightLimit) throw this.#refusal('positiveSoftwareLimit');
    if (target < this.leftLimit) throw this.#refusal('negativeSoftwareLimit');
    this.#abandonHoming();
    this.#start(target + this.#zero);
  }

  /** Searches the middle of the travel, which becomes the zero. */
  home(): void {
    this.#requireMotor();
    this.#start(0, () => {
      this.#homing = false;
      this.#zero = 0;
    });
    this.#homing = true;
  }

  /** Gives the present position another name. */
  defineHome(position: number): void {
    this.#zero = this.stagePosition - position;
    this.#target = this.stagePosition;
  }

  stop(): void {
    this.#halt(this.deceleration);
  }

  emergencyStop(): void {
    this.#halt(EMERGENCY * this.options.accelerationMmPerS2);
    this.#motorOn = false;
  }

  #halt(deceleration: number): void {
    this.#abandonHoming();
    if (this.#elapsedS >= this.#profile.durationS) return;
    const profile = stopProfile(this.#profile.stateAt(this.#elapsedS), deceleration);
    this.#follow(profile);
    this.#target = profile.stateAt(Number.POSITIVE_INFINITY).position;
  }

  /** Goes to a place of the stage; where the travel ends before it, the limit switch ends the motion. */
  #start(place: number, arrived?: () => void): void {
    const { travelMm } = this.options;
    const reachable = Math.min(travelMm, Math.max(-travelMm, place));
    const limits = { velocity: this.velocity, acceleration: this.acceleration, deceleration: this.deceleration };
    this.#follow(moveProfile(this.#profile.stateAt(this.#elapsedS), reachable, limits), () => {
      if (reachable < place) this.#report(this.#refusal('positiveHardwareLimit'));
      if (reachable > place) this.#report(this.#refusal('negativeHardwareLimit'));
      arrived?.();
    });
    this.#target = place;
  }

  #follow(profile: MotionProfile, ended?: () => void): void {
    this.#restErrors = { from: this.#restError, to: this.options.restErrorMm * this.#random.normal() };
    this.#profile = profile;
    this.#startMs = this.#clock.now();
    if (this.#ending) this.#clock.clearTimeout(this.#ending);
    this.#ending = ended && this.#clock.setTimeout(ended, profile.durationS * 1000);
  }

  #abandonHoming(): void {
    if (!this.#homing) return;
    this.#homing = false;
    this.#report(this.#refusal('homingAborted'));
  }

  #requireMotor(): void {
    if (!this.#motorOn) throw this.#refusal('motorNotEnabled');
  }

  #refusal(error: Esp301AxisError): Esp301Refusal {
    return Esp301Refusal.ofAxis(this.number, error);
  }

  /** Grows into that of the next rest while the stage moves, so that the stage never jumps. */
  get #restError(): number {
    const { from, to } = this.#restErrors;
    const { durationS } = this.#profile;
    return durationS === 0 ? to : from + (to - from) * Math.min(1, this.#elapsedS / durationS);
  }

  get #elapsedS(): number {
    return (this.#clock.now() - this.#startMs) / 1000;
  }
}
