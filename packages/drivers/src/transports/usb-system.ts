import { DaqtorError } from '@daqtor/core';

/**
 * What is used of a device of the package `usb` 3.1. Its own declarations build on those of WebUSB, which want a browser's.
 *
 * Each of its errors is an `Error` of which only the text tells what happened.
 */
export interface UsbDevice {
  readonly vendorId: number;
  readonly productId: number;
  /** Reading it may open the device, and throw where that is not allowed. */
  readonly serialNumber: string | null;
  readonly bus: string;
  readonly address: number;
  /** The way from the bus through its hubs. */
  readonly ports: readonly number[];
  readonly configuration: { readonly configurationValue: number; readonly interfaces: readonly ListedInterface[] };
  open(): Promise<void>;
  close(): Promise<void>;
  claimInterface(number: number): Promise<void>;
  releaseInterface(number: number): Promise<void>;
  detachKernelDriver(number: number): Promise<void>;
  attachKernelDriver(number: number): Promise<void>;
  transferIn(endpoint: number, maxBytes: number, timeoutMs: number): Promise<TransferredIn>;
  transferOut(endpoint: number, bytes: Uint8Array, timeoutMs: number): Promise<{ readonly bytesWritten: number }>;
  controlTransferIn(setup: ControlSetup, maxBytes: number, timeoutMs: number): Promise<TransferredIn>;
  clearHalt(direction: 'in' | 'out', endpoint: number): Promise<void>;
}

interface TransferredIn {
  readonly data?: DataView;
}

interface ControlSetup {
  readonly requestType: 'standard' | 'class' | 'vendor';
  readonly recipient: 'device' | 'interface' | 'endpoint';
  readonly request: number;
  readonly value: number;
  readonly index: number;
}

interface ListedInterface {
  readonly interfaceNumber: number;
  readonly alternate: {
    readonly interfaceClass: number;
    readonly interfaceSubclass: number;
    readonly endpoints: readonly {
      readonly endpointNumber: number;
      readonly direction: 'in' | 'out';
      readonly type: 'bulk' | 'interrupt' | 'isochronous';
      readonly packetSize: number;
    }[];
  };
}

interface UsbPackage {
  getDevices(): Promise<readonly UsbDevice[]>;
  addEventListener(type: 'disconnect', listener: (event: UsbEvent) => void): void;
  removeEventListener(type: 'disconnect', listener: (event: UsbEvent) => void): void;
}

interface UsbEvent {
  readonly device: UsbDevice;
}

/** Loaded when needed, so that a machine without the native binding can still use other wires. */
export async function loadUsb(address: string): Promise<UsbPackage> {
  try {
    return await load();
  } catch (cause) {
    throw new DaqtorError('instrument.connect', {
      problem: `${address} could not be opened: the package 'usb' does not load here (${(cause as Error).message})`,
      advice: 'Install again with optional packages; if that does not help, there is none for this kind of machine',
      cause,
    });
  }
}

const load = async () => (await import('usb')).usb as unknown as UsbPackage;

/** Who wants to know that a device was unplugged, by its place. The system is watched while there is somebody. */
const watchers = new Map<string, (cause: Error) => void>();

const placeOf = ({ bus, address }: UsbDevice): string => `${bus} ${address}`;

/**
 * Tells once when a device is unplugged.
 *
 * @param device - one of which nothing is under way: even its properties throw then
 * @returns ends it
 */
export async function watchUnplug(device: UsbDevice, unplugged: (cause: Error) => void): Promise<() => void> {
  const place = placeOf(device);
  watchers.set(place, unplugged);
  await listenIfWatched();
  return () => {
    if (watchers.get(place) === unplugged) watchers.delete(place);
    void listenIfWatched();
  };
}

/** The package makes an object of its own for the event. */
function onDisconnect({ device }: UsbEvent): void {
  watchers.get(placeOf(device))?.(new Error('the device was unplugged'));
}

async function listenIfWatched(): Promise<void> {
  const usb = await load();
  // It does not count how often.
  if (watchers.size > 0) usb.addEventListener('disconnect', onDisconnect);
  else usb.removeEventListener('disconnect', onDisconnect);
}
