import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, write } from 'node:fs';
import { createRequire } from 'node:module';
import { ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { realClock } from '@daqtor/core';

const writeTo = promisify(write);

/** Pause before the next try when the host does not read and the terminal's buffer is full. */
const RETRY_MS = 5;
/** What is kept for a host that does not read; a serial port without handshake loses the rest as well. */
const BACKLOG_BYTES = 1 << 20;

/** What the native half of node-pty offers beside starting programs. */
interface NativePty {
  open(columns: number, rows: number): { readonly master: number; readonly slave: number; readonly pty: string };
}

/** A pseudo-terminal with the instrument at its master end. */
export interface PtyPair {
  /** Device that hosts open, e.g. `/dev/pts/7`. */
  readonly path: string;
  /** Names who takes what hosts send. */
  receive(listener: (bytes: Uint8Array) => void): void;
  /** Hands bytes to the host, in order. */
  send(bytes: Uint8Array): void;
  /** Idempotent; never rejects. */
  close(): Promise<void>;
}

/** Opens a pair in raw mode: all 256 byte values pass. No helper process stays behind. */
export async function openPtyPair(): Promise<PtyPair> {
  const { master, slave, pty: path } = loadNative().open(80, 24);
  await makeRaw(slave);
  const reader = new ReadStream(master);

  let closed: Promise<void> | undefined;
  let backlog: Uint8Array[] = [];
  let writing: Promise<void> | undefined;
  // The terminal's other end can hang up at any time; that is what an unplugged cable looks like from here.
  reader.on('error', () => undefined);

  const drain = async () => {
    try {
      for (let bytes = backlog.shift(); bytes && !closed; bytes = backlog.shift()) {
        const written = await writeSome(master, bytes);
        if (written < bytes.length) backlog.unshift(bytes.subarray(written));
        if (written === 0) await realClock.sleep(RETRY_MS);
      }
    } catch {
      // The terminal is gone, and whoever listened with it: there is nobody left to tell.
      backlog = [];
    }
    writing = undefined;
  };
  const close = async () => {
    backlog = [];
    // A descriptor must not be closed, and perhaps given to someone else, under a write.
    await writing;
    await destroyed(reader);
    // Held until now so that the instrument's end did not see the end of the stream between two hosts.
    closeSync(slave);
  };

  return {
    path,
    receive: (listener) => void reader.on('data', listener),
    send(bytes) {
      if (closed || backlog.reduce((sum, { length }) => sum + length, bytes.length) > BACKLOG_BYTES) return;
      backlog.push(bytes.slice());
      writing ??= drain();
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

function loadNative(): NativePty {
  const require = createRequire(import.meta.url);
  const { requireBinary } = require('@lydell/node-pty/requireBinary.js') as {
    requireBinary(file: string): NativePty;
  };
  return requireBinary('pty.node');
}

/** Switches off all that a terminal does to what passes through it. */
async function makeRaw(terminal: number): Promise<void> {
  // The stream works on a descriptor of its own; the mode stays when it goes.
  await destroyed(new ReadStream(terminal).setRawMode(true));
  // Node's raw mode still turns the LF that a host sends into CR LF. Serial hosts set up the line themselves when they
  // open it; this is for those that do not, such as `cat` and `echo`. Where stty is missing, only they notice.
  const stty = spawn('stty', ['raw', '-echo'], { stdio: [terminal, 'ignore', 'ignore'] });
  await once(stty, 'close').catch(() => undefined);
}

async function destroyed(stream: ReadStream): Promise<void> {
  const end = once(stream, 'close');
  stream.destroy();
  await end;
}

/** @returns how many bytes the terminal took; 0 when it is full */
async function writeSome(descriptor: number, bytes: Uint8Array): Promise<number> {
  try {
    const { bytesWritten } = await writeTo(descriptor, bytes, 0, bytes.length, null);
    return bytesWritten;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}
