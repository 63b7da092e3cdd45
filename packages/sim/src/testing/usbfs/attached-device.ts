import { ERRNO } from './errno.ts';
import { type UrbResult, UsbipClient } from './usbip-client.ts';

/** A device that was imported by USB/IP, with its descriptors. */
export interface AttachedDevice {
  readonly client: UsbipClient;
  /** The number of the device on bus 1; its node is `/dev/bus/usb/001/NNN`. */
  readonly number: number;
  /** Where it is plugged in, in sysfs: `1-3`. */
  readonly place: string;
  readonly descriptor: Buffer;
  readonly configuration: Buffer;
  readonly strings: { readonly maker: string; readonly product: string; readonly serialNumber: string };
  /** Its openings, to be woken when something happens. */
  readonly files: Set<{ wake(): void }>;
  /** Who holds an interface: one of its openings, or a driver of the kernel by its name. */
  readonly holders: Map<number, object | string>;
  isGone: boolean;
}

const GET_DESCRIPTOR = 6;
const [DEVICE, CONFIGURATION, STRING, INTERFACE] = [1, 2, 3, 4];

/** @param kernelDriver - what holds the first interface from the beginning, as `usbtmc` does on a desktop */
export async function attachDevice(
  where: { readonly host: string; readonly port: number; readonly busId: string },
  number: number,
  kernelDriver: string | undefined,
): Promise<AttachedDevice> {
  const client = await UsbipClient.import(where.host, where.port, where.busId);
  const descriptor = await readDescriptor(client, DEVICE, 0, 18);
  const head = await readDescriptor(client, CONFIGURATION, 0, 9);
  const configuration = await readDescriptor(client, CONFIGURATION, 0, head.readUInt16LE(2));
  const text = async (index = 0) => {
    const bytes = index === 0 ? Buffer.alloc(2) : await readDescriptor(client, STRING, index, 255);
    return bytes.toString('utf16le', 2, bytes[0]);
  };
  const strings = {
    maker: await text(descriptor[14]),
    product: await text(descriptor[15]),
    serialNumber: await text(descriptor[16]),
  };
  return {
    client,
    number,
    place: `1-${number}`,
    descriptor,
    configuration,
    strings,
    files: new Set(),
    holders: new Map(kernelDriver === undefined ? [] : [[0, kernelDriver]]),
    isGone: false,
  };
}

/** The interface descriptors of a configuration, without alternates. */
export function interfacesOf({ configuration }: AttachedDevice): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < configuration.length; at += configuration[at] || 1) {
    if (configuration[at + 1] === INTERFACE && configuration[at + 3] === 0)
      found.push(configuration.subarray(at, at + 9));
  }
  return found;
}

function readDescriptor(client: UsbipClient, type = 0, index: number, length: number): Promise<Buffer> {
  const setup = Buffer.of(0x80, GET_DESCRIPTOR, index, type, 0, 0, length & 0xff, length >> 8);
  return new Promise((resolve, reject) => {
    client.control(setup, undefined, ({ status, bytes }: UrbResult) => {
      if (status === 0) resolve(bytes);
      else reject(new Error(`descriptor ${type} could not be read: error ${-status} (${ERRNO.noDevice} is gone)`));
    });
  });
}
