import { grid, lab, linspace, realClock, VirtualClock } from '@daqtor/core';
import { describeActuatorDriver, describeDetectorDriver } from '@daqtor/core/testing';
import { memoryPort, servePty, serveTcp, simulatedKeithley2400 } from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import { type ExpectedExchange, expectedProtocol } from '../testing/expected-protocol.ts';
import { testContext } from '../testing/scripted-port.ts';
import { keithley2400Meter } from './keithley2400-meter.ts';
import { keithley2400Source } from './keithley2400-source.ts';
import { keithley2400Sweep } from './keithley2400-sweep.ts';

const never = new AbortController().signal;
const voltage = { source: 'voltage', compliance: 0.01 } as const;

function unit(ohms = () => 1000) {
  const clock = new VirtualClock();
  const simulated = simulatedKeithley2400({ clock, ohms });
  const port = memoryPort('smu', simulated, clock, { latencyMs: 2, fragmentBytes: 3 });
  return { clock, port, simulated, ...testContext(clock) };
}

describeActuatorDriver('keithley2400Source, a ramp of volts in memory', async () => {
  const { clock, port, context } = unit();
  const spec = keithley2400Source({ port, ...voltage, rampPerS: 10 });
  const adjusted = { ...spec.settings, compliance: 0.02, rampPerS: 5, onCompliance: 'accept', outputAtClose: 'on' };
  return { driver: await spec.connect(context), clock, targets: [-1, 2], epsilon: 0.001, adjusted };
});

describeActuatorDriver('keithley2400Source, a ramp of amperes by TCP', async () => {
  const served = await serveTcp(simulatedKeithley2400({ clock: realClock }));
  const spec = keithley2400Source({ port: served.address, source: 'current', compliance: 20, rampPerS: 0.01 });
  const driver = await spec.connect(testContext(realClock).context);
  return { driver, clock: realClock, targets: [0.001, 0.002], epsilon: 1e-6, dispose: () => served.close() };
});

describeDetectorDriver('keithley2400Meter beside its source, in memory', async () => {
  const { port, context } = unit();
  await keithley2400Source({ port, ...voltage }).connect(context);
  const spec = keithley2400Meter({ port });
  return { driver: await spec.connect(context), adjusted: { ...spec.settings, nplc: 0.1 } };
});

describeDetectorDriver('keithley2400Meter by TCP', async () => {
  const served = await serveTcp(simulatedKeithley2400({ clock: realClock }));
  const { context } = testContext(realClock);
  const source = await keithley2400Source({ port: served.address, ...voltage }).connect(context);
  const driver = await keithley2400Meter({ port: served.address }).connect(context);
  const dispose = async () => {
    await source.close();
    await served.close();
  };
  return { driver, dispose };
});

const SWEEP = { ...voltage, start: -1, stop: 1, points: 5, nplc: 0.1 } as const;

describeDetectorDriver('keithley2400Sweep in memory', async () => {
  const { port, context } = unit();
  const spec = keithley2400Sweep({ port, ...SWEEP });
  const adjusted = { ...spec.settings, compliance: 0.02, start: -2, stop: 2, delayS: 0.05, nplc: 0.5 };
  return { driver: await spec.connect(context), adjusted };
});

describeDetectorDriver('keithley2400Sweep by TCP', async () => {
  const served = await serveTcp(simulatedKeithley2400({ clock: realClock }));
  const spec = keithley2400Sweep({ port: served.address, ...SWEEP, nplc: 0.01 });
  return { driver: await spec.connect(testContext(realClock).context), dispose: () => served.close() };
});

describe('keithley2400', () => {
  const IDENTITY = 'KEITHLEY INSTRUMENTS INC.,MODEL 2400,0801342,C30   Mar 17 2006 09:29:29/A02  /K/J\r\n';
  const NO_ERROR: ExpectedExchange = [':SYST:ERR?\n', '0,"No error"\r\n'];
  const CONNECTING: ExpectedExchange[] = [
    ['\x18\n*CLS;:ABOR\n*IDN?\n', IDENTITY],
    [':SENS:FUNC:CONC ON\n'],
    [':SENS:FUNC "VOLT:DC","CURR:DC"\n'],
    [':FORM:ELEM VOLT,CURR,STAT\n'],
    [':TRIG:COUN 1\n'],
    NO_ERROR,
  ];

  it('says what the manual has the source say', async () => {
    await expectedProtocol(
      (port) => keithley2400Source({ port, ...voltage }),
      [
        ...CONNECTING,
        [':OUTP?\n', '0\r\n'],
        [':OUTP OFF\n'],
        [':SOUR:FUNC VOLT\n'],
        [':SOUR:VOLT:MODE FIX\n'],
        [':SOUR:VOLT:RANG:AUTO ON\n'],
        [':SOUR:VOLT:LEV 0\n'],
        NO_ERROR,
        [':SENS:CURR:PROT 0.01\n'],
        NO_ERROR,
        [':OUTP ON\n'],
        NO_ERROR,
        [':SOUR:VOLT:LEV 1.5\n'],
        NO_ERROR,
        [':SENS:CURR:PROT:TRIP?\n', '0\r\n'],
        [':OUTP?\n', '1\r\n'],
        [':READ?\n', '+1.500011E+00,+1.499902E-03,+2.252800E+04\r\n'],
        [':OUTP OFF\n'],
      ],
      async (driver) => {
        await driver.startMove(1.5, never);
        expect(await driver.isMoving(never)).toBe(false);
        expect(await driver.readPosition(never)).toBe(1.500011);
      },
    );
  });

  it('says what the manual has the meter say', async () => {
    await expectedProtocol(
      (port) => keithley2400Meter({ port, nplc: 0.1 }),
      [
        ...CONNECTING,
        [':SENS:CURR:NPLC 0.1\n'],
        NO_ERROR,
        [':OUTP?\n', '1\r\n'],
        // Status: 0x5808, of which bit 3 is compliance.
        [':READ?\n', '+1.000000E+01,+1.000000E-02,+2.253600E+04\r\n'],
      ],
      async (driver) => {
        expect(await driver.grab(never)).toMatchObject([
          { name: 'voltage', units: 'V', data: [Float64Array.of(10)] },
          { name: 'current', units: 'A', data: [Float64Array.of(0.01)] },
          { name: 'compliance', units: '', data: [Float64Array.of(1)] },
        ]);
      },
    );
  });

  it('says what the manual has a sweep say', async () => {
    await expectedProtocol(
      (port) =>
        keithley2400Sweep({ port, source: 'current', compliance: 2, start: 0, stop: 0.001, points: 2, delayS: 0.1 }),
      [
        ...CONNECTING,
        [':OUTP OFF\n'],
        [':SOUR:FUNC CURR\n'],
        [':SENS:VOLT:PROT 2\n'],
        [':SENS:VOLT:NPLC 1\n'],
        [':SOUR:CURR:STAR 0\n'],
        [':SOUR:CURR:STOP 0.001\n'],
        [':SOUR:SWE:SPAC LIN\n'],
        [':SOUR:SWE:RANG BEST\n'],
        [':SOUR:SWE:POIN 2\n'],
        [':SOUR:DEL 0.1\n'],
        [':SOUR:CURR:MODE SWE\n'],
        [':TRIG:COUN 2\n'],
        NO_ERROR,
        [':OUTP ON\n'],
        [':OUTP?\n', '1\r\n'],
        [':READ?\n', '+1.0E-05,+0.0E+00,+2.2E+04,+2.0E+00,+5.0E-04,+2.2536E+04\r\n'],
        [':OUTP OFF\n'],
        [':OUTP OFF\n'],
      ],
      async (driver) => {
        const [volts, amperes, compliance] = await driver.grab(never);
        expect(volts).toMatchObject({ name: 'voltage', units: 'V', data: [Float64Array.of(1e-5, 2)] });
        expect(volts?.axes[0]).toMatchObject({ label: 'level', units: 'A', data: Float64Array.of(0, 0.001) });
        expect(amperes).toMatchObject({ name: 'current', units: 'A', data: [Float64Array.of(0, 5e-4)] });
        expect(compliance).toMatchObject({ name: 'compliance', data: [Float64Array.of(0, 1)] });
      },
    );
  });

  it('sweeps through a characteristic in the time that it estimates, and turns its output off', async () => {
    const { clock, port, simulated, context } = unit(() => 250);
    const driver = await keithley2400Sweep({ port, ...voltage, start: -5, stop: 5, points: 11, nplc: 1 }).connect(
      context,
    );
    const startMs = clock.now();
    const [volts, amperes, compliance] = (await driver.grab(never)).map(({ data }) => [...(data[0] ?? [])].map(Number));
    expect(clock.now() - startMs).toBeGreaterThanOrEqual(driver.grabMs?.() ?? Number.POSITIVE_INFINITY);
    expect(volts?.[5]).toBeCloseTo(0, 4);
    expect(amperes?.[6]).toBeCloseTo(0.004, 6);
    // 10 mA at 250 Ω are 2.5 V.
    expect(compliance).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1]);
    expect(volts?.[0]).toBeCloseTo(-2.5, 3);
    await clock.sleep(10);
    expect(simulated.terminals.volts).toBe(0);
  });

  it('turns its output off when a sweep is broken off, and sweeps again', async () => {
    const { clock, port, simulated, context } = unit();
    const driver = await keithley2400Sweep({ port, ...voltage, start: 1, stop: 2, points: 100 }).connect(context);
    const abort = new AbortController();
    clock.setTimeout(() => abort.abort(new Error('enough')), 500);
    await expect(driver.grab(abort.signal)).rejects.toThrow('enough');
    await clock.sleep(10);
    expect(simulated.terminals.volts).toBe(0);
    expect((await driver.grab(never))[0]?.shape).toEqual([100]);
  });

  it('leaves source and meter one reading at a time', async () => {
    const { port, context } = unit();
    const sweep = await keithley2400Sweep({ port, ...SWEEP }).connect(context);
    await sweep.grab(never);
    await sweep.close();
    const source = await keithley2400Source({ port, ...voltage }).connect(context);
    await source.startMove(2, never);
    const meter = await keithley2400Meter({ port }).connect(context);
    expect((await meter.grab(never))[0]?.data[0]?.[0]).toBeCloseTo(2, 3);
  });

  it('refuses a sweep beyond the instrument, and reports one beyond its power', async () => {
    const { port, context } = unit();
    await expect(keithley2400Sweep({ port, ...SWEEP, stop: 300 }).connect(context)).rejects.toMatchObject({
      code: 'lab.settings',
    });
    const high = { source: 'voltage', compliance: 1, start: 0, stop: 100, points: 3 } as const;
    const driver = await keithley2400Sweep({ port, ...high }).connect(context);
    await expect(driver.grab(never)).rejects.toThrow();
  });

  it('fails a move that compliance keeps from its level, and tells the limit', async () => {
    const { port, context } = unit(() => 10);
    const driver = await keithley2400Source({ port, ...voltage }).connect(context);
    await driver.startMove(5, never);
    await expect(driver.isMoving(never)).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: expect.stringContaining('in compliance, at its limit of 0.01 A'),
    });
    expect(await driver.readPosition(never)).toBeCloseTo(0.1, 3);
  });

  it('takes another compliance while connected, and reports a move against the one that it holds', async () => {
    const { port, context } = unit(() => 10);
    const spec = keithley2400Source({ port, ...voltage });
    const driver = await spec.connect(context);
    const change = (changes: Parameters<typeof spec.change>[0]) =>
      driver.adjust?.apply(spec.change(changes) as never, new Set(Object.keys(changes)), never);
    await change({ compliance: 0.05 });
    expect(await driver.adjust?.read?.(never)).toEqual({ compliance: 0.05 });
    await driver.startMove(5, never);
    await expect(driver.isMoving(never)).rejects.toThrow('at its limit of 0.05 A');
    expect(await driver.readPosition(never)).toBeCloseTo(0.5, 3);
    await expect(change({ compliance: 5 })).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: 'the compliance 5 A was refused: -222, Parameter data out of range',
    });
    expect(await driver.adjust?.read?.(never)).toEqual({ compliance: 0.05 });
  });

  it('accepts compliance where it was told to, and the meter reports it', async () => {
    const { port, context } = unit(() => 10);
    const driver = await keithley2400Source({ port, ...voltage, onCompliance: 'accept' }).connect(context);
    const meter = await keithley2400Meter({ port }).connect(context);
    await driver.startMove(5, never);
    expect(await driver.isMoving(never)).toBe(false);
    const [volts, amperes, compliance] = (await meter.grab(never)).map(({ data }) => data[0]?.[0]);
    expect(volts).toBeCloseTo(0.1, 3);
    expect(amperes).toBeCloseTo(0.01, 5);
    expect(compliance).toBe(1);
  });

  it('does not measure while the output is off, and says how to turn it on', async () => {
    const { port, context } = unit();
    const meter = await keithley2400Meter({ port }).connect(context);
    await expect(meter.grab(never)).rejects.toThrow(/the output is off. Connect the source first/);
  });

  it('turns the output off when it is let go of, unless it is told not to', async () => {
    for (const outputAtClose of ['off', 'on'] as const) {
      const { clock, port, simulated, context } = unit();
      const driver = await keithley2400Source({ port, ...voltage, outputAtClose }).connect(context);
      await driver.startMove(3, never);
      await clock.sleep(10);
      const meter = await keithley2400Meter({ port }).connect(context);
      await driver.close();
      await clock.sleep(10);
      expect(simulated.terminals.volts).toBe(outputAtClose === 'on' ? 3 : 0);
      await meter.close();
    }
  });

  it.each([
    ['a pseudo-terminal', servePty],
    ['TCP', serveTcp],
  ])('has turned the output off when it was the last to let go of %s', async (_, serve) => {
    const simulated = simulatedKeithley2400({ clock: realClock });
    const served = await serve(simulated);
    const driver = await keithley2400Source({ port: served.address, ...voltage }).connect(
      testContext(realClock).context,
    );
    await driver.startMove(1, never);
    expect(simulated.terminals.volts).toBe(1);
    await driver.close();
    await expect.poll(() => simulated.terminals.volts).toBe(0);
    await served.close();
  });

  it('leaves the level of an output that is on as it is', async () => {
    const { clock, port, simulated, context } = unit();
    const first = await keithley2400Source({ port, ...voltage, outputAtClose: 'on' }).connect(context);
    await first.startMove(3, never);
    await first.isMoving(never);
    await first.close();
    await keithley2400Source({ port, ...voltage }).connect(context);
    await clock.sleep(10);
    expect(simulated.terminals.volts).toBe(3);
  });

  it('reports a level that the instrument refuses, with its number', async () => {
    const { port, context } = unit(() => 1e9);
    const driver = await keithley2400Source({ port, source: 'voltage', compliance: 0.2 }).connect(context);
    await expect(driver.startMove(200, never)).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: 'the level 200 V was refused: 826, Attempt to exceed power limit',
    });
  });

  it('ramps in the time that the rate asks for, and no further while nobody asks', async () => {
    const { clock, port, simulated, context } = unit();
    const driver = await keithley2400Source({ port, ...voltage, rampPerS: 2 }).connect(context);
    const start = clock.now();
    await driver.startMove(3, never);
    await clock.sleep(1000);
    expect(simulated.terminals.volts).toBe(0);
    while (await driver.isMoving(never)) await clock.sleep(10);
    expect(clock.now() - start).toBeGreaterThanOrEqual(1500);
    expect(clock.now() - start).toBeLessThan(1700);
    expect(simulated.terminals.volts).toBe(3);
  });

  it('ramps down through the values in between', async () => {
    const { clock, port, simulated, context } = unit();
    const driver = await keithley2400Source({ port, ...voltage, rampPerS: 2 }).connect(context);
    await driver.startMove(-2, never);
    await clock.sleep(500);
    expect(await driver.isMoving(never)).toBe(true);
    expect(simulated.terminals.volts).toBeCloseTo(-1, 1);
  });

  it('takes the last step of a ramp again, when that was aborted', async () => {
    const { clock, port, simulated, context } = unit();
    const driver = await keithley2400Source({ port, ...voltage, rampPerS: 2 }).connect(context);
    await driver.startMove(1, never);
    await clock.sleep(600);
    // The wire is busy, so that the step has not gone out yet.
    const reading = driver.readPosition(never);
    const abort = new AbortController();
    const asked = driver.isMoving(abort.signal);
    abort.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await reading;
    while (await driver.isMoving(never)) await clock.sleep(10);
    expect(simulated.terminals.volts).toBe(1);
  });

  it('takes a characteristic, as an actuator and a detector of one lab on one wire', async () => {
    const { clock, port } = unit(() => 250);
    await using bench = await lab(
      { bias: keithley2400Source({ port, ...voltage }), meter: keithley2400Meter({ port }) },
      { clock },
    );
    const amperes: number[] = [];
    bench.meter.data.live$.subscribe((data) => void amperes.push(Number(data.data[1]?.data[0]?.[0])));
    const run = bench.scan({ over: grid(linspace(bench.bias, -1, 1, 5, 'V')), read: [bench.meter] });
    await run.done;
    expect(amperes.map((value) => Math.round(value * 1e5) / 1e5 + 0)).toEqual([-0.004, -0.002, 0, 0.002, 0.004]);
  });
});
