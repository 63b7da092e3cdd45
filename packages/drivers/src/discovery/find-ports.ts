import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { DriverManifest } from '@daqtor/core';
import { listSerialPorts, type SerialPortInfo, type SerialPortList } from '../transports/list-serial-ports.ts';
import { udevAdvice } from '../transports/udev-advice.ts';
import { usbAddress } from '../transports/usb-address.ts';
import { listUsbDevices, type UsbDeviceInfo } from './list-usb-devices.ts';

/** Something that an instrument may hang on. */
export interface FoundPort {
  readonly kind: 'serial' | 'usb';
  readonly path: string;
  /** What to give a driver as its port; undefined where no transport of ours opens it. */
  readonly address: string | undefined;
  /** `vendor:product` in hexadecimal. */
  readonly usbId: string | undefined;
  readonly serialNumber: string | undefined;
  readonly maker: string | undefined;
  readonly product: string | undefined;
  /** Kinds of drivers whose instruments have this USB id. An id of a converter may be anything's. */
  readonly fits: readonly string[];
  /** Why it cannot be used as it is, and what to do. */
  readonly problem: string | undefined;
}

export interface PortReport {
  readonly ports: readonly FoundPort[];
  /** What could not be found out on this machine, and why. */
  readonly notes: readonly string[];
}

/** Where the system is asked; tests ask one of their own. */
export interface SystemPorts {
  readonly serial: () => Promise<SerialPortList>;
  readonly usb: () => Promise<readonly UsbDeviceInfo[] | undefined>;
  /** Rejects with the error of the system if this process may not read and write it. */
  readonly access: (path: string) => Promise<void>;
}

const THIS_MACHINE: SystemPorts = {
  serial: () => listSerialPorts(),
  usb: () => listUsbDevices(),
  access: (path) => access(path, constants.R_OK | constants.W_OK),
};

/**
 * Looks for serial ports and USB devices, opening none of them.
 *
 * @param drivers - those that may fit
 * @returns serial ports, then USB devices that have no serial port; never rejects
 */
export async function findPorts(
  drivers: readonly DriverManifest[],
  system: SystemPorts = THIS_MACHINE,
): Promise<PortReport> {
  const [serial, usb] = await Promise.all([system.serial(), system.usb()]);
  const notes = serial.note === undefined ? [] : [serial.note];
  if (!usb) notes.push('USB devices cannot be listed here: this system shows none at /sys/bus/usb');
  const onSerial = await Promise.all(serial.ports.map((port) => serialOf(port, drivers, system)));
  const known = new Set(onSerial.map(({ usbId, serialNumber }) => `${usbId} ${serialNumber}`));
  const others = (usb ?? []).filter((one) => !known.has(`${idOf(one)} ${one.serialNumber}`));
  const onUsb = await Promise.all(others.map((device) => usbOf(device, drivers, system)));
  return { ports: [...onSerial, ...onUsb], notes };
}

async function serialOf(
  port: SerialPortInfo,
  drivers: readonly DriverManifest[],
  { access }: SystemPorts,
): Promise<FoundPort> {
  const { path, serialNumber, maker } = port;
  const usbId = idOf(port);
  const problem = await refusal(
    path,
    access,
    `add yourself to the group that owns it (sudo usermod -aG dialout $USER), then log in again`,
  );
  const fits = fitting(drivers, usbId);
  return {
    kind: 'serial',
    path,
    address: `serial:${path}`,
    usbId,
    serialNumber,
    maker,
    product: undefined,
    fits,
    problem,
  };
}

async function usbOf(
  device: UsbDeviceInfo,
  drivers: readonly DriverManifest[],
  { access }: SystemPorts,
): Promise<FoundPort> {
  const { path, serialNumber, maker, product, vendorId, productId, isUsbtmc } = device;
  const usbId = idOf(device);
  const fits = fitting(drivers, usbId);
  const wires = drivers.filter(({ kind }) => fits.includes(kind)).flatMap((driver) => driver.wires);
  const speaksUsb = wires.includes('usb');
  const ids = { vendorId: Number.parseInt(vendorId, 16), productId: Number.parseInt(productId, 16) };
  // Whatever is of the class can be asked who it is.
  const address = speaksUsb || isUsbtmc ? usbAddress({ ...ids, serialNumber }) : undefined;
  const base = { kind: 'usb', path, address, usbId, serialNumber, maker, product, fits } as const;
  if (fits.length > 0 && !speaksUsb) {
    const others = [...new Set(wires)].join(' or ');
    return { ...base, problem: `the driver does not speak USB: connect the instrument by ${others}` };
  }
  // Of a mouse nobody wants to know who may open it.
  return { ...base, problem: address === undefined ? undefined : await refusal(path, access, udevAdvice(vendorId)) };
}

async function refusal(path: string, access: SystemPorts['access'], advice: string): Promise<string | undefined> {
  try {
    await access(path);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? `you may not use it: ${advice}` : message;
  }
}

const fitting = (drivers: readonly DriverManifest[], usbId: string | undefined): string[] =>
  drivers.filter(({ usbIds }) => usbId !== undefined && usbIds.includes(usbId)).map(({ kind }) => kind);

const idOf = ({ vendorId, productId }: { vendorId?: string | undefined; productId?: string | undefined }) =>
  vendorId === undefined || productId === undefined ? undefined : `${vendorId}:${productId}`;
