import { z } from 'zod';
import type { ActuatorDriver } from '../contracts/actuator-driver.ts';
import type { ConnectContext } from '../contracts/connect-context.ts';
import { defineActuator } from '../contracts/define-actuator.ts';
import { defineDetector } from '../contracts/define-detector.ts';
import type { DetectorDriver } from '../contracts/detector-driver.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';

/** A driver in memory that obeys at once, with a record of what it was told. */
export interface StubActuator extends ActuatorDriver {
  /** Calls in order, e.g. `startMove 3`. */
  readonly calls: string[];
}

/**
 * An actuator in memory, in mm, that arrives at once; `overrides` replace calls, to make it slow, faulty or silent.
 *
 * @param overrides - given the context and the plain driver; what it returns replaces the driver's calls
 */
export function stubActuator(
  overrides: (context: ConnectContext, driver: StubActuator) => Partial<ActuatorDriver> = () => ({}),
) {
  return defineActuator({
    kind: 'stub-actuator',
    title: 'Actuator in memory',
    settings: z.object({}),
    connect: async (_, context) => {
      let position = 0;
      const calls: string[] = [];
      const driver: StubActuator = {
        calls,
        units: 'mm',
        readPosition: async () => position,
        startMove: async (target) => {
          calls.push(`startMove ${target}`);
          position = target;
        },
        isMoving: async () => false,
        stop: async () => {
          calls.push('stop');
        },
        close: async () => {
          calls.push('close');
        },
      };
      return Object.assign(driver, overrides(context, driver));
    },
  });
}

/**
 * A 0D detector in memory, in V, that counts its grabs.
 *
 * @param grab - replaces what it gives
 * @param overrides - given the context; what it returns replaces or adds calls of the driver
 */
export function stubDetector(
  grab?: DetectorDriver['grab'],
  overrides: (context: ConnectContext) => Partial<DetectorDriver> = () => ({}),
) {
  return defineDetector({
    kind: 'stub-detector',
    title: 'Detector in memory',
    settings: z.object({}),
    connect: async (_, context) => {
      let grabs = 0;
      return {
        grab: grab ?? (async () => [new DataWithAxes({ name: 'signal', data: [grabs++], units: 'V' })]),
        close: async () => {},
        ...overrides(context),
      };
    },
  });
}
