import type { Clock } from '@daqtor/core';
import { ProfileAxis } from './profile-axis.ts';

/** States of the controller, as TS tells them. */
const STATE = {
  notReferencedFromReset: 0x0a,
  notReferencedFromHoming: 0x0b,
  notReferencedFromMoving: 0x0f,
  homing: 0x1e,
  moving: 0x28,
  readyFromHoming: 0x32,
  readyFromMoving: 0x33,
  readyFromDisable: 0x34,
  disableFromReady: 0x3c,
} as const;

/** Letters of TE and the texts of TB. */
export const ERRORS = {
  A: 'Unknown message code or floating point controller address',
  C: 'Parameter missing or out of range',
  E: 'Home sequence already started',
  G: 'Displacement out of limits',
  H: 'Execution not allowed in NOT REFERENCED state',
  J: 'Execution not allowed in DISABLE state',
  K: 'Execution not allowed in READY state',
  L: 'Execution not allowed in HOMING state',
  M: 'Execution not allowed in MOVING state',
} as const;
export type Smc100ErrorLetter = keyof typeof ERRORS;

/** Thrown by a command that is refused. */
export class Smc100Refusal extends Error {
  readonly letter: Smc100ErrorLetter;

  constructor(letter: Smc100ErrorLetter) {
    super(ERRORS[letter]);
    this.letter = letter;
  }
}

export interface Smc100Stage {
  /** Travel, in mm; the reference is its lower end. */
  readonly travelMm?: number;
  readonly velocityMmPerS?: number;
  readonly accelerationMmPerS2?: number;
}

/** The state machine of one controller and its stage. */
export class Smc100Axis {
  readonly #axis: ProfileAxis;
  #state: number = STATE.notReferencedFromReset;
  /** Bits of the positioner error, which are cleared by reading them. */
  #positionerError = 0;
  lowerLimit = 0;
  upperLimit: number;
  #lastError: Smc100ErrorLetter | undefined;

  constructor(clock: Clock, { travelMm = 25, velocityMmPerS = 4, accelerationMmPerS2 = 40 }: Smc100Stage) {
    this.upperLimit = travelMm;
    const limits = { velocity: velocityMmPerS, acceleration: accelerationMmPerS2, deceleration: accelerationMmPerS2 };
    this.#axis = new ProfileAxis(clock, limits, travelMm / 3);
  }

  get state(): number {
    return this.#state;
  }

  /** As the encoder reads it. */
  get position(): number {
    return Math.round(this.#axis.position * 1e4) / 1e4;
  }

  get velocity(): number {
    return this.#axis.limits.velocity;
  }

  set velocity(value: number) {
    if (value <= 0) throw new Smc100Refusal('C');
    this.#axis.limits = { ...this.#axis.limits, velocity: value };
  }

  get acceleration(): number {
    return this.#axis.limits.acceleration;
  }

  home(): void {
    if (this.#state >= STATE.readyFromHoming && this.#state < STATE.disableFromReady) throw new Smc100Refusal('K');
    this.#refuseIn('E', 'J', 'M');
    this.#state = STATE.homing;
    this.#axis.moveTo(0, () => {
      this.#state = STATE.readyFromHoming;
    });
  }

  moveTo(target: number): void {
    if (this.#state < STATE.homing) throw new Smc100Refusal('H');
    this.#refuseIn('L', 'J', 'M');
    if (target < this.lowerLimit || target > this.upperLimit) throw new Smc100Refusal('G');
    this.#state = STATE.moving;
    this.#axis.moveTo(target, () => {
      this.#state = STATE.readyFromMoving;
    });
  }

  stop(): void {
    if (this.#state === STATE.homing) {
      this.#axis.stop();
      this.#state = STATE.notReferencedFromHoming;
    } else if (this.#state === STATE.moving) {
      this.#axis.stop(() => {
        this.#state = STATE.readyFromMoving;
      });
    } else if (this.#state < STATE.homing) {
      throw new Smc100Refusal('H');
    }
  }

  enable(on: boolean): void {
    if (this.#state < STATE.homing) throw new Smc100Refusal('H');
    this.#refuseIn('L', undefined, 'M');
    this.#state = on ? STATE.readyFromDisable : STATE.disableFromReady;
  }

  /** Something blocks the stage: a following error ends the motion, and the reference is lost. */
  block(): void {
    this.#axis.place(this.#axis.position);
    this.#positionerError |= 0x20;
    this.#state = STATE.notReferencedFromMoving;
  }

  refuse(letter: Smc100ErrorLetter): void {
    this.#lastError = letter;
  }

  takeError(): Smc100ErrorLetter | undefined {
    const letter = this.#lastError;
    this.#lastError = undefined;
    return letter;
  }

  takePositionerError(): number {
    const bits = this.#positionerError;
    this.#positionerError = 0;
    return bits;
  }

  #refuseIn(homing: Smc100ErrorLetter, disabled: Smc100ErrorLetter | undefined, moving: Smc100ErrorLetter): void {
    if (this.#state === STATE.homing) throw new Smc100Refusal(homing);
    if (this.#state === STATE.disableFromReady && disabled) throw new Smc100Refusal(disabled);
    if (this.#state === STATE.moving) throw new Smc100Refusal(moving);
  }
}
