import { realClock, VirtualClock } from '@daqtor/core';
import { describeDetectorDriver } from '@daqtor/core/testing';
import { memoryPort, serveTcp, simulatedHp34401a } from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import { expectedProtocol } from '../testing/expected-protocol.ts';
import { testContext } from '../testing/scripted-port.ts';
import { hp34401a } from './hp34401a.ts';

const never = new AbortController().signal;
const CLEAR_AND_ASK = '\x03\n:SYST:REM\n*CLS\n*IDN?\n';
const IDENTITY = 'HEWLETT-PACKARD,34401A,0,10-5-2\r\n';

function meter(input: (quantity: 'V' | 'A' | 'ohm') => number = () => 1.25) {
  const clock = new VirtualClock();
  const port = memoryPort('meter', simulatedHp34401a({ clock, input }), clock, { latencyMs: 2, fragmentBytes: 1 });
  return { clock, port, ...testContext(clock) };
}

describeDetectorDriver('hp34401a on a wire in memory, byte by byte', async () => {
  const { port, context } = meter();
  const spec = hp34401a({ port });
  return { driver: await spec.connect(context), adjusted: { ...spec.settings, nplc: 0.2, range: 10 } };
});

describeDetectorDriver('hp34401a by TCP', async () => {
  const served = await serveTcp(simulatedHp34401a({ clock: realClock, input: () => 1.25 }));
  const driver = await hp34401a({ port: served.address, nplc: 0.02 }).connect(testContext(realClock).context);
  return { driver, dispose: () => served.close() };
});

describe('hp34401a', () => {
  it('changes what belongs to its function while connected', async () => {
    const { port, context } = meter();
    const spec = hp34401a({ port, function: 'voltage:ac' });
    const driver = await spec.connect(context);
    expect(driver.adjust?.names).toEqual(['acFilterHz', 'range']);
    await driver.adjust?.apply(spec.change({ acFilterHz: 200 }), new Set(['acFilterHz']), never);
    expect(await driver.adjust?.read?.(never)).toEqual({ acFilterHz: 200, range: undefined });
    await driver.close();
  });

  it('says what the manual has it say', async () => {
    await expectedProtocol(
      (port) => hp34401a({ port, nplc: 1, range: 10 }),
      [
        [CLEAR_AND_ASK, IDENTITY],
        [':CONF:VOLT:DC\n'],
        [':SENS:VOLT:DC:NPLC 1\n'],
        [':SENS:VOLT:DC:RANG 10\n'],
        [':SYST:ERR?\n', '+0,"No error"\r\n'],
        [':READ?\n', '+4.27150000E-01\r\n'],
      ],
      async (driver) => {
        expect(driver.identity).toBe('HP 34401A, firmware 10-5-2');
        expect(await driver.grab(never)).toMatchObject([
          { name: 'voltage', units: 'V', data: [Float64Array.of(0.42715)] },
        ]);
      },
    );
  });

  it('filters AC instead of integrating it', async () => {
    await expectedProtocol(
      (port) => hp34401a({ port, function: 'current:ac', acFilterHz: 3 }),
      [[CLEAR_AND_ASK, IDENTITY], [':CONF:CURR:AC\n'], [':SENS:DET:BAND 3\n'], [':SYST:ERR?\n', '+0,"No error"\r\n']],
    );
  });

  it('waits for a slow reading, whose time follows the integration time', async () => {
    const { clock, port, context } = meter((quantity) => (quantity === 'ohm' ? 4700 : Number.NaN));
    const driver = await hp34401a({ port, function: 'fresistance', nplc: 100 }).connect(context);
    const start = clock.now();
    const [data] = await driver.grab(never);
    expect(data).toMatchObject({ name: 'resistance', units: 'ohm' });
    expect(data?.data[0]?.[0]).toBeCloseTo(4700, 0);
    expect(clock.now() - start).toBeGreaterThanOrEqual(2 * 100 * 20);
  });

  it('makes an error of a reading over range', async () => {
    const { port, context } = meter(() => -50);
    const driver = await hp34401a({ port, range: 10 }).connect(context);
    await expect(driver.grab(never)).rejects.toMatchObject({
      code: 'instrument.fault',
      message: expect.stringContaining('over range (voltage:dc, range 10 V). Check the wiring'),
    });
  });

  it('breaks a slow reading off when it is aborted, and takes no late one for the next', async () => {
    let volts = 1;
    const { clock, port, context } = meter(() => volts);
    const driver = await hp34401a({ port, nplc: 100 }).connect(context);
    const abort = new AbortController();
    clock.setTimeout(() => abort.abort(new Error('enough')), 3000);
    await expect(driver.grab(abort.signal)).rejects.toThrow('enough');
    volts = 2;
    const [data] = await driver.grab(never);
    expect(data?.data[0]?.[0]).toBeCloseTo(2, 3);
  });

  it('refuses a range that the function does not have', async () => {
    const { port, context } = meter();
    await expect(hp34401a({ port, function: 'voltage:ac', range: 800 }).connect(context)).rejects.toMatchObject({
      code: 'lab.settings',
    });
  });
});
