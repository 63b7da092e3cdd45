import type { SimulatedUsbDevice, UsbSetup } from './simulated-usb-device.ts';
import { usbDescriptor } from './usb-descriptors.ts';

/**
 * The messages of USB/IP, version 1.1.1. Numbers are big-endian.
 *
 * Source: Linux' Documentation/usb/usbip_protocol.rst.
 */
const VERSION = 0x0111;

/** Operations before a device is imported; an answer has the same number without its highest bit. */
export const OPERATION = { list: 0x8005, import: 0x8003 } as const;
export const COMMAND = { submit: 1, unlink: 2 } as const;
/** Errors of Linux, as URBs end with them. */
export const URB_STATUS = { ok: 0, stalled: -32, unlinked: -104 } as const;

export const HEADER_BYTES = 48;
export const OPERATION_BYTES = 8;
export const BUS_ID_BYTES = 32;

const HIGH_SPEED = 3;
const DEVICE_BYTES = 312;

/** A command for an imported device. */
export interface UsbipCommand {
  readonly command: number;
  readonly sequence: number;
  readonly isIn: boolean;
  readonly endpoint: number;
  /** Of `submit`: bytes of the transfer. */
  readonly length: number;
  /** Of `unlink`: the sequence number of what is to be taken back. */
  readonly victim: number;
  readonly setup: UsbSetup;
}

export function readCommand(header: Buffer): UsbipCommand {
  const setup = header.subarray(40, 48);
  return {
    command: header.readUInt32BE(0),
    sequence: header.readUInt32BE(4),
    isIn: header.readUInt32BE(12) === 1,
    endpoint: header.readUInt32BE(16),
    length: header.readUInt32BE(24),
    victim: header.readUInt32BE(20),
    setup: {
      type: (['standard', 'class', 'vendor'] as const)[((setup[0] ?? 0) >> 5) & 3] ?? 'vendor',
      request: setup[1] ?? 0,
      value: setup.readUInt16LE(2),
      index: setup.readUInt16LE(4),
      length: setup.readUInt16LE(6),
    },
  };
}

/** The answer to `submit`. `bytes` are there for transfers to the host only. */
export function submitted(
  sequence: number,
  status: number,
  count: number,
  bytes: Uint8Array = new Uint8Array(),
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(3, 0);
  header.writeUInt32BE(sequence, 4);
  header.writeInt32BE(status, 20);
  header.writeUInt32BE(count, 24);
  header.writeInt32BE(-1, 32); // not isochronous
  return Buffer.concat([header, bytes]);
}

/** The answer to `unlink`. */
export function unlinked(sequence: number, wasPending: boolean): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(4, 0);
  header.writeUInt32BE(sequence, 4);
  header.writeInt32BE(wasPending ? URB_STATUS.unlinked : URB_STATUS.ok, 20);
  return header;
}

/** The answer to an operation. */
export function replied(operation: number, isDone: boolean, body: readonly Uint8Array[] = []): Buffer {
  const header = Buffer.alloc(OPERATION_BYTES);
  header.writeUInt16BE(VERSION, 0);
  header.writeUInt16BE(operation & 0x7fff, 2);
  header.writeUInt32BE(isDone ? 0 : 1, 4);
  return Buffer.concat([header, ...body]);
}

/** What a list and an import tell of a device. */
export function deviceRecord(busId: string, number: number, { description }: SimulatedUsbDevice): Buffer {
  const record = Buffer.alloc(DEVICE_BYTES);
  record.write(`/sys/devices/daqtor/${busId}`, 0);
  record.write(busId, 256);
  record.writeUInt32BE(1, 288);
  record.writeUInt32BE(number, 292);
  record.writeUInt32BE(HIGH_SPEED, 296);
  record.writeUInt16BE(description.vendorId, 300);
  record.writeUInt16BE(description.productId, 302);
  const descriptor = usbDescriptor(description, 1, 0) ?? new Uint8Array();
  record.writeUInt16BE((descriptor[12] ?? 0) | ((descriptor[13] ?? 0) << 8), 304);
  record[306] = description.deviceClass ?? 0;
  // Configuration 1, of one, with one interface.
  record.set([1, 1, 1], 309);
  return record;
}

/** What a list tells of the interface of a device. */
export function interfaceRecord({ description: { interface: one } }: SimulatedUsbDevice): Buffer {
  return Buffer.of(one.class, one.subclass, one.protocol, 0);
}
