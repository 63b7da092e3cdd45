import { realClock, VirtualClock } from '@daqtor/core';
import { describeActuatorDriver, describeDetectorDriver } from '@daqtor/core/testing';
import { memoryPort, servePty, serveTcp, simulatedLakeShore335 } from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import { type ExpectedExchange, expectedProtocol } from '../testing/expected-protocol.ts';
import { testContext } from '../testing/scripted-port.ts';
import { lakeShore33xInputs } from './lake-shore-33x-inputs.ts';
import { lakeShore33xLoop } from './lake-shore-33x-loop.ts';

const never = new AbortController().signal;

function controller(timeConstantS = 20) {
  const clock = new VirtualClock();
  const simulated = simulatedLakeShore335({ clock, timeConstantS });
  const port = memoryPort('cryostat', simulated, clock, { latencyMs: 2, fragmentBytes: 1 });
  return { clock, simulated, port, ...testContext(clock) };
}

describeActuatorDriver('lakeShore33xLoop on a wire in memory, byte by byte', async () => {
  const { clock, port, context } = controller(1);
  const spec = lakeShore33xLoop({ port, heaterRange: 2, holdS: 1 });
  const adjusted = { ...spec.settings, toleranceK: 0.05, holdS: 0.5, rampKPerMin: 30, heaterRange: 3 };
  return { driver: await spec.connect(context), clock, targets: [80, 82], epsilon: 0.1, adjusted };
});

describeActuatorDriver('lakeShore33xLoop on a pseudo-terminal', async () => {
  const served = await servePty(simulatedLakeShore335({ clock: realClock, timeConstantS: 0.05 }));
  const spec = lakeShore33xLoop({ port: served.address, heaterRange: 1, holdS: 0.02, toleranceK: 0.2 });
  const driver = await spec.connect(testContext(realClock).context);
  return { driver, clock: realClock, targets: [80, 90], epsilon: 0.2, dispose: () => served.close() };
});

describeDetectorDriver('lakeShore33xInputs on a wire in memory, byte by byte', async () => {
  const { port, context } = controller();
  return { driver: await lakeShore33xInputs({ port }).connect(context) };
});

describeDetectorDriver('lakeShore33xInputs by TCP', async () => {
  const served = await serveTcp(simulatedLakeShore335({ clock: realClock }));
  const driver = await lakeShore33xInputs({ port: served.address }).connect(testContext(realClock).context);
  return { driver, dispose: () => served.close() };
});

const IDENTITY: ExpectedExchange = ['*IDN?\r\n', 'LSCI,MODEL335,335A4XF/#######,2.0\r\n'];

describe('lakeShore33xLoop', () => {
  it('says what the manual wants', async () => {
    await expectedProtocol(
      (port) => lakeShore33xLoop({ port, loop: 2, input: 'B', heaterRange: 3, rampKPerMin: 5, holdS: 0 }),
      [
        IDENTITY,
        ['*CLS\r\nRAMP 2,1,5\r\n'],
        ['*ESR?\r\n', '0\r\n'],
        ['*CLS\r\nRANGE 2,3\r\n'],
        ['*ESR?\r\n', '0\r\n'],
        ['RANGE? 2\r\n', '3\r\n'],
        ['*CLS\r\nSETP 2,4.25\r\n'],
        ['*ESR?\r\n', '0\r\n'],
        ['RDGST? B\r\n', '000\r\n'],
        ['KRDG? B\r\n', '+004.300\r\n'],
      ],
      async (driver) => {
        await driver.startMove(4.25, never);
        expect(await driver.isMoving(never)).toBe(false);
      },
    );
  });

  it('counts the time anew after the temperature has left the tolerance', async () => {
    const reading = (kelvin: string): ExpectedExchange[] => [
      ['RDGST? A\r\n', '000\r\n'],
      ['KRDG? A\r\n', `${kelvin}\r\n`],
    ];
    await expectedProtocol(
      (port) => lakeShore33xLoop({ port, toleranceK: 0.1, holdS: 10 }),
      [
        IDENTITY,
        ['RANGE? 1\r\n', '1\r\n'],
        ['*CLS\r\nSETP 1,10\r\n'],
        ['*ESR?\r\n', '0\r\n'],
        ...['+010.050', '+010.150', '+010.050', '+010.050', '+010.050'].flatMap(reading),
      ],
      async (driver, clock) => {
        await driver.startMove(10, never);
        for (const moving of [true, true, true, true, false]) {
          expect(await driver.isMoving(never)).toBe(moving);
          await clock.sleep(6000);
        }
      },
    );
  });

  it('takes the ramp off for a stop, lest the setpoint creeps, and puts it back', async () => {
    await expectedProtocol(
      (port) => lakeShore33xLoop({ port, rampKPerMin: 2 }),
      [
        IDENTITY,
        ['*CLS\r\nRAMP 1,1,2\r\n'],
        ['*ESR?\r\n', '0\r\n'],
        ['RANGE? 1\r\n', '1\r\n'],
        ['*CLS\r\nSETP 1,10\r\n'],
        ['*ESR?\r\n', '0\r\n'],
        ['RAMP? 1\r\n', '1,+002.0\r\n'],
        ['*CLS\r\nRAMP 1,0,0\r\n'],
        ['*ESR?\r\n', '0\r\n'],
        ['RDGST? A\r\n', '000\r\n'],
        ['KRDG? A\r\n', '+005.123\r\n'],
        ['*CLS\r\nSETP 1,5.123\r\n'],
        ['*ESR?\r\n', '0\r\n'],
        ['*CLS\r\nRAMP 1,1,2\r\n'],
        ['*ESR?\r\n', '0\r\n'],
      ],
      async (driver) => {
        await driver.startMove(10, never);
        await driver.stop(never);
        // At rest there is nothing to stop.
        await driver.stop(never);
      },
    );
  });

  it('puts the ramp back that the controller had, whatever its settings say', async () => {
    const { port, context } = controller(1);
    const first = await lakeShore33xLoop({ port, rampKPerMin: 60 }).connect(context);
    const driver = await lakeShore33xLoop({ port, heaterRange: 2 }).connect(context);
    await driver.startMove(97, never);
    await driver.stop(never);
    expect(await first.adjust?.read?.(never)).toMatchObject({ rampKPerMin: 60 });
  });

  it('turns its heater off and its ramp off while connected, and on again', async () => {
    const { clock, port, context } = controller(1);
    const spec = lakeShore33xLoop({ port, heaterRange: 2, rampKPerMin: 1, holdS: 0 });
    const driver = await spec.connect(context);
    const change = (changes: Parameters<typeof spec.change>[0]) =>
      driver.adjust?.apply(spec.change(changes) as never, new Set(Object.keys(changes)), never);
    await change({ heaterRange: 0 });
    expect(await driver.adjust?.read?.(never)).toEqual({ heaterRange: 0, rampKPerMin: 1 });
    await expect(driver.startMove(87, never)).rejects.toThrow('the heater of the loop is off');
    await change({ heaterRange: 3, rampKPerMin: 0, toleranceK: 5 });
    expect(await driver.adjust?.read?.(never)).toEqual({ heaterRange: 3, rampKPerMin: 0 });
    const start = clock.now();
    await driver.startMove(87, never);
    while (await driver.isMoving(never)) await clock.sleep(10);
    expect(clock.now() - start).toBeLessThan(1000);
  });

  it('names no output to a 331', async () => {
    await expectedProtocol(
      (port) => lakeShore33xLoop({ port, heaterRange: 1 }),
      [
        ['*IDN?\r\n', 'LSCI,MODEL331S,123456,022399\r\n'],
        ['*CLS\r\nRANGE 1\r\n'],
        ['*ESR?\r\n', '0\r\n'],
        ['RANGE?\r\n', '0\r\n'],
      ],
      async (driver) => {
        await expect(driver.startMove(4.25, never)).rejects.toThrow(/heater of the loop is off.*Set 'heaterRange'/);
      },
    );
  });

  it('has arrived when the temperature has stayed for the time, and not before', async () => {
    const { clock, port, context } = controller();
    const driver = await lakeShore33xLoop({ port, heaterRange: 2, toleranceK: 0.1, holdS: 10 }).connect(context);
    const start = clock.now();
    await driver.startMove(87, never);
    while (await driver.isMoving(never)) await clock.sleep(100);
    // 10 K away, 20 s time constant: within 0.1 K after 20 s × ln 100, and 10 s more.
    const expectedMs = 20_000 * Math.log(100) + 10_000;
    expect(clock.now() - start).toBeGreaterThan(expectedMs - 500);
    expect(clock.now() - start).toBeLessThan(expectedMs + 1500);
  });

  it('follows the ramp of the controller', async () => {
    const { clock, port, context } = controller(1);
    const driver = await lakeShore33xLoop({ port, heaterRange: 2, rampKPerMin: 60, holdS: 0 }).connect(context);
    const start = clock.now();
    await driver.startMove(87, never);
    while (await driver.isMoving(never)) await clock.sleep(50);
    expect(clock.now() - start).toBeGreaterThan(10_000);
    expect(clock.now() - start).toBeLessThan(13_000);
  });

  it('holds where it is when it is stopped during a ramp', async () => {
    const { clock, port, context } = controller(1);
    const driver = await lakeShore33xLoop({ port, heaterRange: 2, rampKPerMin: 60 }).connect(context);
    await driver.startMove(97, never);
    await clock.sleep(5000);
    const before = await driver.readPosition(never);
    await driver.stop(never);
    await clock.sleep(30_000);
    expect(Math.abs((await driver.readPosition(never)) - before)).toBeLessThan(0.5);
    expect(await driver.isMoving(never)).toBe(false);
  });

  it('fails the move when its sensor breaks, with what the status says', async () => {
    const { simulated, port, context } = controller();
    const driver = await lakeShore33xLoop({ port, heaterRange: 2 }).connect(context);
    await driver.startMove(87, never);
    simulated.breakSensor('A', true);
    await expect(driver.isMoving(never)).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: 'input A has no valid temperature: sensor over range',
    });
  });

  it('reports a setpoint that the controller refuses', async () => {
    const { port, context } = controller();
    const driver = await lakeShore33xLoop({ port, heaterRange: 2 }).connect(context);
    await expect(driver.startMove(2000, never)).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: "the setpoint 2000 K was refused: 'SETP 1,2000' has a value that is not allowed",
    });
    expect(await driver.isMoving(never)).toBe(false);
  });
});

describe('lakeShore33xInputs', () => {
  it('reads one channel for each input, and no number where a sensor is broken', async () => {
    const { simulated, port, context } = controller();
    const driver = await lakeShore33xInputs({ port }).connect(context);
    const [data] = await driver.grab(never);
    expect(data).toMatchObject({ name: 'temperature', labels: ['A', 'B'], units: 'K' });
    expect(data?.data[1]?.[0]).toBeCloseTo(77, 1);
    simulated.breakSensor('B', true);
    await expect(driver.grab(never)).rejects.toThrow('input B has no valid temperature');
  });
});
