import type { Clock } from '@daqtor/core';
import { createRandom } from '../physics/random.ts';
import { Esp301Axis, type Esp301StageOptions } from './esp301-axis.ts';
import { ESP301_ERRORS, type Esp301QueuedError, Esp301Refusal } from './esp301-errors.ts';

/** One servo cycle; the time stamps of errors count them. */
const SERVO_CYCLE_MS = 0.4;
/** The error queue's length; what overflows pushes the oldest out. */
const ERROR_QUEUE_LENGTH = 10;

/** What all hosts of one controller share: its axes and its error queue. */
export class Esp301Controller {
  readonly clock: Clock;
  readonly axes: readonly Esp301Axis[];
  readonly #errors: Esp301QueuedError[] = [];

  constructor(clock: Clock, stages: readonly Esp301StageOptions[], seed: number) {
    this.clock = clock;
    this.axes = stages.map((stage, i) => {
      const random = createRandom(seed, `esp301 axis ${i + 1}`);
      return new Esp301Axis(i + 1, stage, clock, random, (refusal) => this.report(refusal));
    });
  }

  /** @throws Esp301Refusal for an axis that is not there */
  axis(number: number): Esp301Axis {
    const axis = this.axes[number - 1];
    if (!axis) throw Esp301Refusal.of('axisOutOfRange');
    return axis;
  }

  report({ code, text }: Esp301Refusal): void {
    this.#errors.push({ code, text, cycle: this.#cycle });
    if (this.#errors.length > ERROR_QUEUE_LENGTH) this.#errors.shift();
  }

  /** Takes the oldest error out of the queue; the manual's "no error" if there is none. */
  takeError(): Esp301QueuedError {
    const [code, text] = ESP301_ERRORS.none;
    return this.#errors.shift() ?? { code, text, cycle: this.#cycle };
  }

  get #cycle(): number {
    return Math.round(this.clock.now() / SERVO_CYCLE_MS);
  }
}
