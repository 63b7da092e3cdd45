import { realClock } from '@daqtor/core';
import { describeActuatorDriver, describeDetectorDriver } from '@daqtor/core/testing';
import {
  servePty,
  simulatedEsp301,
  simulatedHp34401a,
  simulatedKeithley2000,
  simulatedKeithley2400,
} from '@daqtor/sim';
import { expect, it } from 'vitest';
import { testContext } from '../testing/scripted-port.ts';
import { esp301 } from './esp301.ts';
import { hp34401a } from './hp34401a.ts';
import { keithley2000 } from './keithley2000.ts';
import { keithley2400Source } from './keithley2400-source.ts';

it('shares one port between the two axes of a controller', async () => {
  const served = await servePty(simulatedEsp301({ clock: realClock }));
  const { context, held } = testContext(realClock);
  const axis = (number: number) => esp301({ port: served.address, axis: number }).connect(context);
  const [x, y] = await Promise.all([axis(1), axis(2)]);
  const { signal } = new AbortController();
  await Promise.all([x.startMove(0.01, signal), y.startMove(-0.01, signal)]);
  await expect.poll(() => Promise.all([x.isMoving(signal), y.isMoving(signal)])).toEqual([false, false]);
  expect(await x.readPosition(signal)).toBeCloseTo(0.01, 2);
  expect(await y.readPosition(signal)).toBeCloseTo(-0.01, 2);
  await Promise.all([x.close(), y.close()]);
  expect(held.size).toBe(0);
  await served.close();
});

describeActuatorDriver('esp301 on a pseudo-terminal', async () => {
  const stages = [{ velocityMmPerS: 40, accelerationMmPerS2: 4000 }];
  const served = await servePty(simulatedEsp301({ clock: realClock, stages }));
  const driver = await esp301({ port: served.address, axis: 1 }).connect(testContext(realClock).context);
  return { driver, clock: realClock, targets: [-1, 1.25], epsilon: 0.002, dispose: () => served.close() };
});

describeDetectorDriver('keithley2000 on a pseudo-terminal', async () => {
  const served = await servePty(simulatedKeithley2000({ clock: realClock, input: () => 1.25 }));
  const driver = await keithley2000({ port: served.address, nplc: 0.1 }).connect(testContext(realClock).context);
  return { driver, dispose: () => served.close() };
});

describeDetectorDriver('hp34401a on a pseudo-terminal', async () => {
  const served = await servePty(simulatedHp34401a({ clock: realClock, input: () => 1.25 }));
  const driver = await hp34401a({ port: served.address, nplc: 0.02 }).connect(testContext(realClock).context);
  return { driver, dispose: () => served.close() };
});

describeActuatorDriver('keithley2400Source on a pseudo-terminal', async () => {
  const served = await servePty(simulatedKeithley2400({ clock: realClock }));
  const spec = keithley2400Source({ port: served.address, source: 'voltage', compliance: 0.01, rampPerS: 20 });
  const driver = await spec.connect(testContext(realClock).context);
  return { driver, clock: realClock, targets: [-1, 2], epsilon: 0.001, dispose: () => served.close() };
});
