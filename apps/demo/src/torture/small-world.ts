import {
  type ActuatorDriver,
  type ActuatorSpec,
  type Clock,
  type DaqtorError,
  DataWithAxes,
  type DetectorSpec,
  defineActuator,
  defineDetector,
} from '@daqtor/core';
import { z } from 'zod';

/** How fast axes go, in mm per ms. */
const SPEED = 0.2;
/** How long a call of a driver takes. */
const CALL_MS = 0.5;
const METER_MS = 4;
const CAMERA_MS = 6;

interface Motion {
  from: number;
  to: number;
  beganMs: number;
}

/** What goes wrong in a move to a target, or in a grab. */
export type Fault = (module: string, target?: number) => DaqtorError | undefined;

/**
 * Two axes that take their time, and two detectors that see where the axes are while they expose: a point that is
 * measured in motion, or elsewhere, has other values. `meter` obeys an abort, `camera` does not.
 */
export class SmallWorld {
  readonly #clock: Clock;
  readonly #motions = new Map<string, Motion>();
  #exposures = 0;
  /** Asked at the beginning of each move and each grab, with the name of the module. */
  fault: Fault = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What must not be going on while a scan rests. */
  get restless(): string | undefined {
    for (const [name, motion] of this.#motions) if (this.#isMoving(motion)) return `${name} moves`;
    return this.#exposures > 0 ? 'a detector exposes' : undefined;
  }

  /** @param at - where it is at the beginning */
  axis(name: string, at: number): ActuatorSpec {
    const plugin = defineActuator({
      kind: 'small-world-axis',
      title: 'Axis of a small world',
      settings: z.object({}),
      connect: async () => this.#axisDriver(name, at),
    });
    return plugin({ timeoutMs: 1000 });
  }

  /** @param obeys - whether an abort ends an exposure */
  detector(name: 'meter' | 'camera'): DetectorSpec {
    const plugin = defineDetector({
      kind: 'small-world-detector',
      title: 'Detector of a small world',
      settings: z.object({}),
      connect: async () => ({ grab: (signal) => this.#expose(name, signal), close: async () => {} }),
    });
    return plugin({ timeoutMs: 1000 });
  }

  #axisDriver(name: string, at: number): ActuatorDriver {
    const clock = this.#clock;
    const motion: Motion = this.#motions.get(name) ?? { from: at, to: at, beganMs: Number.NEGATIVE_INFINITY };
    this.#motions.set(name, motion);
    const go = (to: number) => Object.assign(motion, { from: this.#positionOf(motion), to, beganMs: clock.now() });
    return {
      units: 'mm',
      readPosition: () => clock.sleep(CALL_MS).then(() => this.#positionOf(motion)),
      startMove: async (target) => {
        await clock.sleep(CALL_MS);
        const error = this.fault(name, target);
        if (error) throw error;
        go(target);
      },
      isMoving: () => clock.sleep(CALL_MS).then(() => this.#isMoving(motion)),
      stop: () => clock.sleep(CALL_MS).then(() => void go(this.#positionOf(motion))),
      close: async () => {},
    };
  }

  #isMoving({ from, to, beganMs }: Motion): boolean {
    return this.#clock.now() < beganMs + Math.abs(to - from) / SPEED;
  }

  #positionOf(motion: Motion): number {
    if (!this.#isMoving(motion)) return motion.to;
    const { from, to, beganMs } = motion;
    return from + Math.sign(to - from) * SPEED * (this.#clock.now() - beganMs);
  }

  async #expose(name: 'meter' | 'camera', signal: AbortSignal): Promise<readonly DataWithAxes[]> {
    this.#exposures++;
    try {
      const before = this.#seen();
      if (name === 'meter') await this.#clock.sleep(METER_MS, signal);
      else await this.#clock.sleep(CAMERA_MS);
      const error = this.fault(name);
      if (error) throw error;
      const value = (before + this.#seen()) / 2;
      if (name === 'meter') return [new DataWithAxes({ name, data: [value], units: 'V' })];
      return [new DataWithAxes({ name, data: [Float64Array.of(value, -value, 1)], units: 'count' })];
    } finally {
      this.#exposures--;
    }
  }

  /** A number that no two places have in common. */
  #seen(): number {
    let seen = 1;
    for (const motion of this.#motions.values()) seen = 17 * seen + this.#positionOf(motion);
    return seen;
  }
}
