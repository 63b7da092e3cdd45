import { createConnection, type Socket } from 'node:net';
import { DaqtorError, type Wire, type WireEvents, type WirePort } from '@daqtor/core';

const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The machine is there but nothing listens on this port: check the port number and that the server runs',
  ENOTFOUND: 'Check the spelling of the host, or give its IP address',
  EAI_AGAIN: 'The name server does not answer: give the IP address of the host',
  ETIMEDOUT: 'Check that the instrument is on and in the same network',
  EHOSTUNREACH: 'Check that the instrument is on and in the same network',
  ENETUNREACH: 'Check the network connection of this computer',
};

/**
 * A TCP connection as it comes out of an instrument, a serial device server or a simulator.
 *
 * @param host - a name or an IP address
 */
export function tcpPort(host: string, port: number): WirePort {
  const address = `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { address, open: (events, signal) => openSocket(host, port, address, events, signal) };
}

function openSocket(host: string, port: number, address: string, events: WireEvents, signal: AbortSignal) {
  return new Promise<Wire>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    // Keep-alive finds a peer that lost its power or cable, which TCP itself never would.
    const socket = createConnection({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 5000 });
    const abort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    const fail = (cause: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      reject(
        new DaqtorError('instrument.connect', {
          problem: `${address} could not be opened: ${cause.message || cause.code || 'no reason given'}`,
          advice: ADVICE[cause.code ?? ''] ?? 'Check the address and the network',
          cause,
        }),
      );
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', fail);
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', fail);
      resolve(wireOf(socket, address, events));
    });
  });
}

function wireOf(socket: Socket, address: string, events: WireEvents): Wire {
  let over: Error | undefined;
  const end = (cause: Error) => {
    if (over) return;
    over = cause;
    socket.destroy();
    events.gone(cause);
  };
  socket.on('data', (bytes) => {
    if (!over) events.received(bytes);
  });
  socket.on('error', end);
  socket.on('end', () => end(new Error('the other side closed the connection')));
  socket.on('close', () => end(new Error('the connection was closed')));
  return {
    send: (bytes) =>
      new Promise((resolve, reject) => {
        if (over) return reject(over);
        // Called in every case: a socket that is destroyed fails the writes it has not made.
        socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    close: async () => {
      over ??= new Error(`${address} was closed`);
      if (socket.closed) return;
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.destroy();
      await closed;
    },
  };
}
