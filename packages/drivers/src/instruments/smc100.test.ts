import { describeActuatorDriver } from '@daqtor/core/testing';
import { simulatedSmc100 } from '@daqtor/sim';
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
import { type ExpectedExchange, expectedProtocol } from '../testing/expected-protocol.ts';
import { smc100 } from './smc100.ts';

const never = new AbortController().signal;

const chain = () => inMemory((clock) => simulatedSmc100({ clock, stages: [{}, {}] }));

const quick = (version: string): AxisTrial => ({
  simulate: (clock) =>
    simulatedSmc100({ clock, version, stages: [{ travelMm: 5, velocityMmPerS: 100, accelerationMmPerS2: 1000 }] }),
  spec: (port) => smc100({ port }),
  targets: [0.5, 4.5],
  epsilon: 0.001,
});

describeActuatorDriver(
  'smc100 on a wire in memory, byte by byte',
  axisInMemory({
    simulate: (clock) => simulatedSmc100({ clock, stages: [{}, {}] }),
    spec: (port) => smc100({ port }),
    targets: [1, 3.25],
    epsilon: 0.001,
    adjusted: { velocity: 0.7 },
  }),
);

describeActuatorDriver('smc100 on a pseudo-terminal', axisOnPty(quick('SMC_CC_3.0.2')));

describeActuatorDriver('smc100 (a CONEX-CC) by TCP', axisByTcp(quick('CONEX-CC 2.0.1')));

describe('smc100', () => {
  const CONNECTING: ExpectedExchange[] = [
    ['2VE\r\n', '2VE SMC_CC_3.0.2\r\n'],
    ['2TE?\r\n', '2TE@\r\n'],
    ['2TS?\r\n', '2TS00003D\r\n'],
    ['2MM1\r\n'],
    ['2TE?\r\n', '2TE@\r\n'],
    ['2SL?\r\n', '2SL-5\r\n'],
    ['2SR?\r\n', '2SR5\r\n'],
    ['2AC?\r\n', '2AC40\r\n'],
    ['2VA?\r\n', '2VA4\r\n'],
  ];

  it('says what the manual wants', async () => {
    await expectedProtocol(
      (port) => smc100({ port, address: 2, units: 'deg' }),
      [
        ...CONNECTING,
        ['2PA0.000002\r\n'],
        ['2TE?\r\n', '2TE@\r\n'],
        ['2TS?\r\n', '2TS000028\r\n'],
        ['2TS?\r\n', '2TS000033\r\n'],
        ['2TP?\r\n', '2TP0.0000021\r\n'],
        ['2ST\r\n'],
        ['2ST\r\n'],
        ['2TE?\r\n', '2TEK\r\n'],
      ],
      async (driver) => {
        expect(driver).toMatchObject({ identity: 'Newport SMC_CC_3.0.2', units: 'deg', limits: { min: -5, max: 5 } });
        expect(driver.moveMs?.(-2, 2)).toBeCloseTo(1100, 9);
        await driver.startMove(1.5e-6, never);
        expect(await driver.isMoving(never)).toBe(true);
        expect(await driver.isMoving(never)).toBe(false);
        expect(await driver.readPosition(never)).toBe(2.1e-6);
        await driver.stop(never);
      },
    );
  });

  it('takes no answer of another controller for its own', async () => {
    await expect(
      expectedProtocol(
        (port) => smc100({ port, address: 2 }),
        [
          ['2VE\r\n', '2VE SMC_CC_3.0.2\r\n'],
          ['2TE?\r\n', '1TE@\r\n'],
        ],
      ),
    ).rejects.toMatchObject({ code: 'instrument.protocol', problem: "'2TE?' was answered with '1TE@'" });
  });

  it('refuses to move before the reference was found, and says so', async () => {
    const { port, context } = chain();
    const driver = await smc100({ port }).connect(context);
    await expect(driver.startMove(1, never)).rejects.toMatchObject({
      code: 'instrument.fault',
      message:
        'the move to 1 mm failed: error H, not allowed before the reference was found. Search the reference first.',
    });
    expect(await driver.isMoving(never)).toBe(false);
    await driver.stop(never);
  });

  it('reports a motion that failed on the way, and what to do', async () => {
    const { clock, simulated, port, context } = chain();
    const driver = await homed(await smc100({ port }).connect(context), clock);
    await driver.startMove(10, never);
    expect(await driver.isMoving(never)).toBe(true);
    simulated.block(1);
    await expect(driver.isMoving(never)).rejects.toMatchObject({
      code: 'instrument.fault',
      message: expect.stringMatching(/following error.*search the reference again/),
    });
    expect(await driver.isMoving(never)).toBe(false);
  });

  it('may be stopped while it searches its reference', async () => {
    const { clock, port, context } = chain();
    const driver = await smc100({ port }).connect(context);
    await driver.startHome?.(never);
    expect(await driver.isMoving(never)).toBe(true);
    await driver.stop(never);
    await untilAtRest(driver, clock);
    await expect(driver.startMove(1, never)).rejects.toThrow('reference');
  });

  it('moves two stages of one chain at once', async () => {
    const { clock, port, context } = chain();
    const x = await homed(await smc100({ port, address: 1 }).connect(context), clock);
    const y = await homed(await smc100({ port, address: 2 }).connect(context), clock);
    await Promise.all([x.startMove(1, never), y.startMove(2, never)]);
    await Promise.all([untilAtRest(x, clock), untilAtRest(y, clock)]);
    expect([await x.readPosition(never), await y.readPosition(never)]).toEqual([1, 2]);
  });
});
