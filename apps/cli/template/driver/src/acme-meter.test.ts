import { realClock, VirtualClock } from '@daqtor/core';
import { describeDetectorDriver } from '@daqtor/core/testing';
import { driversByName } from '@daqtor/drivers';
import { expectedProtocol, testContext } from '@daqtor/drivers/testing';
import { memoryPort, serveTcp } from '@daqtor/sim';
import { expect, it } from 'vitest';
import { acmeMeter } from './acme-meter.ts';
import { simulatedAcmeMeter } from './simulated-acme-meter.ts';

const never = new AbortController().signal;

/** A meter in virtual time, on a wire that cuts answers at every byte. */
async function onWire(input = () => 1.25) {
  const clock = new VirtualClock();
  const port = memoryPort('meter', simulatedAcmeMeter({ clock, input }), clock, { latencyMs: 2, fragmentBytes: 1 });
  return acmeMeter({ port }).connect(testContext(clock).context);
}

describeDetectorDriver('acmeMeter on a wire in memory', async () => ({ driver: await onWire() }));

describeDetectorDriver('acmeMeter by TCP', async () => {
  const served = await serveTcp(simulatedAcmeMeter({ clock: realClock }));
  const driver = await acmeMeter({ port: served.address }).connect(testContext(realClock).context);
  return { driver, dispose: () => served.close() };
});

it('reads volts', async () => {
  const driver = await onWire();
  const [data] = await driver.grab(never);
  expect(data).toMatchObject({ name: 'voltage', units: 'V', data: [Float64Array.of(1.25)] });
  await driver.close();
});

it('makes an error of a voltage over range, never a number', async () => {
  const driver = await onWire(() => 50);
  await expect(driver.grab(never)).rejects.toMatchObject({ code: 'instrument.fault' });
  await driver.close();
});

it('says what the manual has, byte for byte', () =>
  expectedProtocol(
    (port) => acmeMeter({ port, rangeV: 100 }),
    [
      ['*CLS\n*IDN?\n', 'ACME,acme-meter,0815,1.0\n'],
      [':VOLT:RANG 100\n'],
      [':SYST:ERR?\n', '0,"No error"\n'],
      [':READ?\n', '+1.250000E+00\n'],
    ],
    async (driver) => void (await driver.grab(never)),
  ));

it('is a plugin that Daqtor takes', async () => {
  const { drivers, quarantined } = await driversByName({ plugins: [new URL('..', import.meta.url).pathname] });
  expect(quarantined).toEqual([]);
  expect(drivers.get('acme-meter')?.manifest.role).toBe('detector');
});
