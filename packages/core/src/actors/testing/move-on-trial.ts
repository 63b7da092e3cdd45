import { filter, firstValueFrom, fromEventPattern } from 'rxjs';
import { z } from 'zod';
import type { ActuatorDriver } from '../../contracts/actuator-driver.ts';
import { defineActuator } from '../../contracts/define-actuator.ts';
import { SharedResources } from '../../lab/shared-resources.ts';
import type { Clock } from '../../time/clock.ts';
import { DaqMove } from '../daq-move.ts';
import { moveMachine } from '../move-machine.ts';
import { DriverFaults } from './driver-faults.ts';
import { type PathEvent, transitionsOf } from './machine-paths.ts';
import { GONE, type ModuleOnTrial, REFUSED } from './walk-module.ts';

interface OpenedActuator {
  readonly driver: ActuatorDriver;
  readonly clock: Clock;
  readonly targets: readonly [number, number];
  readonly epsilon: number;
  dispose?(): Promise<void>;
}

const BUSY = ['connecting', 'moving', 'homing', 'reading', 'setting', 'stopping', 'closing'];

/** Every transition that a DAQ_Move can be brought to make. */
export function moveTransitions(canHome: boolean) {
  const transitions = transitionsOf(moveMachine, (state, id) => {
    const next = id + 1;
    const ends: readonly PathEvent[] = [
      { type: 'done', id },
      { type: 'failed', id, error: GONE },
      { type: 'failed', id, error: REFUSED },
    ];
    const commands = ['connect', 'reconnect', 'set', 'move', 'read', 'stop', ...(canHome ? ['home'] : [])].map(
      (type) => ({
        type,
        id: next,
      }),
    );
    return [
      ...commands,
      ...(state === 'offline' || state === 'closing' ? [] : [{ type: 'close', id: next }]),
      ...(BUSY.includes(state) ? ends : []),
      { type: 'lost', error: GONE },
      { type: 'misread', error: REFUSED },
    ];
  });
  // The shortest way to a fault is not to connect at all; only with a driver there is something to stop.
  const loss = transitions.find(({ event }) => event.type === 'lost');
  return transitions.map((transition) =>
    loss && transition.from === 'faulted' && transition.event.type === 'stop'
      ? { ...transition, way: [...loss.way, loss] }
      : transition,
  );
}

/** A DAQ_Move on a driver on trial. */
export async function moveOnTrial(open: () => Promise<OpenedActuator>): Promise<ModuleOnTrial> {
  const faults = new DriverFaults();
  const first = await open();
  const opened = [first];
  let fresh: OpenedActuator | undefined = first;
  const plugin = defineActuator({
    kind: 'on-trial',
    title: 'Actuator on trial',
    settings: z.object({ trialled: z.number().default(0), renewed: z.number().default(0) }),
    connect: (_, { signal }) =>
      faults.call(signal, async () => {
        const one = fresh ?? (await open());
        if (!fresh) opened.push(one);
        fresh = undefined;
        return failing(one.driver, faults);
      }),
  });
  const x = new DaqMove('x', plugin({ epsilon: first.epsilon }), first.clock);
  const shared = new SharedResources();
  let set = 0;
  let at = 0;
  const misreading = async (event: PathEvent) => {
    const facts$ = fromEventPattern<{ type: string }>(
      (tell) => x.actor.on('*', tell),
      (_, subscription) => subscription.unsubscribe(),
    );
    const told = firstValueFrom(facts$.pipe(filter(({ type }) => type === 'faulted' || type === 'refused')));
    const looking = x.watch$(1e9).subscribe();
    faults.arm(event.error as typeof GONE);
    await told;
    looking.unsubscribe();
  };
  const commands: Readonly<Record<string, (event: PathEvent) => Promise<unknown>>> = {
    connect: () => x.connect({ share: shared.share.bind(shared) }),
    reconnect: () => x.set({ renewed: ++set }, { reconnect: true }),
    set: () => x.set({ trialled: ++set }),
    move: () => x.move(first.targets[at++ % 2] as number),
    home: () => x.home(),
    read: () => x.read(),
    stop: () => x.stop(),
    close: () => x.close(),
    lost: misreading,
    misread: misreading,
  };
  return {
    module: x,
    faults,
    perform: async (event) => await commands[event.type]?.(event),
    dispose: async () => {
      for (const one of opened) {
        await one.driver.close();
        await one.dispose?.();
      }
    },
  };
}

function failing(driver: ActuatorDriver, faults: DriverFaults): ActuatorDriver {
  const { whenAtRest, startHome } = driver;
  return {
    units: driver.units,
    limits: driver.limits,
    readPosition: (signal) => faults.call(signal, (inner) => driver.readPosition(inner)),
    startMove: (target, signal) => faults.call(signal, (inner) => driver.startMove(target, inner)),
    isMoving: (signal) => faults.call(signal, (inner) => driver.isMoving(inner)),
    stop: (signal) => faults.call(signal, (inner) => driver.stop(inner)),
    ...(whenAtRest && { whenAtRest: whenAtRest.bind(driver) }),
    ...(startHome && { startHome: (signal) => faults.call(signal, (inner) => startHome.call(driver, inner)) }),
    // Stands for settings that the driver may not have, by a call that takes as long as one of its own.
    adjust: {
      names: ['trialled'],
      apply: async (_wanted, _changed, signal) =>
        void (await faults.call(signal, (inner) => driver.readPosition(inner))),
    },
    close: () => faults.call(new AbortController().signal, () => driver.close()),
  };
}
