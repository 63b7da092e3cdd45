import { BehaviorSubject } from 'rxjs';
import { createActor } from 'xstate';
import type { ActuatorDriver } from '../contracts/actuator-driver.ts';
import { type ActuatorSettings, type ActuatorSpec, actuatorSettings } from '../contracts/define-actuator.ts';
import type { Clock } from '../time/clock.ts';
import { AxisMotion } from './axis-motion.ts';
import { checkedActuator } from './checked-actuator.ts';
import { DriverKeeper } from './driver-keeper.ts';
import { ModuleSettings } from './module-settings.ts';
import { moveMachine } from './move-machine.ts';
import { PositionReader } from './position-reader.ts';
import { scaledActuator } from './scaled-actuator.ts';
import { SettingsDesk } from './settings-desk.ts';

export type MoveSettings = ActuatorSettings & Readonly<Record<string, unknown>>;

/** What the module itself does with each of these; its driver is adapted to the scale when it is connected. */
export const OWN_MOVE_SETTINGS: ReadonlySet<string> = new Set(
  Object.keys(actuatorSettings.shape).filter((name) => name !== 'scale'),
);

export type MoveParts = ReturnType<typeof movePartsOf>;

/**
 * What a DAQ_Move is made of, put together: the machine decides when, the keeper has the driver, the motion moves it.
 *
 * @param stop - brings the axis to rest, before it is let go to be connected again
 */
export function movePartsOf(name: string, spec: ActuatorSpec, clock: Clock, stop: () => Promise<unknown>) {
  const position = new BehaviorSubject(Number.NaN);
  const settings = new ModuleSettings<MoveSettings>(spec);
  const seen = (where: number) => position.next(where);
  const actor = createActor(moveMachine, {
    clock: clock as never,
    input: { begin: (id: number): void => keeper.begin(id) },
  });
  const state = () => actor.getSnapshot().value;
  const keeper = new DriverKeeper<ActuatorDriver, 'move' | 'home' | 'read' | 'stop', MoveSettings>({
    name,
    spec,
    settings,
    adapt: (driver) => scaledActuator(checkedActuator(driver), settings.asked.scale ?? { offset: 0 }),
    greet: async (driver, signal) => {
      motion.forgetPlay();
      reader.abort();
      seen(await driver.readPosition(signal));
    },
    clock,
    state,
    send: (event) => actor.send(event),
  });
  const reader = new PositionReader({
    name,
    clock,
    timeoutMs: () => settings.current.timeoutMs,
    read: (signal) => keeper.driver.readPosition(signal),
    seen,
    failed: (type, error) => actor.send({ type, error }),
  });
  const whenFree = (signal: AbortSignal) => (reader.isBusy ? reader.whenFree(signal) : undefined);
  const motion = new AxisMotion({
    clock,
    driver: () => keeper.driver,
    settings: () => settings.current,
    position: () => position.value,
    seen,
    watched: () => position.observed,
    whenFree,
  });
  const changes = new SettingsDesk({
    name,
    settings,
    keeper,
    state,
    own: OWN_MOVE_SETTINGS,
    inTurn: async (ask, signal) => {
      await whenFree(signal);
      return await ask();
    },
    beforeReconnect: () => (motion.isAtRest ? undefined : stop()),
    tell: (changes) => {
      if ('backlash' in changes) motion.forgetPlay();
      actor.send({ type: 'settingsChanged', changes });
    },
  });
  return { actor, settings, keeper, reader, motion, changes, position };
}
