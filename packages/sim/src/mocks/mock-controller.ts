import type { Clock } from '@daqtor/core';
import type { Random } from '../physics/random.ts';

/** The axes of the controller: units, as pint reads them, and how near is arrived. */
export const MOCK_AXES = {
  X: { units: 'um', epsilon: 1 },
  Y: { units: 'mm', epsilon: 0.0001 },
  Theta: { units: 'deg', epsilon: 1 },
  Power: { units: 'mW', epsilon: 1 },
  Temp: { units: 'degC', epsilon: 0.1 },
} as const;
export type MockAxisName = keyof typeof MOCK_AXES;

interface Motion {
  readonly from: number;
  readonly to: number;
  readonly startMs: number;
  /** Time in which it is as near as its axis wants, in ms. */
  readonly arrivesMs: number;
}

/**
 * The controller of PyMoDAQ's mock move: five axes, one connection. Each goes exponentially to its target, and is within its
 * epsilon of it after the time `tauMs`, which is one for all axes.
 */
export class MockController {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #positions = new Map<MockAxisName, number>();
  readonly #motions = new Map<MockAxisName, Motion>();
  tauMs = 500;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** As it is measured: with fluctuations of a tenth of the epsilon. */
  read(axis: MockAxisName): number {
    return this.#at(axis) + ((this.#random.uniform() - 0.5) * MOCK_AXES[axis].epsilon) / 10;
  }

  moveTo(axis: MockAxisName, to: number): void {
    const from = this.#at(axis);
    this.#motions.set(axis, { from, to, startMs: this.#clock.now(), arrivesMs: this.tauMs });
  }

  isMoving(axis: MockAxisName): boolean {
    const motion = this.#motions.get(axis);
    if (!motion) return false;
    if (Math.abs(this.#at(axis) - motion.to) > MOCK_AXES[axis].epsilon) return true;
    this.stop(axis);
    return false;
  }

  stop(axis: MockAxisName): void {
    this.#positions.set(axis, this.#at(axis));
    this.#motions.delete(axis);
  }

  async close(): Promise<void> {
    for (const axis of this.#motions.keys()) this.stop(axis);
  }

  #at(axis: MockAxisName): number {
    const motion = this.#motions.get(axis);
    if (!motion) return this.#positions.get(axis) ?? 0;
    const { from, to, startMs, arrivesMs } = motion;
    const way = Math.abs(to - from);
    const { epsilon } = MOCK_AXES[axis];
    // A way that is shorter than the epsilon is gone as fast as one of ten times that.
    const decay = Math.log(way > epsilon ? way / epsilon : 10);
    return to + (from - to) * Math.exp((-decay * (this.#clock.now() - startMs)) / arrivesMs);
  }
}
