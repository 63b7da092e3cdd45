import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AttachedDevice, interfacesOf } from './attached-device.ts';

const SYS = '/sys';
const ROOT_HUB = 'devices/platform/vhci_hcd.0/usb1';
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

/** Where a device is below /sys. */
export const devicePath = ({ place }: AttachedDevice): string => `/${ROOT_HUB}/${place}`;

/** Its number as a character device. */
export const minorOf = ({ number }: AttachedDevice): number => number - 1;

/** Makes /sys, which is a memory file system of this mount namespace, tell of a device as Linux does. */
export function addToSysfs(device: AttachedDevice): void {
  const { descriptor, configuration, strings, number, place } = device;
  const folder = join(SYS, ROOT_HUB, place);
  const value = configuration[5] ?? 1;
  const version = descriptor.readUInt16LE(2);
  const [vendor, product, release] = [8, 10, 12].map((at) => descriptor.readUInt16LE(at)) as [number, number, number];
  writeAll(folder, {
    busnum: '1',
    devnum: String(number),
    devpath: String(number),
    idVendor: hex(vendor, 4),
    idProduct: hex(product, 4),
    bcdDevice: hex(release, 4),
    version: `${hex(version >> 8, 2).replace(/^0/, ' ')}.${hex(version & 0xff, 2)}`,
    bDeviceClass: hex(descriptor[4] ?? 0, 2),
    bDeviceSubClass: hex(descriptor[5] ?? 0, 2),
    bDeviceProtocol: hex(descriptor[6] ?? 0, 2),
    bMaxPacketSize0: String(descriptor[7]),
    bNumConfigurations: '1',
    bConfigurationValue: String(value),
    bNumInterfaces: ` ${configuration[4]}`,
    speed: '480',
    manufacturer: strings.maker,
    product: strings.product,
    ...(strings.serialNumber !== '' && { serial: strings.serialNumber }),
    dev: `189:${minorOf(device)}`,
    uevent: [
      `MAJOR=189\nMINOR=${minorOf(device)}\nDEVNAME=bus/usb/001/${String(number).padStart(3, '0')}`,
      `DEVTYPE=usb_device\nDRIVER=usb\nPRODUCT=${[vendor, product, release].map((one) => one.toString(16)).join('/')}`,
      `TYPE=0/0/0\nBUSNUM=001\nDEVNUM=${String(number).padStart(3, '0')}`,
    ].join('\n'),
  });
  writeFileSync(join(folder, 'descriptors'), Buffer.concat([descriptor, configuration]));
  symlinkSync('../../../../../bus/usb', join(folder, 'subsystem'));
  for (const one of interfacesOf(device)) {
    const inside = join(folder, `${place}:${value}.${one[2]}`);
    writeAll(inside, {
      bInterfaceNumber: hex(one[2] ?? 0, 2),
      bAlternateSetting: ' 0',
      bNumEndpoints: hex(one[4] ?? 0, 2),
      bInterfaceClass: hex(one[5] ?? 0, 2),
      bInterfaceSubClass: hex(one[6] ?? 0, 2),
      bInterfaceProtocol: hex(one[7] ?? 0, 2),
      uevent: 'DEVTYPE=usb_interface',
    });
    symlinkSync('../../../../../../bus/usb', join(inside, 'subsystem'));
    // Where Linux says who holds it; that a program does is not shown here.
    const holder = device.holders.get(one[2] ?? 0);
    if (typeof holder === 'string') symlinkSync(`../../../../../../bus/usb/drivers/${holder}`, join(inside, 'driver'));
    symlinkSync(`../../../${ROOT_HUB}/${place}/${place}:${value}.${one[2]}`, busLink(`${place}:${value}.${one[2]}`));
  }
  symlinkSync(`../../../${ROOT_HUB}/${place}`, busLink(place));
  symlinkSync(`../../${ROOT_HUB}/${place}`, charLink(device));
  // What makes libudev take the device for one that udev has seen.
  writeFileSync(udevEntry(device), 'E:ID_BUS=usb\n');
}

export function removeFromSysfs(device: AttachedDevice): void {
  const links = interfacesOf(device).map((one) => busLink(`${device.place}:${device.configuration[5]}.${one[2]}`));
  const all = [...links, busLink(device.place), charLink(device), join(SYS, devicePath(device)), udevEntry(device)];
  for (const path of all) rmSync(path, { recursive: true, force: true });
}

/** The folders that are there without any device. */
export function prepareSysfs(): void {
  for (const folder of ['/sys/bus/usb/devices', '/sys/dev/char', '/run/udev/data']) {
    mkdirSync(folder, { recursive: true });
  }
}

const busLink = (name: string) => `/sys/bus/usb/devices/${name}`;
const charLink = (device: AttachedDevice) => `/sys/dev/char/189:${minorOf(device)}`;
const udevEntry = (device: AttachedDevice) => `/run/udev/data/c189:${minorOf(device)}`;

function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\n`);
}
