import { readFileSync } from 'node:fs';
import { capabilitiesOf, VirtualClock } from '@daqtor/core';
import { memoryPort, memoryUsbPort, simulators, usbSimulators } from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import * as api from '../index.ts';
import { testContext } from '../testing/scripted-port.ts';
import { builtInDrivers } from './built-in-drivers.ts';
import { describeSettings } from './describe-settings.ts';

/** Settings that a driver cannot do without. */
const NEEDED: Readonly<Record<string, object>> = {
  esp301: { axis: 1 },
  'firmata-output': { pin: 9, as: 'pwm' },
  grbl: { axis: 'X' },
  'keithley2400-source': { source: 'voltage', compliance: 0.01 },
  'modbus-registers': { registers: [{ name: 'temperature', table: 'input', address: 0 }] },
  'modbus-setpoint': { setpoint: { address: 0 } },
  'keithley2400-sweep': { source: 'voltage', compliance: 0.01, start: 0, stop: 1, points: 3 },
  'sr830-recorder': { points: 4 },
  'sr860-recorder': { points: 4, rateHz: 50 },
  'thorlabs-apt': { stage: 'MTS50-Z8' },
  zaber: { microstep: 0.001 },
};

/** Where a simulated instrument is reached: on a wire, if it can be, else on USB. */
function portTo(name: string, clock: VirtualClock) {
  const onWire = simulators.find((one) => one.name === name);
  if (onWire) return memoryPort(name, onWire.make({ clock }), clock);
  const onUsb = usbSimulators.find((one) => one.name === name);
  if (!onUsb) throw new Error(`no simulator '${name}'`);
  return memoryUsbPort(name, onUsb.make({ clock }), clock);
}

describe.each(builtInDrivers.map((driver) => [driver.manifest.kind, driver] as const))(
  '%s',
  (kind, { manifest, plugin }) => {
    it('can do on its simulator what the catalogue says', async () => {
      const clock = new VirtualClock();
      const port = portTo(manifest.simulator ?? '', clock);
      const spec = plugin({ port, ...NEEDED[kind] } as never);
      const driver = await spec.connect(testContext(clock).context);
      expect(capabilitiesOf(driver).filter((one) => one !== 'estimate')).toEqual(manifest.can);
      await driver.close();
    });

    it('has settings that can be shown to people, each with a description', () => {
      const settings = describeSettings(plugin);
      expect(settings.filter(({ description }) => description === '')).toEqual([]);
      expect(settings.find(({ name }) => name === 'port')).toMatchObject({ takes: 'address', isRequired: true });
    });

    it('is in the table of instruments', () => {
      const page = readFileSync(new URL('../../../../docs/instruments.md', import.meta.url), 'utf8');
      expect(page).toContain(`| \`${kind}\` |`);
    });
  },
);

it('has every driver that the package exports', () => {
  const exported = Object.values(api).filter((one) => typeof one === 'function' && 'kind' in one && 'role' in one);
  expect(new Set(builtInDrivers.map(({ plugin }) => plugin))).toEqual(new Set(exported));
});
