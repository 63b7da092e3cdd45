import { defineActuator, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { createRandom } from '../physics/random.ts';
import { MOCK_AXES, type MockAxisName, MockController } from './mock-controller.ts';

const AXES = Object.keys(MOCK_AXES) as MockAxisName[];

const settings = z.object({
  controller: z
    .string()
    .min(1)
    .default('mock')
    .describe('Name of the controller: axes of one name share its connection'),
  axis: z
    .enum(AXES)
    .default('X')
    .describe(`Axis of the controller: ${AXES.map((axis) => `${axis} in ${MOCK_AXES[axis].units}`).join(', ')}`),
  tauMs: z
    .number()
    .positive()
    .default(500)
    .describe('Time of a move in ms, whatever its length; one for all axes of the controller'),
  seed: z.int().default(1).describe('Seed of the fluctuations of the positions'),
});
type Settings = z.output<typeof settings>;

/**
 * One axis of a controller that several axes share, as PyMoDAQ's `daq_move_Mock`: for teaching, and for tests of what shares a
 * connection. Source: the behaviour of pymodaq_plugins_mock (`ActuatorWrapperWithTauMultiAxes`); its groups of axes, which wait for
 * each other, are left out.
 */
export const mockAxis = defineActuator({
  kind: 'mock-axis',
  title: 'Mock axis of a controller',
  settings,
  async connect({ controller: name, axis, tauMs, seed }, { clock, share }) {
    const { value: controller, release } = await share(
      `mock-controller:${name}`,
      async () => new MockController(clock, createRandom(seed, `mock controller ${name}`)),
    );
    controller.tauMs = tauMs;
    return {
      identity: `Daqtor mock controller ${name}, axis ${axis}`,
      units: MOCK_AXES[axis].units,
      async readPosition(signal) {
        signal.throwIfAborted();
        return controller.read(axis);
      },
      async startMove(target, signal) {
        signal.throwIfAborted();
        controller.moveTo(axis, target);
      },
      async isMoving(signal) {
        signal.throwIfAborted();
        return controller.isMoving(axis);
      },
      async stop() {
        controller.stop(axis);
      },
      async startHome(signal) {
        signal.throwIfAborted();
        controller.moveTo(axis, 0);
      },
      adjust: liveSettings<Settings, 'tauMs'>({
        names: ['tauMs'],
        async apply(wanted, _, signal) {
          signal.throwIfAborted();
          controller.tauMs = wanted.tauMs;
        },
        // Another axis may have changed it.
        read: async () => ({ tauMs: controller.tauMs }),
      }),
      close: release,
    };
  },
});
