import { VirtualClock } from '@daqtor/core';
import { describeActuatorDriver } from '@daqtor/core/testing';
import { memoryPort, simulatedThorlabsApt } from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import {
  type AxisTrial,
  axisByTcp,
  axisInMemory,
  axisOnPty,
  homed,
  inMemory,
  untilAtRest,
} from '../testing/axis-on-trial.ts';
import { expectedProtocol } from '../testing/expected-protocol.ts';
import { scriptedPort, testContext } from '../testing/scripted-port.ts';
import { thorlabsApt } from './thorlabs-apt.ts';

const never = new AbortController().signal;
const STAGE = { stage: 'MTS50-Z8' } as const;
const QUICK: AxisTrial = {
  simulate: (clock) => simulatedThorlabsApt({ clock, stage: { travel: 5, velocity: 50, acceleration: 1000 } }),
  spec: (port) => thorlabsApt({ port, ...STAGE }),
  targets: [0.5, 4.5],
  epsilon: 0.001,
};

const controller = () => inMemory((clock) => simulatedThorlabsApt({ clock }));

/** As finely as the controller has them: counts per period of 2048/(6 MHz), with 16 bits after the point. */
const PER_PERIOD = 65_536 * (2048 / 6e6) * 34_304;

describeActuatorDriver(
  'thorlabsApt on a wire in memory, byte by byte',
  axisInMemory({
    simulate: (clock) => simulatedThorlabsApt({ clock }),
    spec: (port) => thorlabsApt({ port, ...STAGE }),
    targets: [1, 3.25],
    epsilon: 0.001,
    adjusted: { velocity: 1_000_000 / PER_PERIOD, acceleration: 500 / (PER_PERIOD * (2048 / 6e6)) },
  }),
);

describeActuatorDriver('thorlabsApt on a pseudo-terminal', axisOnPty(QUICK));

describeActuatorDriver('thorlabsApt by TCP', axisByTcp(QUICK));

/** Bytes in hexadecimal as the text that a scripted wire takes. */
const hex = (...parts: string[]) =>
  parts
    .join('')
    .replaceAll(' ', '')
    .replaceAll(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16)));

const INFO = hex(
  '06 00 54 00 81 50',
  'E1 0C 9C 01',
  '54 53 54 30 30 31 00 00',
  '10 00',
  '03 02 01 00',
  '00'.repeat(66),
);
const status = (position: string, bits: string) => hex('81 04 0E 00 81 50', '01 00', position, '00 00 00 00', bits);
const ASK_STATUS = hex('80 04 01 00 50 01');
const ASK_VELOCITY = hex('14 04 01 00 50 01');
const velocity = (acceleration: string, most: string) =>
  hex('15 04 0E 00 81 50', '01 00', '00 00 00 00', acceleration, most);

describe('thorlabsApt', () => {
  it('says to a stepper what the document of the protocol wants', async () => {
    await expectedProtocol(
      (port) => thorlabsApt({ port, countsPerUnit: 2048 }),
      [
        [hex('12 00 00 00 50 01 05 00 00 00 50 01'), INFO],
        [ASK_STATUS, status('00 00 00 00', '00 01 00 00')],
        [hex('10 02 01 01 50 01')],
        [ASK_STATUS, status('00 00 00 00', '00 01 00 80')],
        [ASK_VELOCITY, velocity('00 10 00 00', '00 20 00 00')],
        [hex('53 04 06 00 D0 01 01 00 00 08 00 00')],
        [ASK_STATUS, status('00 00 00 00', '10 01 00 80')],
        [ASK_STATUS, status('80 07 00 00', '10 01 00 80')],
        // The end of the motion, told unasked, and cut.
        [ASK_STATUS, `${hex('64 04 0E 00 81 50 01 00')}${status('00 08 00 00', '00 05 00 80')}`],
        [hex('43 04 01 00 50 01')],
        [ASK_STATUS, status('00 08 00 00', '00 07 00 80')],
        [hex('65 04 01 02 50 01')],
        [hex('65 04 01 02 50 01')],
        [ASK_STATUS, status('FF FF FF FF', '00 05 00 80')],
      ],
      async (driver) => {
        expect(driver).toMatchObject({ identity: 'Thorlabs TST001, serial 27004129, firmware 1.2.3', units: 'mm' });
        expect(driver.moveMs?.(0, 8)).toBe(4000);
        await driver.startMove(1, never);
        expect([await driver.isMoving(never), await driver.isMoving(never)]).toEqual([true, false]);
        await driver.startHome?.(never);
        await driver.stop(never);
      },
    );
  });

  it('sets velocity and acceleration in the units of the controller, and tells what it took', async () => {
    const idle = status('00 00 00 00', '00 01 00 80');
    await expectedProtocol(
      (port) => thorlabsApt({ port, countsPerUnit: 2048, velocity: 3 }),
      [
        [hex('12 00 00 00 50 01 05 00 00 00 50 01'), INFO],
        [ASK_STATUS, idle],
        [ASK_VELOCITY, velocity('00 10 00 00', '00 20 00 00')],
        [hex('13 04 0E 00 D0 01', '01 00', '00 00 00 00', '00 10 00 00', '00 18 00 00')],
        [ASK_STATUS, idle],
        [ASK_VELOCITY, velocity('00 10 00 00', '00 18 00 00')],
        [ASK_VELOCITY, velocity('00 10 00 00', '00 18 00 00')],
        [hex('13 04 0E 00 D0 01', '01 00', '00 00 00 00', '00 20 00 00', '00 18 00 00')],
        [ASK_STATUS, idle],
        // It has taken less than it was told.
        [ASK_VELOCITY, velocity('00 18 00 00', '00 18 00 00')],
        [ASK_VELOCITY, velocity('00 18 00 00', '00 18 00 00')],
      ],
      async (driver) => {
        expect(driver.moveMs?.(0, 30)).toBe(11_500);
        await driver.adjust?.apply({ velocity: 3, acceleration: 4 }, new Set(['acceleration']), never);
        expect(await driver.adjust?.read?.(never)).toEqual({ velocity: 3, acceleration: 3 });
        expect(driver.moveMs?.(0, 30)).toBe(11_000);
        await expect(driver.adjust?.apply({ velocity: 2e6 }, new Set(['velocity']), never)).rejects.toMatchObject({
          code: 'lab.settings',
          problem: 'velocity 2000000 mm/s is more than the controller can be told',
        });
      },
    );
  });

  it('sets no velocity of a model whose units it does not know, and says so', async () => {
    const clock = new VirtualClock();
    const bench = () => memoryPort('stage', simulatedThorlabsApt({ clock, model: 'XYZ123' }), clock);
    const { context } = testContext(clock);
    const driver = await thorlabsApt({ port: bench(), ...STAGE }).connect(context);
    expect([driver.moveMs, driver.adjust]).toEqual([undefined, undefined]);
    await expect(thorlabsApt({ port: bench(), ...STAGE, velocity: 1 }).connect(context)).rejects.toMatchObject({
      code: 'lab.settings',
      problem: expect.stringContaining('a XYZ123 has its velocities'),
    });
  });

  it('acknowledges what a servo tells, which would fall silent otherwise', async () => {
    const { clock, port, context } = inMemory((clock) =>
      simulatedThorlabsApt({ clock, wantsEveryAcknowledgement: true }),
    );
    const driver = await thorlabsApt({ port, ...STAGE }).connect(context);
    for (let i = 0; i < 200; i++) await driver.readPosition(never);
    expect(clock.now()).toBeLessThan(2000);
  });

  it('knows how long a move takes, from the parameters of the controller', async () => {
    const { clock, port, context } = controller();
    const driver = await homed(await thorlabsApt({ port, ...STAGE }).connect(context), clock);
    const beganMs = clock.now();
    await driver.startMove(10, never);
    await untilAtRest(driver, clock);
    const tookMs = clock.now() - beganMs;
    expect(Math.abs(tookMs - (driver.moveMs?.(0, 10) ?? 0))).toBeLessThan(60);
    expect(driver.moveMs?.(0, 0.1)).toBeCloseTo(2000 * Math.sqrt(0.1 / 4.5), -1);
  });

  it('reports a motion that something held up', async () => {
    const { clock, simulated, port, context } = controller();
    const driver = await homed(await thorlabsApt({ port, ...STAGE }).connect(context), clock);
    await driver.startMove(10, never);
    expect(await driver.isMoving(never)).toBe(true);
    simulated.block();
    await expect(driver.isMoving(never)).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: expect.stringContaining('motion error'),
    });
    expect(await driver.isMoving(never)).toBe(false);
  });

  it('reports an axis that never starts, after the time that it may take to start', async () => {
    const never0 = status('00 00 00 00', '00 01 00 80');
    const clock = new VirtualClock();
    const port = scriptedPort((sent) => {
      if (sent.startsWith('\x12')) return INFO;
      if (sent === ASK_VELOCITY) return velocity('00 10 00 00', '00 20 00 00');
      return sent === ASK_STATUS ? never0 : undefined;
    });
    const driver = await thorlabsApt({ port, countsPerUnit: 2048 }).connect(testContext(clock).context);
    await driver.startMove(1, never);
    await clock.sleep(499);
    expect(await driver.isMoving(never)).toBe(true);
    await clock.sleep(1);
    await expect(driver.isMoving(never)).rejects.toMatchObject({ problem: 'the motion failed: the axis did not move' });
  });

  it('reports what the controller says of a command that it refuses', async () => {
    const refusal = hex('81 00 44 00 81 50', '53 04', '2A 00') + 'Not now'.padEnd(64, '\0');
    const idle = status('00 00 00 00', '00 01 00 80');
    let isRefusing = false;
    const port = scriptedPort((sent) => {
      if (sent.startsWith('\x12')) return INFO;
      if (sent === ASK_VELOCITY) return velocity('00 10 00 00', '00 20 00 00');
      if (sent.startsWith('\x53')) isRefusing = true;
      return sent === ASK_STATUS ? (isRefusing ? refusal : '') + idle : undefined;
    });
    const driver = await thorlabsApt({ port, countsPerUnit: 2048 }).connect(testContext(new VirtualClock()).context);
    await expect(driver.startMove(1, never)).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: 'the move to 1 mm was refused: error 42, Not now',
    });
  });

  it('wants to know the stage, and refuses what cannot be counted', async () => {
    const { port, context } = controller();
    await expect(thorlabsApt({ port }).connect(context)).rejects.toMatchObject({ code: 'lab.settings' });
    const driver = await thorlabsApt({ port, ...STAGE }).connect(context);
    await expect(driver.startMove(1e6, never)).rejects.toMatchObject({ code: 'instrument.fault' });
  });
});
