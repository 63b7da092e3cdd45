import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { DaqtorError } from '@daqtor/core';
import type { TcpPortOptions } from '../bench/tcp-port.ts';
import type { SimulatedUsbDevice } from './simulated-usb-device.ts';
import { serveImports, type UsbipHub } from './usbip-connection.ts';

/** USB devices that can be imported from this machine. */
export interface ServedUsb {
  readonly host: string;
  readonly port: number;
  /** What they are imported by, in the order of the devices: `1-1`, `1-2`. */
  readonly busIds: readonly string[];
  /** Pulls the cable: the host that has the device loses it at once, and nobody finds it. */
  unplug(busId: string): void;
  /** Plugs it in again; it is to be imported anew. */
  replug(busId: string): void;
  /** Puts everything away. Idempotent; never rejects. */
  close(): Promise<void>;
}

/**
 * Serves USB devices by USB/IP, so that they become devices of a Linux machine: `usbip attach -r HOST -b 1-1`, with the
 * kernel's module `vhci-hcd`.
 *
 * @throws DaqtorError `instrument.connect` if the port cannot be had
 */
export async function serveUsbip(
  devices: readonly SimulatedUsbDevice[],
  { host = '127.0.0.1', port = 0 }: TcpPortOptions = {},
): Promise<ServedUsb> {
  const all = new Map(devices.map((device, at) => [`1-${at + 1}`, device]));
  const unplugged = new Set<string>();
  const imported = new Map<string, Socket>();
  const hub: UsbipHub = {
    devices: () => [...all].filter(([busId]) => !unplugged.has(busId)),
    isFree: (busId) => !imported.has(busId),
    take: (busId, socket) => {
      imported.set(busId, socket);
      socket.once('close', () => imported.delete(busId));
    },
  };
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serveImports(socket, hub);
  });
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    throw new DaqtorError('instrument.connect', {
      problem: `the simulated USB devices could not be served on ${host}:${port}`,
      advice: 'Choose port 0 for any free one; 3240 is that of usbipd',
      cause,
    });
  }
  let closed: Promise<void> | undefined;
  return {
    host,
    port: (server.address() as AddressInfo).port,
    busIds: [...all.keys()],
    unplug(busId) {
      unplugged.add(busId);
      imported.get(busId)?.destroy();
    },
    replug: (busId) => void unplugged.delete(busId),
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      });
      return closed;
    },
  };
}
