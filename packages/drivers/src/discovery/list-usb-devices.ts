import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the system tells of a USB device, without opening it. Ids are four hexadecimal digits in lower case. */
export interface UsbDeviceInfo {
  /** Its node, e.g. `/dev/bus/usb/001/004`. */
  readonly path: string;
  readonly vendorId: string;
  readonly productId: string;
  readonly serialNumber?: string | undefined;
  readonly maker?: string | undefined;
  readonly product?: string | undefined;
  /** It has an interface of the Test and Measurement Class. */
  readonly isUsbtmc: boolean;
}

const HUB = '09';

/**
 * USB devices of this machine but hubs, from Linux' sysfs, which has their texts also for those who may not open them.
 *
 * @param sysfs - where the kernel shows its USB devices
 * @returns undefined where there is no such place: another system, or no USB
 */
export async function listUsbDevices(sysfs = '/sys/bus/usb/devices'): Promise<UsbDeviceInfo[] | undefined> {
  const names = await readdir(sysfs).catch(() => undefined);
  if (!names) return undefined;
  // Names with a colon are interfaces of the device before it.
  const interfaces = names.filter((name) => name.includes(':'));
  const devices = await Promise.all(
    names
      .filter((name) => !name.includes(':'))
      .sort()
      .map((name) =>
        readDevice(
          join(sysfs, name),
          interfaces.filter((one) => one.startsWith(`${name}:`)).map((one) => join(sysfs, one)),
        ),
      ),
  );
  return devices.filter((device) => device !== undefined);
}

async function readDevice(folder: string, interfaces: readonly string[]): Promise<UsbDeviceInfo | undefined> {
  const read = (name: string) => readFact(folder, name);
  const [vendorId, productId, kind] = await Promise.all(['idVendor', 'idProduct', 'bDeviceClass'].map(read));
  const [bus, device] = await Promise.all(['busnum', 'devnum'].map(read));
  // A device that is unplugged meanwhile has lost some of them.
  if (!vendorId || !productId || !bus || !device || kind === HUB) return undefined;
  const [serialNumber, maker, product] = await Promise.all(['serial', 'manufacturer', 'product'].map(read));
  const path = `/dev/bus/usb/${bus.padStart(3, '0')}/${device.padStart(3, '0')}`;
  const isUsbtmc = (await Promise.all(interfaces.map(isTestAndMeasurement))).includes(true);
  const ids = { vendorId: vendorId.toLowerCase(), productId: productId.toLowerCase() };
  return { path, ...ids, serialNumber, maker, product, isUsbtmc };
}

async function isTestAndMeasurement(folder: string): Promise<boolean> {
  const [kind, subclass] = await Promise.all(
    ['bInterfaceClass', 'bInterfaceSubClass'].map((one) => readFact(folder, one)),
  );
  return kind === 'fe' && subclass === '03';
}

async function readFact(folder: string, name: string): Promise<string | undefined> {
  const text = await readFile(join(folder, name), 'utf8').catch(() => undefined);
  return text?.trim() || undefined;
}
