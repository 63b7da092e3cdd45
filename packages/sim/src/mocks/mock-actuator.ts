import {
  type ActuatorDriver,
  type Clock,
  checkUnits,
  DaqtorError,
  defineActuator,
  liveSettings,
  unitsSetting,
} from '@daqtor/core';
import { z } from 'zod';
import { atRest, moveProfile, stopProfile } from '../physics/trapezoidal-profile.ts';

const settings = z.object({
  units: unitsSetting.default('mm').describe('Units of the position'),
  initial: z.number().default(0).describe('Position at the start'),
  velocity: z.number().nonnegative().default(0).describe('Velocity in units per second; 0: moves take no time'),
  acceleration: z.number().positive().default(100).describe('Acceleration in units per second squared'),
  travel: z
    .tuple([z.number(), z.number()])
    .optional()
    .describe('Limits that the controller itself has, [min, max]; beyond them it refuses'),
  tells: z.boolean().default(false).describe('Whether the controller tells by itself when it has arrived'),
});

type Settings = z.output<typeof settings>;

/** An actuator without hardware or protocol, for tests and benchmarks. By default it arrives at once. */
export const mockActuator = defineActuator({
  kind: 'mock-actuator',
  title: 'Mock actuator',
  settings,
  connect: async (options, { clock }) => driverOf(options, clock),
});

function driverOf(options: Settings, clock: Clock): ActuatorDriver {
  const { units, initial, travel, tells } = options;
  let { velocity, acceleration } = options;
  let profile = atRest(initial);
  let startMs = clock.now();
  const elapsedS = () => (clock.now() - startMs) / 1000;
  const begin = (next: typeof profile) => {
    profile = next;
    startMs = clock.now();
  };
  const moveTo = (target: number) => {
    if (velocity === 0) begin(atRest(target));
    else
      begin(moveProfile(profile.stateAt(elapsedS()), target, { velocity, acceleration, deceleration: acceleration }));
  };
  return {
    units: checkUnits(units),
    ...(travel && { limits: { min: travel[0], max: travel[1] } }),
    identity: 'Daqtor mock actuator',
    async readPosition(signal) {
      signal.throwIfAborted();
      return profile.stateAt(elapsedS()).position;
    },
    async startMove(target, signal) {
      signal.throwIfAborted();
      if (travel && (target < travel[0] || target > travel[1])) {
        throw new DaqtorError('instrument.fault', {
          problem: `${target} ${units} lies beyond the travel of ${travel[0]} to ${travel[1]} ${units}`,
          advice: 'Ask for a position within the travel',
        });
      }
      moveTo(target);
    },
    async isMoving(signal) {
      signal.throwIfAborted();
      return elapsedS() < profile.durationS;
    },
    ...(tells && {
      async whenAtRest(signal: AbortSignal) {
        // A stop may have changed the profile meanwhile.
        while (elapsedS() < profile.durationS) await clock.sleep(1000 * (profile.durationS - elapsedS()), signal);
      },
    }),
    async stop() {
      if (elapsedS() < profile.durationS) begin(stopProfile(profile.stateAt(elapsedS()), acceleration));
    },
    async startHome(signal) {
      signal.throwIfAborted();
      moveTo(initial);
    },
    adjust: liveSettings<Settings, 'velocity' | 'acceleration'>({
      names: ['velocity', 'acceleration'],
      async apply(wanted, _, signal) {
        signal.throwIfAborted();
        ({ velocity, acceleration } = wanted);
      },
    }),
    async close() {},
  };
}
