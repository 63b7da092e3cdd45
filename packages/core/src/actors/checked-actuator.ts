import type { ActuatorDriver } from '../contracts/actuator-driver.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';

/** The same driver, whose answers are what the contract says: a position that is no number must not pass for one. */
export function checkedActuator(driver: ActuatorDriver): ActuatorDriver {
  return {
    units: driver.units,
    limits: driver.limits,
    identity: driver.identity,
    readPosition: async (signal) => {
      const position: unknown = await driver.readPosition(signal);
      if (typeof position === 'number' && Number.isFinite(position)) return position;
      throw senseless('the position', position);
    },
    startMove: (target, signal) => driver.startMove(target, signal),
    isMoving: async (signal) => {
      const moving: unknown = await driver.isMoving(signal);
      if (typeof moving === 'boolean') return moving;
      throw senseless('whether it is moving', moving);
    },
    stop: (signal) => driver.stop(signal),
    ...(driver.whenAtRest && { whenAtRest: driver.whenAtRest.bind(driver) }),
    ...(driver.moveMs && { moveMs: driver.moveMs.bind(driver) }),
    ...(driver.startHome && { startHome: driver.startHome.bind(driver) }),
    ...(driver.adjust && { adjust: driver.adjust }),
    close: () => driver.close(),
  };
}

function senseless(asked: string, answer: unknown): DaqtorError {
  return new DaqtorError('instrument.protocol', {
    problem: `asked for ${asked}, it answered ${String(answer)} (${typeof answer})`,
    advice: 'Check what the instrument sends; if that makes sense, this is a fault of the driver',
  });
}
