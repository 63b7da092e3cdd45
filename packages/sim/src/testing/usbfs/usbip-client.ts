import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What ended a transfer, as Linux numbers errors: 0 or negative. */
export interface UrbResult {
  readonly status: number;
  /** Bytes that were moved. */
  readonly count: number;
  /** Of a transfer to the host. */
  readonly bytes: Buffer;
}

const VERSION = 0x0111;
const HEADER_BYTES = 48;
const RECORD_BYTES = 312;
const SHUTDOWN = -108;

/**
 * A host of USB/IP: imports one device and moves transfers.
 *
 * Source: Linux' Documentation/usb/usbip_protocol.rst; written apart from our server, of which it is the judge.
 */
export class UsbipClient {
  readonly #socket: Socket;
  readonly #pending = new Map<number, { readonly isIn: boolean; readonly done: (result: UrbResult) => void }>();
  #sequence = 0;
  #received: Buffer = Buffer.alloc(0);
  /** Called once when the device is gone. */
  onGone: () => void = () => undefined;

  private constructor(socket: Socket, rest: Buffer) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', () => undefined);
    socket.once('close', () => {
      for (const { done } of this.#pending.values()) done({ status: SHUTDOWN, count: 0, bytes: Buffer.alloc(0) });
      this.#pending.clear();
      this.onGone();
    });
    if (rest.length > 0) this.#receive(rest);
  }

  /** @throws if there is no such device, or another host has it */
  static async import(host: string, port: number, busId: string): Promise<UsbipClient> {
    const socket = connect({ host, port, noDelay: true });
    await once(socket, 'connect');
    const request = Buffer.alloc(40);
    request.writeUInt16BE(VERSION, 0);
    request.writeUInt16BE(0x8003, 2);
    request.write(busId, 8);
    socket.write(request);
    let answer = Buffer.alloc(0);
    while (answer.length < 8 + RECORD_BYTES && !(answer.length >= 8 && answer.readUInt32BE(4) !== 0)) {
      const [bytes] = (await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [undefined])])) as [
        Buffer | undefined,
      ];
      if (!bytes) break;
      answer = Buffer.concat([answer, bytes]);
    }
    if (answer.length < 8 + RECORD_BYTES) {
      socket.destroy();
      throw new Error(`the import of ${busId} was refused`);
    }
    socket.removeAllListeners('data');
    return new UsbipClient(socket, answer.subarray(8 + RECORD_BYTES));
  }

  /** Lists bus ids with their `vendor:product`. */
  static async list(host: string, port: number): Promise<{ readonly busId: string; readonly id: string }[]> {
    const socket = connect({ host, port, noDelay: true });
    socket.write(Buffer.from([0x01, 0x11, 0x80, 0x05, 0, 0, 0, 0]));
    const parts: Buffer[] = [];
    for await (const part of socket) parts.push(part as Buffer);
    const answer = Buffer.concat(parts);
    const found = [];
    let at = 12;
    for (let left = answer.readUInt32BE(8); left > 0; left--) {
      const record = answer.subarray(at, at + RECORD_BYTES);
      const hex = (offset: number) => record.readUInt16BE(offset).toString(16).padStart(4, '0');
      found.push({ busId: record.toString('latin1', 256, 288).replace(/\0.*/s, ''), id: `${hex(300)}:${hex(302)}` });
      at += RECORD_BYTES + 4 * (record[311] ?? 0);
    }
    return found;
  }

  /**
   * @param endpoint - with its direction: 0x81 is endpoint 1 IN
   * @param data - what is sent, or how many bytes may come
   * @returns its number, for `unlink`; `done` is called later
   */
  submit(endpoint: number, data: Buffer | number, done: (result: UrbResult) => void): number {
    return this.#submit(endpoint & 0x7f, endpoint >= 0x80, data, Buffer.alloc(8), done);
  }

  /** A transfer on the control endpoint; its direction and length are in the setup packet. */
  control(setup: Buffer, data: Buffer | undefined, done: (result: UrbResult) => void): number {
    const isIn = ((setup[0] ?? 0) & 0x80) !== 0;
    return this.#submit(0, isIn, isIn ? setup.readUInt16LE(6) : (data ?? Buffer.alloc(0)), setup, done);
  }

  /** Takes a transfer back; `done` tells whether it was still there. Its own `done` is not called then. */
  unlink(victim: number, done: (wasPending: boolean) => void): void {
    const header = this.#header(2, (result) => {
      const wasPending = result.status !== 0;
      if (wasPending) this.#pending.delete(victim);
      done(wasPending);
    });
    header.writeUInt32BE(victim, 20);
    this.#socket.write(header);
  }

  close(): void {
    this.#socket.destroy();
  }

  #submit(endpoint: number, isIn: boolean, data: Buffer | number, setup: Buffer, done: (result: UrbResult) => void) {
    const header = this.#header(1, done, isIn);
    header.writeUInt32BE(isIn ? 1 : 0, 12);
    header.writeUInt32BE(endpoint, 16);
    header.writeUInt32BE(typeof data === 'number' ? data : data.length, 24);
    setup.copy(header, 40);
    this.#socket.write(typeof data === 'number' ? header : Buffer.concat([header, data]));
    return header.readUInt32BE(4);
  }

  #header(command: number, done: (result: UrbResult) => void, isIn = false): Buffer {
    const header = Buffer.alloc(HEADER_BYTES);
    const sequence = ++this.#sequence;
    header.writeUInt32BE(command, 0);
    header.writeUInt32BE(sequence, 4);
    header.writeUInt32BE(0x10002, 8);
    if (this.#socket.destroyed) failSoon(done);
    else this.#pending.set(sequence, { isIn, done });
    return header;
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    for (;;) {
      const all = this.#received;
      if (all.length < HEADER_BYTES) return;
      const [command, sequence, status] = [all.readUInt32BE(0), all.readUInt32BE(4), all.readInt32BE(20)];
      const pending = this.#pending.get(sequence);
      const count = command === 3 ? all.readUInt32BE(24) : 0;
      const end = HEADER_BYTES + (pending?.isIn ? count : 0);
      if (all.length < end) return;
      this.#received = all.subarray(end);
      this.#pending.delete(sequence);
      pending?.done({ status, count, bytes: Buffer.from(all.subarray(HEADER_BYTES, end)) });
    }
  }
}

function failSoon(done: (result: UrbResult) => void): void {
  queueMicrotask(() => done({ status: SHUTDOWN, count: 0, bytes: Buffer.alloc(0) }));
}
