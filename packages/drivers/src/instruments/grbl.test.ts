import { VirtualClock } from '@daqtor/core';
import { describeActuatorDriver } from '@daqtor/core/testing';
import { type GrblOptions, simulatedGrbl } from '@daqtor/sim';
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
import { scriptedPort, testContext } from '../testing/scripted-port.ts';
import { grbl } from './grbl.ts';

const never = new AbortController().signal;

const stage = (options: Partial<GrblOptions> = {}) => inMemory((clock) => simulatedGrbl({ clock, ...options }));

describeActuatorDriver(
  'grbl on a wire in memory, byte by byte',
  axisInMemory({
    simulate: (clock) => simulatedGrbl({ clock }),
    spec: (port) => grbl({ port, axis: 'X' }),
    targets: [-1, -5],
    epsilon: 0.005,
    adjusted: { feedMmPerMin: 200 },
  }),
);

const quick = (axis: 'Y' | 'Z'): AxisTrial => ({
  simulate: (clock) => simulatedGrbl({ clock, accelerationMmPerS2: 5000, homingMmPerS: 200, travelMm: 50 }),
  spec: (port) => grbl({ port, axis, feedMmPerMin: 3000 }),
  targets: [-1, -11],
  epsilon: 0.005,
});

describeActuatorDriver('grbl on a pseudo-terminal', axisOnPty(quick('Y')));

describeActuatorDriver('grbl by TCP', axisByTcp(quick('Z')));

describe('grbl', () => {
  const MODES = '[GC:G0 G54 G17 G21 G90 G94 M5 M9 T0 F0 S0]\r\nok\r\n';
  const CONNECTING: ExpectedExchange[] = [
    ['\n$G\n', `ok\r\n${MODES}`],
    ['$$\n$G\n', `$10=1\r\n$20=1\r\n$101=250.000\r\n$131=150.000\r\nok\r\n${MODES}`],
    ['?', '<Idle|MPos:0.000,-1.000,0.000|FS:0,0|WCO:0.000,0.000,0.000>\r\n'],
    ['$I\n$G\n', `[VER:1.1h.20190825:]\r\n[OPT:V,15,128]\r\nok\r\n${MODES}`],
  ];

  it('says what the documentation wants', async () => {
    await expectedProtocol(
      (port) => grbl({ port, axis: 'Y', feedMmPerMin: 600 }),
      [
        ...CONNECTING,
        // An `ok` of before comes first.
        ['$J=G90G21G53Y-12.5F600\n$G\n', `ok\r\nok\r\n${MODES}`],
        ['?', '<Jog|MPos:0.000,-1.500,0.000|FS:600,0>\r\n'],
        ['?', '[MSG:hello]\r\n<Idle|MPos:0.000,-12.500,0.000|FS:0,0>\r\n'],
        ['?', '<Idle|MPos:0.000,-12.500,0.000|FS:0,0>\r\n'],
        ['\x85'],
        ['\x85?', '<Idle|MPos:0.000,-12.500,0.000|FS:0,0>\r\n'],
      ],
      async (driver) => {
        expect(driver).toMatchObject({ identity: 'GRBL 1.1h.20190825', units: 'mm', limits: { min: -150, max: 0 } });
        await driver.startMove(-12.5, never);
        expect(await driver.isMoving(never)).toBe(true);
        expect(await driver.isMoving(never)).toBe(false);
        expect(await driver.readPosition(never)).toBe(-12.5);
        await driver.stop(never);
      },
    );
  });

  it('does not take an ok of before for the refusal of a move', async () => {
    await expectedProtocol(
      (port) => grbl({ port, axis: 'Y' }),
      [...CONNECTING, ['$J=G90G21G53Y5F500\n$G\n', `ok\r\nerror:15\r\n${MODES}`]],
      async (driver) => {
        await expect(driver.startMove(5, never)).rejects.toMatchObject({
          code: 'instrument.fault',
          message: expect.stringMatching(/move to 5 mm was refused: error:15, the target lies beyond the travel. Move/),
        });
      },
    );
  });

  it('does not move while GRBL is locked, and says how to unlock it', async () => {
    const { port, context } = stage();
    const driver = await grbl({ port, axis: 'X' }).connect(context);
    await expect(driver.startMove(-1, never)).rejects.toThrow(/error:8.*search the reference or unlock/);
    expect(await driver.isMoving(never)).toBe(false);
  });

  it('says that homing is not enabled', async () => {
    const { port, context } = stage({ endSwitches: false });
    const driver = await grbl({ port, axis: 'X' }).connect(context);
    expect(driver.limits).toBeUndefined();
    await expect(driver.startHome?.(never)).rejects.toThrow(/error:5, homing is not enabled/);
  });

  it('waits for an Arduino that its opening has reset', async () => {
    const { clock, port, context } = stage({ bootMs: 1800 });
    const driver = await grbl({ port, axis: 'X' }).connect(context);
    expect(clock.now()).toBeGreaterThan(1800);
    expect(driver.identity).toBe('GRBL 1.1h.20190825');
  });

  it('waits for one that says hello before it listens', async () => {
    const clock = new VirtualClock();
    let isListening = false;
    const port = scriptedPort((sent) => {
      if (sent.includes('$$')) return `ok\r\n${MODES}`;
      if (sent === '?') return '<Idle|MPos:0.000,0.000,0.000|FS:0,0>\r\n';
      return isListening ? `ok\r\n${MODES}` : undefined;
    });
    clock.setTimeout(() => port.say("Grbl 1.1h ['$' for help]\r\n>:error:7\r\n"), 300);
    clock.setTimeout(() => {
      isListening = true;
    }, 1200);
    const driver = await grbl({ port, axis: 'X' }).connect(testContext(clock).context);
    expect(await driver.readPosition(never)).toBe(0);
  });

  it('takes something else that answers for what it is, at once', async () => {
    const port = scriptedPort(() => 'ERROR 113\r\n');
    const clock = new VirtualClock();
    await expect(grbl({ port, axis: 'X' }).connect(testContext(clock).context)).rejects.toMatchObject({
      code: 'instrument.connect',
      problem: "'ERROR 113' answered, where a stage with GRBL 1.1 was expected",
    });
    expect(clock.now()).toBeLessThan(1500);
  });

  it('reports a motion that an end switch ended', async () => {
    const { clock, simulated, port, context } = stage();
    const driver = await homed(await grbl({ port, axis: 'X' }).connect(context), clock);
    await driver.startMove(-10, never);
    expect(await driver.isMoving(never)).toBe(true);
    simulated.hitLimit();
    await expect(driver.isMoving(never)).rejects.toMatchObject({
      code: 'instrument.fault',
      message: expect.stringMatching(/the motion failed: .*alarm.*search the reference again/),
    });
  });

  it('tells an axis that it did not arrive, since another was stopped', async () => {
    const { clock, port, context } = stage();
    const x = await homed(await grbl({ port, axis: 'X' }).connect(context), clock);
    const y = await grbl({ port, axis: 'Y' }).connect(context);
    await x.startMove(-20, never);
    await y.startMove(-20, never);
    await x.stop(never);
    await untilAtRest(x, clock);
    await expect(untilAtRest(y, clock)).rejects.toThrow(
      /ended at .* mm, before its target of -20 mm. Stopping an axis/,
    );
    await Promise.all([x.startMove(-3, never), y.startMove(-4, never)]);
    await untilAtRest(x, clock);
    await untilAtRest(y, clock);
    expect([await x.readPosition(never), await y.readPosition(never)]).toEqual([-3, -4]);
  });

  it('breaks the search for the reference off, which leaves GRBL locked', async () => {
    const { clock, port, context } = stage();
    const driver = await homed(await grbl({ port, axis: 'X', feedMmPerMin: 6000 }).connect(context), clock);
    await driver.startMove(-150, never);
    await untilAtRest(driver, clock);
    await driver.startHome?.(never);
    expect(await driver.isMoving(never)).toBe(true);
    await driver.stop(never);
    await clock.sleep(10);
    expect(await driver.isMoving(never)).toBe(false);
    await expect(driver.startMove(-1, never)).rejects.toThrow('error:8');
  });
});
