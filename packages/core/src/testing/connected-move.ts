import { DaqMove } from '../actors/daq-move.ts';
import type { ActuatorDriver } from '../contracts/actuator-driver.ts';
import type { ConnectContext } from '../contracts/connect-context.ts';
import { SharedResources } from '../lab/shared-resources.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { type StubActuator, stubActuator } from './stub-instruments.ts';

type Settings = Parameters<ReturnType<typeof stubActuator>>[0];

/** A DAQ_Move named `x` on an actuator in memory, connected, in virtual time, with the facts that it tells. */
export async function connectedMove(
  overrides?: (context: ConnectContext, driver: StubActuator) => Partial<ActuatorDriver>,
  settings: Settings = {},
) {
  const clock = new VirtualClock();
  let driver: StubActuator | undefined;
  const plugin = stubActuator((context, plain) => {
    driver = plain;
    return overrides?.(context, plain) ?? {};
  });
  const x = new DaqMove('x', plugin(settings), clock);
  const facts: string[] = [];
  x.actor.on('*', ({ type }) => facts.push(type));
  const shared = new SharedResources();
  await x.connect({ share: shared.share.bind(shared) });
  return { x, clock, facts, driver: driver as StubActuator };
}

/** A stage that needs a second for any move. */
export const slow = ({ clock }: ConnectContext, driver: StubActuator): Partial<ActuatorDriver> => {
  let arrivesAt = 0;
  const { startMove } = driver;
  return {
    startMove: async (target, signal) => {
      arrivesAt = clock.now() + 1000;
      await startMove(target, signal);
    },
    isMoving: async () => clock.now() < arrivesAt,
    stop: async () => {
      driver.calls.push('stop');
      arrivesAt = clock.now();
    },
  };
};
