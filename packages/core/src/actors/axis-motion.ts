import type { ActuatorDriver } from '../contracts/actuator-driver.ts';
import type { ActuatorSettings } from '../contracts/define-actuator.ts';
import type { Clock } from '../time/clock.ts';
import { approachPoint } from './backlash.ts';
import type { TaskWatch } from './command-desk.ts';
import { type DriveOptions, drive, untilAtRest } from './drive.ts';

/** The axis that is moved, and who looks at it. */
export interface AxisMotionOptions {
  readonly clock: Clock;
  readonly driver: () => ActuatorDriver;
  readonly settings: () => ActuatorSettings;
  /** Where it was read last, in its units. */
  readonly position: () => number;
  /** Told of every position that is read. */
  readonly seen: (position: number) => void;
  /** Whether anybody looks at positions on the way. */
  readonly watched: () => boolean;
  /** Resolves when nobody else asks the driver; undefined if nobody does. */
  readonly whenFree: (signal: AbortSignal) => Promise<void> | undefined;
}

/** Moves one axis, and knows what only its moves can tell: whether it is at rest, and where the play of the mechanics is. */
export class AxisMotion {
  readonly #options: AxisMotionOptions;
  /** Whether the last move ended in the direction of approach, so that the play of the mechanics is on that side. */
  #playTaken = false;
  #atRest = true;

  constructor(options: AxisMotionOptions) {
    this.#options = options;
  }

  /** False from the moment a motion is commanded until rest was confirmed: closing must then stop the axis first. */
  get isAtRest(): boolean {
    return this.#atRest;
  }

  /** Nobody knows any more on which side the play is. */
  forgetPlay(): void {
    this.#playTaken = false;
  }

  /**
   * Moves to a target, approached from the side that the backlash asks for.
   *
   * @param answered - told each time that the controller has answered, for a motion that may take any time
   * @returns where it arrived, read back
   */
  async to(target: number, signal: AbortSignal, answered?: TaskWatch['answered']): Promise<number> {
    const { driver, settings, position, whenFree } = this.#options;
    const free = whenFree(signal);
    if (free) await free;
    this.#atRest = false;
    const via = approachPoint(position(), target, settings().backlash, this.#playTaken);
    this.#playTaken = false;
    const options = answered ? { ...this.#driveOptions, answered } : this.#driveOptions;
    const arrived = await drive(driver(), { target, via }, options, signal);
    this.#playTaken = true;
    this.#atRest = true;
    return arrived;
  }

  /** Searches the reference, where the driver can. */
  async home(signal: AbortSignal): Promise<number> {
    const free = this.#options.whenFree(signal);
    if (free) await free;
    this.#atRest = false;
    this.#playTaken = false;
    await this.#options.driver().startHome?.(signal);
    return await this.#rest(signal);
  }

  /** Brings it to rest, whatever else is asked of the driver. */
  async stop(driver: ActuatorDriver, signal: AbortSignal): Promise<number> {
    await driver.stop(signal);
    const free = this.#options.whenFree(signal);
    if (free) await free;
    return await this.#rest(signal);
  }

  async #rest(signal: AbortSignal): Promise<number> {
    const position = await untilAtRest(this.#options.driver(), this.#driveOptions, signal);
    this.#atRest = true;
    return position;
  }

  get #driveOptions(): DriveOptions {
    const { clock, settings, seen, watched } = this.#options;
    const { epsilon, pollMs, done, settleMs } = settings();
    return { epsilon, pollMs, done, settleMs, clock, seen, watched };
  }
}
