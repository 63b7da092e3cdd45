import { type Clock, checkUnits, realClock, VirtualClock } from '@daqtor/core';
import { describeActuatorDriver } from '@daqtor/core/testing';
import { memoryPort, serveTcp, simulatedEsp301 } from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import { scriptedPort, testContext } from '../testing/scripted-port.ts';
import { esp301 } from './esp301.ts';

const never = new AbortController().signal;

/** A simulated controller of two axes in virtual time, on a wire that cuts answers and takes its time. */
function controller() {
  const clock = new VirtualClock();
  const port = memoryPort('stage', simulatedEsp301({ clock }), clock, { latencyMs: 2, fragmentBytes: 3 });
  return { clock, port, ...testContext(clock) };
}

/** A controller played by a table of answers, for what a healthy one never says. */
function played(answers: Readonly<Record<string, string | string[]>>) {
  const left: Record<string, string | string[]> = structuredClone(answers);
  const port = scriptedPort((text) => {
    const answer = left[text.trim()];
    const line = Array.isArray(answer) ? (answer.length > 1 ? answer.shift() : answer[0]) : answer;
    return line === undefined ? undefined : `${line}\r\n`;
  });
  return { port, ...testContext(new VirtualClock()) };
}

const HEALTHY = {
  'VE?': 'ESP301 Version 3.0.1 6/1/99',
  'TB?': '0, 450322, NO ERROR DETECTED',
  '1SN?': '2',
  '1SL?': '-25.0',
  '1SR?': '25.0',
  '1VA?': '2',
  '1AC?': '10',
  '1TP?': '1.5',
  '1MD?': '1',
};

const until = async (driver: { isMoving(signal: AbortSignal): Promise<boolean> }, clock: Clock) => {
  while (await driver.isMoving(never)) await clock.sleep(10);
};

describeActuatorDriver('esp301 on a wire in memory', async () => {
  const { clock, port, context } = controller();
  const spec = esp301({ port, axis: 1 });
  const adjusted = { ...spec.settings, velocity: 0.5, acceleration: 5 };
  return { driver: await spec.connect(context), clock, targets: [-1, 1.25], epsilon: 0.002, adjusted };
});

describeActuatorDriver('esp301 by TCP', async () => {
  const served = await serveTcp(
    simulatedEsp301({ clock: realClock, stages: [{ velocityMmPerS: 40, accelerationMmPerS2: 4000 }] }),
  );
  const driver = await esp301({ port: served.address, axis: 1 }).connect(testContext(realClock).context);
  return { driver, clock: realClock, targets: [-1, 1.25], epsilon: 0.002, dispose: () => served.close() };
});

describe('esp301', () => {
  it('moves with another velocity once it has taken it, and says which it has', async () => {
    const { clock, port, context } = controller();
    const spec = esp301({ port, axis: 1, velocity: 2, acceleration: 10 });
    const driver = await spec.connect(context);
    const travelMs = async (target: number) => {
      const start = clock.now();
      await driver.startMove(target, never);
      await until(driver, clock);
      return clock.now() - start;
    };
    const quick = await travelMs(2);
    expect(Math.abs(quick - (driver.moveMs?.(0, 2) ?? 0))).toBeLessThan(50);
    await driver.adjust?.apply(spec.change({ velocity: 0.2 }), new Set(['velocity']), never);
    expect(await driver.adjust?.read?.(never)).toEqual({ velocity: 0.2, acceleration: 10 });
    const slow = await travelMs(0);
    expect(slow).toBeGreaterThan(5 * quick);
    expect(Math.abs(slow - (driver.moveMs?.(2, 0) ?? 0))).toBeLessThan(50);
    await expect(
      driver.adjust?.apply(spec.change({ velocity: 1e6 }), new Set(['velocity']), never),
    ).rejects.toMatchObject({ code: 'instrument.fault', problem: expect.stringContaining('velocity 1000000') });
    await driver.close();
  });

  it('tells who answers, units and limits of the controller', async () => {
    const { port, context } = played(HEALTHY);
    const driver = await esp301({ port, axis: 1 }).connect(context);
    expect(driver).toMatchObject({
      identity: 'Newport ESP301 Version 3.0.1 6/1/99',
      units: 'mm',
      limits: { min: -25, max: 25 },
    });
    expect(port.sent).toContain('1MO\r');
    await driver.close();
    expect(port.isOpen).toBe(false);
  });

  it.each([
    [1, '1PA1\r'],
    [-0.25, '1PA-0.25\r'],
    [1e-7, '1PA0.0000001\r'],
    [-1e-12, '1PA0\r'],
    [1200, '1PA1200\r'],
  ])('writes %d without an exponent', async (target, sent) => {
    const { port, context } = played(HEALTHY);
    const driver = await esp301({ port, axis: 1 }).connect(context);
    await driver.startMove(target, never);
    expect(port.sent).toContain(sent);
  });

  it('moves two axes on one wire', async () => {
    const { clock, port, context } = controller();
    const x = await esp301({ port, axis: 1 }).connect(context);
    const y = await esp301({ port, axis: 2 }).connect(context);
    await Promise.all([x.startMove(1, never), y.startMove(-2, never)]);
    await Promise.all([until(x, clock), until(y, clock)]);
    expect(await x.readPosition(never)).toBeCloseTo(1, 2);
    expect(await y.readPosition(never)).toBeCloseTo(-2, 2);
    await x.close();
    expect(await y.readPosition(never)).toBeCloseTo(-2, 2);
    await y.close();
  });

  it('searches its reference, in the mode that was set', async () => {
    const { port, context } = played(HEALTHY);
    const driver = await esp301({ port, axis: 1, homeMode: 4 }).connect(context);
    await driver.startHome?.(never);
    expect(port.sent).toContain('1OR4\r');
  });

  it('reports the refusal of a move, in the words of the controller, and what to do', async () => {
    const { port, context } = controller();
    const driver = await esp301({ port, axis: 1 }).connect(context);
    await expect(driver.startMove(1000, never)).rejects.toMatchObject({
      code: 'instrument.fault',
      message:
        'the move to 1000 mm failed: error 106, POSITIVE SOFTWARE LIMIT DETECTED. ' +
        'Move within the travel limits that the controller holds (SL, SR).',
    });
  });

  it('reports a motion that failed on the way, when it has ended', async () => {
    const { port, context } = played({
      ...HEALTHY,
      'TB?': [
        ...Array.from({ length: 3 }, () => HEALTHY['TB?']),
        '103, 450400, FOLLOWING ERROR THRESHOLD EXCEEDED',
        HEALTHY['TB?'],
      ],
      '1MD?': ['0', '1'],
    });
    const driver = await esp301({ port, axis: 1 }).connect(context);
    await driver.startMove(1, never);
    expect(await driver.isMoving(never)).toBe(true);
    await expect(driver.isMoving(never)).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: 'the motion failed: error 103, FOLLOWING ERROR THRESHOLD EXCEEDED',
    });
    expect(await driver.isMoving(never)).toBe(false);
  });

  it("hands the error of another axis to that axis' driver, from the one queue that they share", async () => {
    const quiet = HEALTHY['TB?'];
    const { port, context } = played({
      ...HEALTHY,
      '2SN?': '2',
      '2SL?': '0',
      '2SR?': '0',
      '2VA?': '2',
      '2AC?': '10',
      '2MD?': '1',
      'TB?': [quiet, quiet, quiet, quiet, '203, 450400, FOLLOWING ERROR THRESHOLD EXCEEDED', quiet],
    });
    const x = await esp301({ port, axis: 1 }).connect(context);
    const y = await esp301({ port, axis: 2 }).connect(context);
    await x.startMove(1, never);
    await expect(y.isMoving(never)).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: expect.stringContaining('203'),
    });
    expect(await y.isMoving(never)).toBe(false);
    expect(y.limits).toBeUndefined();
  });

  it('is not blamed for errors of before it was connected', async () => {
    const { port, context } = played({ ...HEALTHY, 'TB?': ['6, 1, COMMAND DOES NOT EXIST', HEALTHY['TB?']] });
    const driver = await esp301({ port, axis: 1 }).connect(context);
    await driver.startMove(1, never);
  });

  it('sends the stop even when the controller does not answer any more', async () => {
    const { port, context } = played(HEALTHY);
    const driver = await esp301({ port, axis: 1 }).connect(context);
    port.answer = () => undefined;
    await expect(driver.readPosition(never)).rejects.toMatchObject({ code: 'instrument.timeout' });
    await expect(driver.stop(never)).rejects.toMatchObject({ code: 'instrument.timeout' });
    expect(port.sent.slice(-3)).toEqual(['1TP?\r', '1ST\r', 'VE?\r']);
  });

  it('stops a move, too, that was still waiting for its turn on the wire', async () => {
    const { clock, port, context, lines } = controller();
    const x = await esp301({ port, axis: 1 }).connect(context);
    const y = await esp301({ port, axis: 2 }).connect(context);
    await Promise.all([y.readPosition(never), x.startMove(4, never), x.stop(never)]);
    await until(x, clock);
    expect(await x.readPosition(never)).toBeLessThan(1);
    const sent = lines.filter(({ direction }) => direction === 'sent').map(({ text }) => text);
    expect(sent.indexOf('1ST\\x0D')).toBeLessThan(sent.indexOf('1PA4\\x0D'));
    expect(sent.lastIndexOf('1ST\\x0D')).toBeGreaterThan(sent.indexOf('1PA4\\x0D'));
  });

  it.each([
    [
      'another instrument',
      'KEITHLEY INSTRUMENTS INC.,MODEL 2000,1,A20',
      'instrument.connect',
      'a Newport ESP301 was expected',
    ],
    ['nobody', undefined, 'instrument.timeout', "did not answer 'VE?'"],
  ])('refuses to connect where %s answers, and lets go of the port', async (_, answer, code, problem) => {
    const { port, context, held } = played(answer === undefined ? {} : { 'VE?': answer });
    await expect(esp301({ port, axis: 1 }).connect(context)).rejects.toMatchObject({
      code,
      problem: expect.stringContaining(problem),
    });
    expect([port.isOpen, held.size]).toEqual([false, 0]);
  });

  it('lets go of the port when there is no stage on the axis', async () => {
    const { port, context, held } = played({
      ...HEALTHY,
      'TB?': [HEALTHY['TB?'], '308, 1, MOTOR / STAGE NOT CONNECTED', HEALTHY['TB?']],
    });
    await expect(esp301({ port, axis: 3 }).connect(context)).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: 'turning the motor on failed: error 308, MOTOR / STAGE NOT CONNECTED',
      advice: 'Check the cable of the stage and the number of the axis',
    });
    expect([port.isOpen, held.size]).toEqual([false, 0]);
  });

  it.each(['', 'nonsense', '12,5', '0x10', '1.5 mm', '9'.repeat(400)])('takes %j for no position', async (answer) => {
    const { port, context } = played({ ...HEALTHY, '1TP?': answer });
    const driver = await esp301({ port, axis: 1 }).connect(context);
    await expect(driver.readPosition(never)).rejects.toMatchObject({ code: 'instrument.protocol' });
  });

  it('knows units that the rest of Daqtor knows', async () => {
    for (let number = 0; number <= 11; number++) {
      const { port, context } = played({ ...HEALTHY, '1SN?': String(number) });
      const driver = await esp301({ port, axis: 1 }).connect(context);
      expect(checkUnits(driver.units)).toBe(driver.units);
    }
    const { port, context } = played({ ...HEALTHY, '1SN?': '12' });
    await expect(esp301({ port, axis: 1 }).connect(context)).rejects.toMatchObject({ code: 'instrument.protocol' });
  });

  it('names every bad setting', () => {
    expect(() => esp301({ port: '/dev/ttyUSB0', axis: 4 })).toThrow(/port: .*serial:\/dev\/ttyUSB0.*axis: /);
  });
});
