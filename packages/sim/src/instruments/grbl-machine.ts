import type { Clock } from '@daqtor/core';
import { ProfileAxis } from './profile-axis.ts';

export const AXES = ['X', 'Y', 'Z'] as const;
export type GrblAxis = (typeof AXES)[number];
export type GrblPosition = Readonly<Record<GrblAxis, number>>;
export type GrblState = 'Idle' | 'Jog' | 'Home' | 'Alarm';

/** Blocks that fit into the planner. */
const PLANNER_BLOCKS = 15;

export interface GrblMachineOptions {
  /** Travel of each axis, in mm; machine positions go from -travel to 0. */
  readonly travelMm: number;
  readonly accelerationMmPerS2: number;
  readonly homingMmPerS: number;
  /** Whether positions beyond the travel are refused ($20). */
  readonly softLimits: boolean;
}

interface Block {
  readonly to: GrblPosition;
  readonly feedMmPerS: number;
}

/** What a GRBL controller moves: straight lines one after the other, in machine positions in mm. */
export class GrblMachine {
  readonly #clock: Clock;
  readonly #options: GrblMachineOptions;
  #state: GrblState;
  #alarm: number | undefined;
  #from: GrblPosition = { X: 0, Y: 0, Z: 0 };
  #to: GrblPosition = this.#from;
  #path: ProfileAxis;
  #queue: Block[] = [];
  #homed: (() => void) | undefined;

  constructor(clock: Clock, options: GrblMachineOptions, locked: boolean) {
    this.#clock = clock;
    this.#options = options;
    this.#state = locked ? 'Alarm' : 'Idle';
    this.#path = this.#newPath(1);
  }

  get state(): GrblState {
    return this.#state;
  }

  get position(): GrblPosition {
    const length = distance(this.#from, this.#to);
    const share = length === 0 ? 1 : this.#path.position / length;
    return mapAxes((axis) => this.#from[axis] + (this.#to[axis] - this.#from[axis]) * share);
  }

  /** Where the last block that was planned ends. */
  get goal(): GrblPosition {
    return this.#queue.at(-1)?.to ?? (this.#state === 'Jog' ? this.#to : this.position);
  }

  get feedMmPerMin(): number {
    return Math.round(60 * Math.abs(this.#path.velocity));
  }

  /** @returns the number of the error, if it is refused */
  jog(to: GrblPosition, feedMmPerMin: number): number | undefined {
    if (this.#state !== 'Idle' && this.#state !== 'Jog') return 8;
    const { softLimits, travelMm } = this.#options;
    if (softLimits && AXES.some((axis) => to[axis] > 0 || to[axis] < -travelMm)) return 15;
    // The real one waits with its answer until a block is free; hosts that wait for answers never see it.
    if (this.#queue.length >= PLANNER_BLOCKS) return 11;
    this.#queue.push({ to, feedMmPerS: feedMmPerMin / 60 });
    if (this.#state === 'Idle') this.#next();
    return undefined;
  }

  /** Brakes, and forgets what is planned. */
  cancelJog(): void {
    if (this.#state !== 'Jog') return;
    this.#queue = [];
    this.#path.stop(() => this.#rest());
  }

  /** @param done - called at the end, not if it is broken off */
  home(done: () => void): void {
    const start = this.position;
    this.#state = 'Home';
    this.#homed = done;
    this.#go(start, { X: 0, Y: 0, Z: 0 }, this.#options.homingMmPerS, () => {
      this.#rest();
      this.#homed?.();
      this.#homed = undefined;
    });
  }

  unlock(): void {
    if (this.#state === 'Alarm') this.#state = 'Idle';
  }

  /** Soft reset. In motion the position is lost, which is an alarm. */
  reset(): number | undefined {
    const alarm = this.#state === 'Home' ? 6 : this.#state === 'Jog' ? 3 : undefined;
    this.#halt();
    if (alarm !== undefined) this.#state = 'Alarm';
    return alarm;
  }

  /** An end switch is hit. */
  hitLimit(): void {
    this.#halt();
    this.#state = 'Alarm';
    this.#alarm = 1;
  }

  takeAlarm(): number | undefined {
    const alarm = this.#alarm;
    this.#alarm = undefined;
    return alarm;
  }

  #halt(): void {
    const here = this.position;
    this.#queue = [];
    this.#homed = undefined;
    this.#path.place(0);
    this.#from = this.#to = here;
    if (this.#state !== 'Alarm') this.#state = 'Idle';
  }

  #rest(): void {
    this.#from = this.#to = this.position;
    this.#path = this.#newPath(1);
    this.#state = 'Idle';
  }

  #next(): void {
    const block = this.#queue.shift();
    if (!block) {
      this.#rest();
      return;
    }
    this.#state = 'Jog';
    const start = this.position;
    this.#go(start, block.to, block.feedMmPerS, () => this.#next());
  }

  #go(from: GrblPosition, to: GrblPosition, feedMmPerS: number, ended: () => void): void {
    this.#path = this.#newPath(feedMmPerS);
    this.#from = from;
    this.#to = to;
    this.#path.moveTo(distance(from, to), ended);
  }

  #newPath(velocity: number): ProfileAxis {
    const { accelerationMmPerS2: acceleration } = this.#options;
    return new ProfileAxis(this.#clock, { velocity, acceleration, deceleration: acceleration });
  }
}

function mapAxes(map: (axis: GrblAxis) => number): GrblPosition {
  return { X: map('X'), Y: map('Y'), Z: map('Z') };
}

function distance(from: GrblPosition, to: GrblPosition): number {
  return Math.hypot(...AXES.map((axis) => to[axis] - from[axis]));
}
