import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { builtInDrivers } from '../catalogue/built-in-drivers.ts';
import { listSerialPorts } from '../transports/list-serial-ports.ts';
import { findPorts, type SystemPorts } from './find-ports.ts';
import { listUsbDevices } from './list-usb-devices.ts';

const manifests = builtInDrivers.map(({ manifest }) => manifest);
const refuse = (code: string) => async () => {
  throw Object.assign(new Error(`${code}: permission denied`), { code });
};

function machine(parts: Partial<SystemPorts>): SystemPorts {
  return {
    serial: async () => ({ ports: [], note: undefined }),
    usb: async () => [],
    access: async () => {},
    ...parts,
  };
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'daqtor-ports-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
  }
  return folder;
}

const LAKE_SHORE = { path: '/dev/ttyUSB0', vendorId: '1fb9', productId: '0301', serialNumber: '336A17', maker: 'LSCI' };
const RIGOL = {
  path: '/dev/bus/usb/001/004',
  vendorId: '1ab1',
  productId: '04ce',
  serialNumber: 'DS1ZA1',
  isUsbtmc: true,
};

it('names the drivers whose instruments have the USB id of a port', async () => {
  const { ports } = await findPorts(
    manifests,
    machine({ serial: async () => ({ ports: [LAKE_SHORE], note: undefined }) }),
  );
  expect(ports).toMatchObject([
    {
      address: 'serial:/dev/ttyUSB0',
      usbId: '1fb9:0301',
      serialNumber: '336A17',
      fits: ['lake-shore-33x-inputs', 'lake-shore-33x-loop'],
      problem: undefined,
    },
  ]);
});

it('says what to do where the system refuses access', async () => {
  const serial = async () => ({ ports: [LAKE_SHORE], note: undefined });
  const { ports } = await findPorts(manifests, machine({ serial, access: refuse('EACCES') }));
  expect(ports[0]?.problem).toMatch(/^you may not use it: add yourself to the group .* dialout/);
});

it('says by which wire a driver reaches an instrument that is plugged in by USB', async () => {
  const [first] = manifests;
  const driver = { ...first, wires: ['tcp'], usbIds: ['1ab1:04ce'] } as (typeof manifests)[number];
  const { ports } = await findPorts([driver], machine({ usb: async () => [{ ...RIGOL, isUsbtmc: false }] }));
  expect(ports).toMatchObject([
    { kind: 'usb', address: undefined, fits: [driver.kind], problem: expect.stringContaining('by tcp') },
  ]);
});

it('gives the address of a USB instrument, also of one of the class that no driver knows', async () => {
  const unknown = { ...RIGOL, vendorId: '0957', productId: '1796', serialNumber: 'MY/1' };
  const mouse = { ...RIGOL, vendorId: '046d', productId: 'c077', isUsbtmc: false };
  const { ports } = await findPorts(manifests, machine({ usb: async () => [RIGOL, unknown, mouse] }));
  expect(ports).toMatchObject([
    { address: 'usb://1AB1:04CE/DS1ZA1', fits: ['rigol-ds1000z'], problem: undefined },
    { address: 'usb://0957:1796/MY%2F1', fits: [], problem: undefined },
    { address: undefined, fits: [], problem: undefined },
  ]);
});

it('gives a rule of udev for a USB instrument that its driver may not open', async () => {
  const [first] = manifests;
  const driver = {
    ...first,
    kind: 'spectrometer',
    wires: ['usb'],
    usbIds: ['1ab1:04ce'],
  } as (typeof manifests)[number];
  const { ports } = await findPorts([driver], machine({ usb: async () => [RIGOL], access: refuse('EACCES') }));
  expect(ports[0]?.problem).toContain('ATTR{idVendor}=="1ab1"');
});

it('lists a device with a serial port once', async () => {
  const serial = async () => ({ ports: [LAKE_SHORE], note: undefined });
  const usb = async () => [{ ...LAKE_SHORE, path: '/dev/bus/usb/001/002', isUsbtmc: false }, RIGOL];
  expect((await findPorts(manifests, machine({ serial, usb }))).ports.map(({ kind }) => kind)).toEqual([
    'serial',
    'usb',
  ]);
});

it('goes on, and says so, where neither udev nor USB is there', async () => {
  const dev = folderWith({ ttyUSB1: '', ttyACM0: '', null: '', tty: '' });
  const serial = () =>
    listSerialPorts(dev, async () => {
      throw new Error('spawn udevadm ENOENT');
    });
  const { ports, notes } = await findPorts(
    manifests,
    machine({ serial, usb: () => listUsbDevices(join(dev, 'none')) }),
  );
  expect(ports.map(({ path }) => path)).toEqual([`${dev}/ttyACM0`, `${dev}/ttyUSB1`]);
  expect(notes).toEqual([expect.stringContaining('install udev'), expect.stringContaining('/sys/bus/usb')]);
});

it('reads USB devices from sysfs, without hubs, interfaces and what is half gone', async () => {
  const device = (name: string, facts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(facts).map(([key, value]) => [`${name}/${key}`, value]));
  const sysfs = folderWith({
    ...device('1-1', {
      idVendor: '1AB1',
      idProduct: '04ce',
      busnum: '1',
      devnum: '12',
      bDeviceClass: '00',
      serial: 'DS1ZA1',
      product: 'DS1000Z',
    }),
    ...device('usb1', { idVendor: '1d6b', idProduct: '0002', busnum: '1', devnum: '1', bDeviceClass: '09' }),
    ...device('1-1:1.0', { bInterfaceClass: 'fe', bInterfaceSubClass: '03' }),
    ...device('1-2', { idVendor: '1234' }),
  });
  expect(await listUsbDevices(sysfs)).toEqual([
    {
      path: '/dev/bus/usb/001/012',
      vendorId: '1ab1',
      productId: '04ce',
      serialNumber: 'DS1ZA1',
      maker: undefined,
      product: 'DS1000Z',
      isUsbtmc: true,
    },
  ]);
});
