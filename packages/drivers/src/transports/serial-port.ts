import { isMainThread } from 'node:worker_threads';
import { DaqtorError, type Wire, type WireEvents, type WirePort } from '@daqtor/core';
import type { SerialPort } from 'serialport';
import { listSerialPorts } from './list-serial-ports.ts';

export interface SerialOptions {
  /** Bits per second; default 9600. */
  readonly baudRate?: number | undefined;
  /** Default 8. */
  readonly dataBits?: 5 | 6 | 7 | 8 | undefined;
  /** Default none. */
  readonly parity?: 'none' | 'even' | 'odd' | undefined;
  /** Default 1. */
  readonly stopBits?: 1 | 2 | undefined;
  /** Who may hold whom back: the lines RTS and CTS, or the characters XON and XOFF; default nobody. */
  readonly flow?: 'none' | 'rtscts' | 'xonxoff' | undefined;
}

/**
 * A serial port of the operating system.
 *
 * Each `open` makes a new port object: one that was disconnected keeps what was written to it and sends it when it is
 * opened again (node-serialport issue 1593), which would move a stage long after the command was given up.
 *
 * @param path - `/dev/ttyUSB0`, `COM3`
 */
export function serialPort(path: string, options: SerialOptions = {}): WirePort {
  const { baudRate = 9600, dataBits = 8, parity = 'none', stopBits = 1, flow = 'none' } = options;
  const frame = `bits=${dataBits}&parity=${parity}&stop=${stopBits}&flow=${flow}`;
  const address = `serial:${path}?baud=${baudRate}${frame === PLAIN ? '' : `&${frame}`}`;
  return {
    address,
    async open(events, signal) {
      signal.throwIfAborted();
      if (!isMainThread) {
        throw new DaqtorError('instrument.connect', {
          problem: `${address} cannot be opened in a worker thread, where the native part of serialport crashes`,
          advice: 'Connect the instrument in the main thread, or in a process of its own',
        });
      }
      // Loaded when needed, so that a machine without the native binding can still use TCP.
      const { SerialPort } = await import('serialport');
      const port = new SerialPort({
        path,
        baudRate,
        dataBits,
        parity,
        stopBits,
        rtscts: flow === 'rtscts',
        xon: flow === 'xonxoff',
        xoff: flow === 'xonxoff',
        autoOpen: false,
      });
      const cause = await opened(port, signal);
      if (signal.aborted) throw signal.reason;
      if (cause) throw await openError(address, path, cause);
      return wireOf(port, address, events);
    },
  };
}

const PLAIN = 'bits=8&parity=none&stop=1&flow=none';

/** Resolves with what went wrong, if anything; on abort at once, and the port is closed as soon as it is open. */
function opened(port: SerialPort, signal: AbortSignal): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const abort = () => resolve(undefined);
    signal.addEventListener('abort', abort, { once: true });
    port.open((error) => {
      signal.removeEventListener('abort', abort);
      // The port is abandoned, so nobody is left who could be told of an error.
      if (!error && signal.aborted) port.close(() => {});
      resolve(error ?? undefined);
    });
  });
}

function wireOf(port: SerialPort, address: string, events: WireEvents): Wire {
  let over: Error | undefined;
  let closing: Promise<void> | undefined;
  /** Rejects the writes under way: of a port that closes, the callbacks may never be called. */
  const pending = new Set<(reason: Error) => void>();
  const end = (cause: Error): boolean => {
    if (over) return false;
    over = cause;
    for (const reject of pending) reject(cause);
    return true;
  };
  const lost = (cause: Error | null | undefined) => {
    const reason = cause ?? new Error('the port was closed by the system');
    if (end(reason)) events.gone(reason);
  };
  // Reading all the time is also what makes the system tell of an unplugged cable.
  port.on('data', (bytes: Uint8Array) => {
    if (!over) events.received(bytes);
  });
  port.on('close', lost);
  port.on('end', () => lost(new Error('the port has no more data')));
  port.on('error', lost);
  return {
    send: (bytes) =>
      new Promise((resolve, reject) => {
        if (!over && !port.isOpen) lost(new Error('the port is not open'));
        if (over) return reject(over);
        pending.add(reject);
        port.write(bytes, (error) => {
          pending.delete(reject);
          if (error) reject(error);
          else resolve();
        });
      }),
    close: () => {
      const blocked = pending.size > 0;
      end(new Error(`${address} was closed`));
      closing ??= shut(port, blocked);
      return closing;
    },
  };
}

/** Discards what was not sent (closing a blocked port would otherwise wait for it, or send it) and closes. */
async function shut(port: SerialPort, blocked: boolean): Promise<void> {
  if (blocked && port.isOpen) await new Promise<void>((resolve) => port.flush(() => resolve()));
  // The error says that the port is not open, or is gone: either way it is closed.
  await new Promise<void>((resolve) => port.close(() => resolve()));
}

async function openError(address: string, path: string, cause: Error): Promise<DaqtorError> {
  return new DaqtorError('instrument.connect', {
    problem: `${address} could not be opened: ${cause.message}`,
    advice: await adviceFor(path, cause.message),
    cause,
  });
}

async function adviceFor(path: string, message: string): Promise<string> {
  if (/no such file|file not found|cannot find|ENOENT/i.test(message)) {
    const ports = (await listSerialPorts()).ports.map((port) => port.path);
    return `Plug the instrument in, or use a port that exists: ${ports.length > 0 ? ports.join(', ') : 'there is none'}`;
  }
  if (/permission denied|EACCES/i.test(message)) {
    return `You may not use this port: add yourself to the group that owns ${path} (sudo usermod -aG dialout $USER), then log in again`;
  }
  if (/cannot lock|temporarily unavailable|busy|access denied/i.test(message)) {
    return 'Another program holds the port, or another instrument of yours under a different address: close it first';
  }
  if (/inappropriate ioctl|not a serial|not a tty/i.test(message)) {
    return `${path} is not a serial port: check the path`;
  }
  return 'Check the path, the settings of the port, and that nothing else uses it';
}
