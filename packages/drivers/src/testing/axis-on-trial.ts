import {
  type ActuatorDriver,
  type ActuatorSpec,
  type Clock,
  realClock,
  VirtualClock,
  type WirePort,
} from '@daqtor/core';
import type { ActuatorOnTrial } from '@daqtor/core/testing';
import { memoryPort, type SimulatedInstrument, servePty, serveTcp } from '@daqtor/sim';
import { testContext } from './scripted-port.ts';

const never = new AbortController().signal;

/** An axis and its simulator, to be tried on any wire. */
export interface AxisTrial extends Pick<ActuatorOnTrial, 'targets' | 'epsilon'> {
  simulate(clock: Clock): SimulatedInstrument;
  spec(port: WirePort | string): ActuatorSpec;
  /** A change of each setting that can be changed while it is connected. */
  readonly adjusted?: Readonly<Record<string, unknown>>;
}

/** A simulator on a wire in memory that cuts what it says at every byte, in virtual time, and what a driver connects with. */
export function inMemory<Simulated extends SimulatedInstrument>(simulate: (clock: Clock) => Simulated) {
  const clock = new VirtualClock();
  const simulated = simulate(clock);
  const port = memoryPort(simulated.title, simulated, clock, { latencyMs: 2, fragmentBytes: 1 });
  return { clock, simulated, port, ...testContext(clock) };
}

/** Resolves once the axis is at rest. */
export async function untilAtRest(driver: ActuatorDriver, clock: Clock): Promise<void> {
  while (await driver.isMoving(never)) await clock.sleep(10);
}

/** Searches the reference, where the axis has one. */
export async function homed(driver: ActuatorDriver, clock: Clock): Promise<ActuatorDriver> {
  await driver.startHome?.(never);
  await untilAtRest(driver, clock);
  return driver;
}

/** Opens an axis for `describeActuatorDriver`, with its reference found. */
export const axisInMemory = (trial: AxisTrial) => async (): Promise<ActuatorOnTrial> => {
  const { clock, port } = inMemory(trial.simulate);
  return openAxis(trial, port, clock);
};

export const axisOnPty = (trial: AxisTrial) => async (): Promise<ActuatorOnTrial> => {
  const served = await servePty(trial.simulate(realClock));
  return { ...(await openAxis(trial, served.address, realClock)), dispose: () => served.close() };
};

export const axisByTcp = (trial: AxisTrial) => async (): Promise<ActuatorOnTrial> => {
  const served = await serveTcp(trial.simulate(realClock));
  return { ...(await openAxis(trial, served.address, realClock)), dispose: () => served.close() };
};

async function openAxis(trial: AxisTrial, port: WirePort | string, clock: Clock): Promise<ActuatorOnTrial> {
  const { targets, epsilon, adjusted } = trial;
  const spec = trial.spec(port);
  const driver = await homed(await spec.connect(testContext(clock).context), clock);
  return { driver, clock, targets, epsilon, ...(adjusted && { adjusted: { ...spec.settings, ...adjusted } }) };
}
