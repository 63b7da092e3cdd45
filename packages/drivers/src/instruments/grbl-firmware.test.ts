import { readFileSync } from 'node:fs';
import { type ActuatorDriver, VirtualClock } from '@daqtor/core';
import { describeActuatorDriver } from '@daqtor/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { avrBoard } from '../testing/avr-board.ts';
import { untilAtRest } from '../testing/axis-on-trial.ts';
import { testContext } from '../testing/scripted-port.ts';
import { grbl } from './grbl.ts';

const never = new AbortController().signal;
// Each instruction of the firmware is executed.
vi.setConfig({ testTimeout: 300_000 });
const path = process.env.DAQTOR_GRBL_HEX;
const hex = path === undefined ? '' : readFileSync(path, 'latin1');

/** GRBL is not ours to ship: whoever has its firmware names it. */
const TITLE = path === undefined ? 'not run: DAQTOR_GRBL_HEX names no firmware (grbl.hex, ATmega328P)' : `with ${path}`;

function withoutHoming({ startHome: _, ...driver }: ActuatorDriver): ActuatorDriver {
  return driver;
}

describe.skipIf(path === undefined)(`grbl on the firmware of an Arduino, ${TITLE}`, () => {
  const board = async (axis: 'X' | 'Y' | 'Z' = 'X') => {
    const clock = new VirtualClock();
    const { context } = testContext(clock);
    const port = avrBoard(hex, clock);
    return { clock, port, context, driver: await grbl({ port, axis }).connect(context) };
  };

  describeActuatorDriver('grbl on its own firmware', async () => {
    const { clock, driver } = await board();
    // There are no switches to search a reference by.
    return { driver: withoutHoming(driver), clock, targets: [0.2, 0.7], epsilon: 0.005 };
  });

  it('is GRBL 1.1, and has no limits where it has no switches', async () => {
    const { driver } = await board();
    expect(driver).toMatchObject({ identity: expect.stringMatching(/^GRBL 1\.1/), units: 'mm', limits: undefined });
    await driver.close();
  });

  it('moves two axes at once, and tells the one that did not arrive since the other was stopped', async () => {
    const { clock, port, context, driver: x } = await board();
    const y = await grbl({ port, axis: 'Y' }).connect(context);
    await x.startMove(0.5, never);
    await y.startMove(2, never);
    await untilAtRest(x, clock);
    await y.startMove(3, never);
    await x.stop(never);
    await expect(untilAtRest(y, clock)).rejects.toThrow('before its target of 3 mm');
    await Promise.all([x.close(), y.close()]);
  });

  it('refuses to search a reference that it has no switches for', async () => {
    const { driver } = await board();
    await expect(driver.startHome?.(never)).rejects.toThrow('error:5, homing is not enabled');
    await driver.close();
  });
});
