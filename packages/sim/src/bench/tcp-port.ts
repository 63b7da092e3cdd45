import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { DaqtorError } from '@daqtor/core';
import type { SimulatedInstrument, SimulatedSession } from '../instruments/simulated-instrument.ts';
import type { ServedInstrument } from './served-instrument.ts';

export interface TcpPortOptions {
  /** Default 127.0.0.1: only this machine. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
}

/**
 * Puts an instrument on a TCP port, as raw bytes. Each connection is a host of its own.
 *
 * @throws DaqtorError `instrument.connect` if the port cannot be had
 */
export async function serveTcp(
  instrument: SimulatedInstrument,
  { host = '127.0.0.1', port = 0 }: TcpPortOptions = {},
): Promise<ServedInstrument> {
  const sessions = new Map<Socket, SimulatedSession>();
  const server = createServer({ noDelay: true }, (socket) => {
    const session = instrument.connect((bytes) => {
      if (socket.writable) socket.write(bytes);
    });
    sessions.set(socket, session);
    socket.on('data', (bytes) => session.receive(bytes));
    // A host that vanishes is none of the instrument's business; 'close' follows and ends the session.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sessions.delete(socket);
      session.disconnect();
    });
  });
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    throw new DaqtorError('instrument.connect', {
      problem: `the simulated ${instrument.title} could not listen on ${host}:${port}: ${(cause as Error).message}`,
      advice: 'Choose another port, or 0 for any that is free',
      cause,
    });
  }

  let closed: Promise<void> | undefined;
  const end = (cut: (socket: Socket) => void) => {
    closed ??= new Promise((resolve) => {
      server.close(() => resolve());
      for (const [socket, session] of sessions) {
        session.disconnect();
        cut(socket);
      }
    });
    return closed;
  };
  return {
    address: `tcp://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    unplug: () => end((socket) => socket.resetAndDestroy()),
    close: () => end((socket) => socket.destroy()),
  };
}
