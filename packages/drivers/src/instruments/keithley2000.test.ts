import { realClock, VirtualClock } from '@daqtor/core';
import { describeDetectorDriver } from '@daqtor/core/testing';
import { memoryPort, serveTcp, simulatedKeithley2000 } from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import { scriptedPort, testContext } from '../testing/scripted-port.ts';
import { keithley2000 } from './keithley2000.ts';

const never = new AbortController().signal;
const input = () => 1.25;

/** A simulated meter in virtual time, on a wire that cuts answers and takes its time. */
function meter(volts = input) {
  const clock = new VirtualClock();
  const simulated = simulatedKeithley2000({ clock, input: volts });
  const port = memoryPort('meter', simulated, clock, { latencyMs: 2, fragmentBytes: 3 });
  return { clock, port, ...testContext(clock) };
}

/** A meter played by hand, for what the simulated one never says. */
function played(reading: string, identity = 'KEITHLEY INSTRUMENTS INC.,MODEL 2000,1308393,A20  /A02') {
  const clock = new VirtualClock();
  const errors: string[] = [];
  const port = scriptedPort((text) => {
    if (text.includes('*IDN?')) return `${identity}\n`;
    if (text === ':SYST:ERR?\n') return `${errors.shift() ?? '0,"No error"'}\n`;
    return text === ':READ?\n' ? `${reading}\n` : undefined;
  });
  return { clock, port, errors, ...testContext(clock) };
}

describeDetectorDriver('keithley2000 on a wire in memory', async () => {
  const { port, context } = meter();
  const spec = keithley2000({ port });
  return { driver: await spec.connect(context), adjusted: { ...spec.settings, nplc: 0.5, range: 10 } };
});

describeDetectorDriver('keithley2000 by TCP', async () => {
  const served = await serveTcp(simulatedKeithley2000({ clock: realClock, input }));
  const driver = await keithley2000({ port: served.address, nplc: 0.1 }).connect(testContext(realClock).context);
  return { driver, dispose: () => served.close() };
});

describe('keithley2000', () => {
  it('reads volts, after a time that follows the integration time', async () => {
    const { clock, port, context } = meter();
    const driver = await keithley2000({ port, nplc: 10, range: 10 }).connect(context);
    const start = clock.now();
    const [data] = await driver.grab(never);
    expect(data).toMatchObject({ name: 'voltage', units: 'V', shape: [1] });
    expect(data?.data[0]?.[0]).toBeCloseTo(1.25, 4);
    expect(clock.now() - start).toBeGreaterThan(10 * 20);
    expect(driver.identity).toMatch(/^Keithley MODEL 2000, serial \d+, firmware A20/);
  });

  it.each([
    ['voltage:dc', 'VOLT:DC', 'voltage', 'V'],
    ['voltage:ac', 'VOLT:AC', 'voltage', 'V'],
    ['current:dc', 'CURR:DC', 'current', 'A'],
    ['current:ac', 'CURR:AC', 'current', 'A'],
    ['resistance', 'RES', 'resistance', 'ohm'],
    ['fresistance', 'FRES', 'resistance', 'ohm'],
  ] as const)('configures %s, and checks that it was accepted', async (measured, path, name, units) => {
    const { port, context } = played('+2.50000000E-01');
    const driver = await keithley2000({ port, function: measured, nplc: 0.5, range: 1 }).connect(context);
    expect(port.sent.slice(-5)).toEqual([
      `:CONF:${path}\n`,
      `:SENS:${path}:NPLC 0.5\n`,
      `:SENS:${path}:RANG 1\n`,
      ':FORM:ELEM READ\n',
      ':SYST:ERR?\n',
    ]);
    expect(await driver.grab(never)).toMatchObject([{ name, units, data: [Float64Array.of(0.25)] }]);
  });

  it('changes integration time and range while connected, and reads back what it took', async () => {
    const { port, errors, context } = played('+1.0');
    const spec = keithley2000({ port });
    const driver = await spec.connect(context);
    const sent = port.sent.length;
    await driver.adjust?.apply(spec.change({ nplc: 10, range: undefined }), new Set(['nplc', 'range']), never);
    expect(port.sent.slice(sent)).toEqual([':SENS:VOLT:DC:NPLC 10\n', ':SENS:VOLT:DC:RANG:AUTO ON\n', ':SYST:ERR?\n']);
    errors.push('-222,"Parameter data out of range"');
    await expect(driver.adjust?.apply(spec.change({ nplc: 10 }), new Set(['nplc']), never)).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: 'changing nplc was refused: -222, Parameter data out of range',
    });
    await expect(driver.adjust?.apply(spec.change({ range: 2000 }), new Set(['range']), never)).rejects.toMatchObject({
      code: 'lab.settings',
      problem: expect.stringContaining('range 2000 V is more than'),
    });
  });

  it('gives a longer reading its time after the integration time was raised', async () => {
    const { clock, port, context } = meter();
    const spec = keithley2000({ port, nplc: 0.01, range: 10 });
    const driver = await spec.connect(context);
    await driver.adjust?.apply(spec.change({ nplc: 10 }), new Set(['nplc']), never);
    expect(await driver.adjust?.read?.(never)).toEqual({ nplc: 10, range: 10 });
    const start = clock.now();
    await driver.grab(never);
    expect(clock.now() - start).toBeGreaterThan(10 * 20);
  });

  it('reports a configuration that the meter refuses, with all its errors, and lets go of the port', async () => {
    const { port, errors, context, held } = played('1');
    errors.push('-222,"Parameter data out of range"', '-113,"Undefined header"');
    await expect(keithley2000({ port }).connect(context)).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: 'the configuration was refused: -222, Parameter data out of range; -113, Undefined header',
    });
    expect([port.isOpen, held.size]).toEqual([false, 0]);
  });

  it.each(['+9.9E37', '-9.9E37', '+9.90000000E+37', '+9.91E37'])(
    'makes an error of %s, never a number',
    async (reading) => {
      const { port, context } = played(reading);
      const driver = await keithley2000({ port, range: 10 }).connect(context);
      await expect(driver.grab(never)).rejects.toMatchObject({
        code: 'instrument.fault',
        problem: expect.stringContaining('over range (voltage:dc, range 10 V)'),
      });
    },
  );

  it('reports an input beyond the range of the meter', async () => {
    const { port, context } = meter(() => 50);
    const driver = await keithley2000({ port, range: 1 }).connect(context);
    await expect(driver.grab(never)).rejects.toMatchObject({ code: 'instrument.fault' });
  });

  it('waits as long as a reading may take, and not longer', async () => {
    const { clock, port, context } = played('1');
    const driver = await keithley2000({ port, nplc: 10, range: 10 }).connect(context);
    port.answer = () => undefined;
    const start = clock.now();
    await expect(driver.grab(never)).rejects.toMatchObject({ code: 'instrument.timeout' });
    expect(clock.now() - start).toBe(2000 + 2 * 20 * 10);
  });

  it('clears the meter after an abort, and takes no late reading for the next', async () => {
    let volts = 1;
    const { clock, port, context, lines } = meter(() => volts);
    const driver = await keithley2000({ port, nplc: 10, range: 10 }).connect(context);
    const abort = new AbortController();
    clock.setTimeout(() => abort.abort(new Error('enough')), 50);
    await expect(driver.grab(abort.signal)).rejects.toThrow('enough');
    volts = 2;
    const [data] = await driver.grab(never);
    expect(data?.data[0]?.[0]).toBeCloseTo(2, 3);
    const sent = lines.filter(({ direction }) => direction === 'sent').map(({ text }) => text);
    expect(sent.slice(-3)).toEqual([':READ?\\x0A', '\\x18\\x0A*CLS;:ABOR\\x0A*IDN?\\x0A', ':READ?\\x0A']);
  });

  it.each([['KEITHLEY INSTRUMENTS INC.,MODEL 2400,1,C30'], ['HEWLETT-PACKARD,34401A,0,10-5-2']])(
    'refuses to measure with %s, and lets go of the port',
    async (identity) => {
      const { port, context, held } = played('1', identity);
      await expect(keithley2000({ port }).connect(context)).rejects.toMatchObject({
        code: 'instrument.connect',
        problem: expect.stringContaining(identity),
      });
      expect([port.isOpen, held.size]).toEqual([false, 0]);
    },
  );

  it('refuses a range that the function does not have, before anything is sent', async () => {
    const { port, context } = played('1');
    await expect(keithley2000({ port, function: 'current:dc', range: 10 }).connect(context)).rejects.toMatchObject({
      code: 'lab.settings',
    });
    expect(port.opened).toBe(0);
  });
});

it('knows how long a reading takes, as it is set now', async () => {
  const clock = new VirtualClock();
  const port = memoryPort('meter', simulatedKeithley2000({ clock, input: () => 1 }), clock);
  const spec = keithley2000({ port, nplc: 1, range: 10 });
  const driver = await spec.connect(testContext(clock).context);
  for (const nplc of [1, 5]) {
    await driver.adjust?.apply(spec.change({ nplc }), new Set(['nplc']), never);
    const beganMs = clock.now();
    await driver.grab(never);
    expect(Math.abs(clock.now() - beganMs - (driver.grabMs?.() ?? 0))).toBeLessThan(10);
  }
});
