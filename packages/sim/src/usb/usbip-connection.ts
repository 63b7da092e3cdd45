import type { Socket } from 'node:net';
import type { SimulatedUsbDevice } from './simulated-usb-device.ts';
import { ENDPOINT_IN, type UsbOutcome } from './usb-endpoint.ts';
import {
  BUS_ID_BYTES,
  COMMAND,
  deviceRecord,
  HEADER_BYTES,
  interfaceRecord,
  OPERATION,
  OPERATION_BYTES,
  readCommand,
  replied,
  submitted,
  URB_STATUS,
  type UsbipCommand,
  unlinked,
} from './usbip-messages.ts';

/** Most bytes of one transfer that are taken; Linux sends 16 MiB at most. */
const MOST_BYTES = 2 ** 24;

/** The devices that a connection may choose from. */
export interface UsbipHub {
  devices(): readonly (readonly [busId: string, device: SimulatedUsbDevice])[];
  isFree(busId: string): boolean;
  take(busId: string, socket: Socket): void;
}

/** Serves one connection: a list, or one imported device until the connection ends. */
export function serveImports(socket: Socket, hub: UsbipHub): void {
  let received = Buffer.alloc(0);
  let step: (bytes: Buffer) => number | undefined = (bytes) => operate(bytes);
  /** Takes back a transfer that waits, by its sequence number. */
  const pending = new Map<number, () => boolean>();

  // A host that vanishes is none of the device's business; 'close' follows.
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
    for (let used = step(received); used !== undefined && used > 0; used = step(received)) {
      received = received.subarray(used);
    }
  });

  /** @returns how many bytes were used; undefined while some are missing */
  function operate(bytes: Buffer): number | undefined {
    if (bytes.length < OPERATION_BYTES) return undefined;
    const operation = bytes.readUInt16BE(2);
    if (operation === OPERATION.list) {
      const devices = hub.devices();
      const count = Buffer.alloc(4);
      count.writeUInt32BE(devices.length);
      const records = devices.flatMap(([busId, device], at) => [
        deviceRecord(busId, at + 1, device),
        interfaceRecord(device),
      ]);
      socket.end(replied(operation, true, [count, ...records]));
      return OPERATION_BYTES;
    }
    if (operation !== OPERATION.import) {
      socket.destroy();
      return bytes.length;
    }
    const end = OPERATION_BYTES + BUS_ID_BYTES;
    if (bytes.length < end) return undefined;
    const busId = bytes.toString('latin1', OPERATION_BYTES, end).replace(/\0.*$/s, '');
    const devices = hub.devices();
    const at = devices.findIndex(([one]) => one === busId);
    const device = devices[at]?.[1];
    if (!device || !hub.isFree(busId)) socket.end(replied(operation, false));
    else {
      hub.take(busId, socket);
      socket.write(replied(operation, true, [deviceRecord(busId, at + 1, device)]));
      socket.once('close', () => {
        for (const takeBack of pending.values()) takeBack();
        device.detach();
      });
      step = (more) => transfer(more, device);
    }
    return end;
  }

  function transfer(bytes: Buffer, device: SimulatedUsbDevice): number | undefined {
    if (bytes.length < HEADER_BYTES) return undefined;
    const command = readCommand(bytes.subarray(0, HEADER_BYTES));
    if (command.command === COMMAND.unlink) {
      const wasPending = pending.get(command.victim)?.() ?? false;
      pending.delete(command.victim);
      socket.write(unlinked(command.sequence, wasPending));
      return HEADER_BYTES;
    }
    if (command.command !== COMMAND.submit || command.length > MOST_BYTES) {
      socket.destroy();
      return bytes.length;
    }
    const end = HEADER_BYTES + (command.isIn ? 0 : command.length);
    if (bytes.length < end) return undefined;
    submit(command, Uint8Array.from(bytes.subarray(HEADER_BYTES, end)), device);
    return end;
  }

  function submit(
    { sequence, endpoint, isIn, length, setup }: UsbipCommand,
    data: Uint8Array,
    device: SimulatedUsbDevice,
  ) {
    let isAnswered = false;
    const answer = (outcome: UsbOutcome) => {
      isAnswered = true;
      pending.delete(sequence);
      if (!socket.writable) return;
      if (outcome.stalled) socket.write(submitted(sequence, URB_STATUS.stalled, 0));
      else if (isIn) socket.write(submitted(sequence, URB_STATUS.ok, outcome.bytes.length, outcome.bytes));
      else socket.write(submitted(sequence, URB_STATUS.ok, length));
    };
    if (endpoint === 0) answer(device.control(setup));
    else if (!isIn) answer(device.out(endpoint, data));
    else {
      const takeBack = device.in(endpoint | ENDPOINT_IN, length, answer);
      if (!isAnswered) pending.set(sequence, takeBack);
    }
  }
}
