// Through the package `usb` itself, on a /dev/bus/usb that is served from user space: npm run check:usb.
import { realClock, type UsbInterface } from '@daqtor/core';
import { describeDetectorDriver } from '@daqtor/core/testing';
import {
  type ServedUsb,
  type SimulatedUsbDevice,
  serveUsbip,
  simulatedHp34401a,
  simulatedKeithley2000,
  simulatedOceanUsb2000Plus,
  simulatedRigolDs1000z,
  simulatedSr860,
  usbSimulators,
  usbtmcInstrument,
} from '@daqtor/sim';
import { plugIn, untilAllUnplugged, withoutUsb } from '@daqtor/sim/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { builtInDrivers } from '../catalogue/built-in-drivers.ts';
import { findPorts } from '../discovery/find-ports.ts';
import { hp34401a } from '../instruments/hp34401a.ts';
import { keithley2000 } from '../instruments/keithley2000.ts';
import { oceanUsb2000plus } from '../instruments/ocean-usb2000plus.ts';
import { rigolDs1000z } from '../instruments/rigol-ds1000z.ts';
import { sr860 } from '../instruments/sr860.ts';
import { sr860Recorder } from '../instruments/sr860-recorder.ts';
import { UsbtmcDevice } from '../protocols/usbtmc-device.ts';
import { testContext } from '../testing/scripted-port.ts';
import { toText } from './bytes.ts';
import { openLink } from './link.ts';
import { parseUsbAddress } from './usb-address.ts';
import { usbPort } from './usb-port.ts';

const never = new AbortController().signal;
const METER = { vendorId: 0x05e6, productId: 0x2110, maker: 'Keithley', product: 'Meter', serialNumber: 'K1' };
const SCOPE = { vendorId: 0x1ab1, productId: 0x04ce, maker: 'Rigol', product: 'Scope', serialNumber: 'R1' };
const LOCK_IN = { vendorId: 0xb506, productId: 0x2000, maker: 'SRS', product: 'SR860', serialNumber: 'S1' };
const ADDRESS = 'usb://05E6:2110/K1';
const meter = (identity = METER) =>
  usbtmcInstrument(simulatedKeithley2000({ clock: realClock, input: () => 1.25 }), identity);
const sine = (_: number, seconds: number) => Math.sin(2 * Math.PI * 500 * seconds);

const served: ServedUsb[] = [];
async function serve(devices: readonly SimulatedUsbDevice[], kernelDriver?: string): Promise<ServedUsb> {
  const bus = await serveUsbip(devices);
  served.push(bus);
  for (const busId of bus.busIds) await plugIn(bus, busId, kernelDriver);
  return bus;
}
afterEach(async () => {
  await Promise.all(served.splice(0).map((one) => one.close()));
  if (withoutUsb === undefined) await untilAllUnplugged();
});

async function open(address = ADDRESS) {
  const events = { gone: undefined as Error | undefined };
  const usb = await usbPort(parseUsbAddress(address)).openUsb(
    { class: 0xfe, subclass: 3 },
    {
      gone: (cause) => {
        events.gone = cause;
      },
    },
    never,
  );
  return { usb, events };
}

async function identity(usb: UsbInterface): Promise<string> {
  const device = new UsbtmcDevice(usb, 'meter');
  await device.write(Uint8Array.from('*IDN?\n', (char) => char.charCodeAt(0)));
  let text = '';
  await device.fetch((bytes) => {
    text += toText(bytes);
  }, never);
  return text;
}

describe.skipIf(withoutUsb !== undefined)(`a USB device of the system${withoutUsb ? ` (${withoutUsb})` : ''}`, () => {
  // Each opening gets an instrument of its own.
  let opened = 0;
  const another = (identity: typeof METER) => ({ ...identity, serialNumber: `N${++opened}` });

  describeDetectorDriver('keithley2000 by USB', async () => {
    const identity = another(METER);
    await serve([meter(identity)]);
    const port = `usb://05E6:2110/${identity.serialNumber}`;
    const driver = await keithley2000({ port, nplc: 0.1 }).connect(testContext(realClock).context);
    return { driver };
  });

  describeDetectorDriver('rigolDs1000z by USB', async () => {
    const identity = another(SCOPE);
    await serve([usbtmcInstrument(simulatedRigolDs1000z({ clock: realClock, signal: sine }), identity)]);
    const port = `usb://1AB1:04CE/${identity.serialNumber}`;
    const driver = await rigolDs1000z({ port }).connect(testContext(realClock).context);
    return { driver };
  });

  describeDetectorDriver('oceanUsb2000plus by USB', async () => {
    const serialNumber = `N${++opened}`;
    await serve([simulatedOceanUsb2000Plus({ clock: realClock, serialNumber })]);
    const spec = oceanUsb2000plus({ port: `usb://2457:101E/${serialNumber}`, integrationMs: 5 });
    return { driver: await spec.connect(testContext(realClock).context) };
  });

  const lockInAt = async () => {
    const identity = another(LOCK_IN);
    await serve([usbtmcInstrument(simulatedSr860({ clock: realClock }), identity)]);
    return `usb://B506:2000/${identity.serialNumber}`;
  };

  describeDetectorDriver('sr860 by USB', async () => {
    const spec = sr860({ port: await lockInAt(), timeConstantS: 0.001 });
    return { driver: await spec.connect(testContext(realClock).context) };
  });

  describeDetectorDriver('sr860Recorder by USB', async () => {
    const spec = sr860Recorder({ port: await lockInAt(), points: 6, rateHz: 70 });
    return { driver: await spec.connect(testContext(realClock).context) };
  });

  it.each([
    ['hp34401a', () => hp34401a({ port: 'usb://03EB:2065/GPIB22', nplc: 0.2 }), 1.25],
    ['keithley2000', () => keithley2000({ port: 'usb://03EB:2065/GPIB16', nplc: 0.1 }), 1.25],
    ['sr860', () => sr860({ port: 'usb://B506:2000', settleTimeConstants: 0 }), undefined],
    ['rigol-ds1000z', () => rigolDs1000z({ port: 'usb://1AB1:04CE' }), undefined],
    ['ocean-usb2000plus', () => oceanUsb2000plus({ port: 'usb://2457:101E', integrationMs: 5 }), undefined],
  ] as const)('reaches the %s of the catalogue by its driver', async (name, spec, value) => {
    const simulator = usbSimulators.find((one) => one.name === name);
    await serve(simulator ? [simulator.make({ clock: realClock })] : []);
    const driver = await spec().connect(testContext(realClock).context);
    const [data] = await driver.grab(never);
    if (value !== undefined) expect(Math.abs(Number(data?.data[0]?.[0]) - value)).toBeLessThan(0.06);
    expect(data?.data[0]?.length).toBeGreaterThan(0);
    await driver.close();
  });

  it('is listed with its address and the driver that fits', async () => {
    await serve(usbSimulators.map((one) => one.make({ clock: realClock })));
    const { ports } = await findPorts(builtInDrivers.map(({ manifest }) => manifest));
    expect(ports.map(({ address, fits, problem }) => [address, fits, problem])).toEqual([
      ['usb://03EB:2065/GPIB22', [], undefined],
      ['usb://03EB:2065/GPIB16', [], undefined],
      ['usb://03EB:2065/GPIB24', [], undefined],
      ['usb://1AB1:04CE/DS1ZA170801234', ['rigol-ds1000z'], undefined],
      ['usb://B506:2000/003412', ['sr860', 'sr860-recorder'], undefined],
      ['usb://2457:101E/USB2%2BH00001', ['ocean-usb2000plus'], undefined],
    ]);
  });

  it('is found by its serial number among its like', async () => {
    await serve([meter(), meter({ ...METER, serialNumber: 'K2' })]);
    await expect(open('usb://05E6:2110')).rejects.toThrow(
      /is 2 devices: usb:\/\/05E6:2110\/K1, usb:.*K2\. Add the serial/,
    );
    await expect(open('usb://05E6:2110/K3')).rejects.toThrow(/is not plugged in\. There is usb:\/\/05E6:2110\/K1, /);
    const { usb } = await open('usb://05E6:2110/K2');
    expect(await identity(usb)).toContain('MODEL 2000');
    await usb.close();
  });

  it('is not taken from another program', async () => {
    await serve([meter()]);
    const { usb } = await open();
    await expect(open()).rejects.toThrow('is in use by another program. Close what uses it');
    expect(await identity(usb)).toContain('MODEL 2000');
    await usb.close();
    await (await open()).usb.close();
  });

  it('is taken from the driver of the kernel, and given back', async () => {
    await serve([meter()], 'usbtmc');
    for (let times = 0; times < 2; times++) {
      const { usb } = await open();
      expect(await identity(usb)).toContain('MODEL 2000');
      await usb.close();
    }
  });

  it('tells when it is refused', async () => {
    await serve([meter()]);
    await expect(
      usbPort(parseUsbAddress(ADDRESS)).openUsb({ class: 0xff }, { gone: () => undefined }, never),
    ).rejects.toThrow('has no interface of class ff');
    await expect(open('usb://DEAD:BEEF')).rejects.toThrow('is not plugged in. Plug it in and switch it on');
  });

  it('tells the rule of udev to somebody who may not open it', async () => {
    await serve([meter()]);
    process.setegid?.('nogroup');
    process.seteuid?.('nobody');
    try {
      await expect(open()).rejects.toThrow(/permission denied.*: write SUBSYSTEM=="usb", ATTR{idVendor}=="05e6", /);
    } finally {
      process.seteuid?.(0);
      process.setegid?.(0);
    }
    await (await open()).usb.close();
  });

  it('closes at once while a transfer waits, and can be opened again', async () => {
    await serve([meter()]);
    const { usb } = await open();
    const waiting = usb.receive(0x82, 512, 60_000);
    const failed = expect(waiting).rejects.toMatchObject({ code: 'instrument.gone' });
    const startMs = realClock.now();
    await usb.close();
    expect(realClock.now() - startMs).toBeLessThan(1000);
    await failed;
    const again = await open();
    expect(await identity(again.usb)).toContain('MODEL 2000');
    await again.usb.close();
  });

  it('keeps transfers on one endpoint apart, and gives up waiting without losing anything', async () => {
    await serve([meter()]);
    const { usb } = await open();
    expect(await Promise.all([usb.receive(0x82, 512, 60), usb.receive(0x82, 512, 60)])).toEqual(['late', 'late']);
    expect(await identity(usb)).toContain('MODEL 2000');
    await usb.close();
  });

  it('stalls on what is no message, until the halt is cleared', async () => {
    await serve([meter()]);
    const { usb } = await open();
    expect(await usb.send(0x01, new Uint8Array(16), 1000)).toBe('stalled');
    expect(await usb.send(0x01, new Uint8Array(16), 1000)).toBe('stalled');
    await usb.clearHalt(0x01);
    expect(await identity(usb)).toContain('MODEL 2000');
    expect(await usb.control({ type: 'class', recipient: 'interface', request: 99, value: 0, index: 0 }, 8, 1000)).toBe(
      'stalled',
    );
    await usb.close();
  });

  it('is gone at once when it is unplugged, also when nobody waits, and is found again', async () => {
    const bus = await serve([meter()]);
    const { usb, events } = await open();
    bus.unplug('1-1');
    await expect.poll(() => events.gone, { timeout: 5000 }).toBeInstanceOf(Error);
    await expect(usb.send(0x01, new Uint8Array(16), 1000)).rejects.toMatchObject({ code: 'instrument.gone' });
    await usb.close();
    await expect(open()).rejects.toThrow('is not plugged in');
    bus.replug('1-1');
    await plugIn(bus);
    const again = await open();
    expect(await identity(again.usb)).toContain('MODEL 2000');
    await again.usb.close();
  });

  it('fails what waits for it when it is unplugged', async () => {
    const bus = await serve([meter()]);
    const { usb, events } = await open();
    const waiting = expect(usb.receive(0x82, 512, 60_000)).rejects.toMatchObject({ code: 'instrument.gone' });
    bus.unplug('1-1');
    await waiting;
    expect(events.gone).toBeInstanceOf(Error);
    await usb.close();
  });

  it('has a question taken back that was given up, and answers the next', async () => {
    await serve([usbtmcInstrument(simulatedHp34401a({ clock: realClock, input: () => 1.25 }), METER)]);
    const { context } = testContext(realClock);
    const link = await openLink(context, ADDRESS, {
      resync: { ask: (io) => io.write('*CLS\n*IDN?\n'), answered: async (io) => void (await io.readUntil('\n')) },
    });
    const ask = (text: string, timeoutMs: number) =>
      link.exchange(async (io) => {
        await io.write(`${text}\n`);
        return toText(await io.readUntil('\n', timeoutMs));
      }, never);
    await link.exchange((io) => io.write('SYST:REM;:CONF:VOLT:DC;:VOLT:DC:NPLC 100\n'), never);
    for (let times = 0; times < 3; times++) {
      await expect(ask(':READ?', 60)).rejects.toMatchObject({ code: 'instrument.timeout' });
      expect(await ask('*STB?', 3000)).toBe('0');
    }
    await link.close();
  });
});
