import { realClock } from '@daqtor/core';
import { type AttachedDevice, interfacesOf } from './attached-device.ts';
import { ERRNO } from './errno.ts';
import type { ProcessMemory } from './process-memory.ts';
import type { UrbResult } from './usbip-client.ts';

/** Numbers of the ioctls of usbfs (Linux' include/uapi/linux/usbdevice_fs.h). */
const IOCTL = {
  control: 0,
  bulk: 2,
  setInterface: 4,
  setConfiguration: 5,
  getDriver: 8,
  submitUrb: 10,
  discardUrb: 11,
  reapUrb: 12,
  reapUrbNow: 13,
  claim: 15,
  release: 16,
  forward: 18,
  reset: 20,
  clearHalt: 21,
  capabilities: 26,
  disconnectClaim: 27,
  speed: 31,
} as const;
/** What `forward` carries. */
const FORWARDED = { disconnect: 22, connect: 23 } as const;
const STILL_ALLOWED = new Set<number>([IOCTL.discardUrb, IOCTL.reapUrb, IOCTL.reapUrbNow, IOCTL.release]);

const CONTROL_URB = 2;
const SETUP_BYTES = 8;
const HIGH_SPEED = 3;
/** ZERO_PACKET, NO_PACKET_SIZE_LIM, BULK_SCATTER_GATHER, REAP_AFTER_DISCONNECT. */
const CAPABILITIES = 0x1d;
const POLL = { writable: 0x104, gone: 0x18 } as const;

type Reply = (result: number) => void;

/** A transfer that a program has submitted, and not reaped. */
interface Urb {
  readonly address: number;
  readonly buffer: number;
  readonly isIn: boolean;
  sequence: number;
  result?: { readonly status: number; readonly actual: number; readonly bytes: Buffer };
}

/** One opening of a device node: what `ioctl` on it does. Negative results are errors. */
export class UsbfsFile {
  readonly device: AttachedDevice;
  readonly #memory: ProcessMemory;
  readonly #notify: () => void;
  readonly #pending = new Map<number, Urb>();
  readonly #done: Urb[] = [];
  /** Threads that wait in REAPURB. */
  #waiting: (() => void)[] = [];

  /** @param notify - wakes who polls the file */
  constructor(device: AttachedDevice, memory: ProcessMemory, notify: () => void) {
    this.device = device;
    this.#memory = memory;
    this.#notify = notify;
    device.files.add(this);
  }

  get pollEvents(): number {
    return (this.#done.length > 0 ? POLL.writable : 0) | (this.device.isGone ? POLL.gone : 0);
  }

  /** Something was done, or the device is gone. */
  wake(): void {
    this.#notify();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const look of waiting) look();
  }

  close(): void {
    for (const { sequence } of this.#pending.values()) this.device.client.unlink(sequence, () => undefined);
    for (const [number, holder] of this.device.holders) if (holder === this) this.device.holders.delete(number);
    this.device.files.delete(this);
  }

  /** @param process - the thread that calls, with its argument at `address` */
  ioctl(number: number, address: number, process: number, reply: Reply) {
    const word = () => this.#memory.read(process, address, 4).readUInt32LE(0);
    if (this.device.isGone && !STILL_ALLOWED.has(number)) return reply(-ERRNO.noDevice);
    switch (number) {
      case IOCTL.claim:
      case IOCTL.disconnectClaim:
        return reply(this.#claim(word()));
      case IOCTL.release: {
        const isMine = this.device.holders.get(word()) === this;
        if (isMine) this.device.holders.delete(word());
        return reply(isMine ? 0 : -ERRNO.invalid);
      }
      case IOCTL.setConfiguration:
        return this.#standard(Buffer.of(0, 9, word(), 0, 0, 0, 0, 0), reply);
      case IOCTL.setInterface: {
        const [which = 0, , , , setting = 0] = this.#memory.read(process, address, 8);
        return this.#standard(Buffer.of(1, 11, setting, 0, which, 0, 0, 0), reply);
      }
      case IOCTL.clearHalt:
        return this.#standard(Buffer.of(2, 1, 0, 0, word(), 0, 0, 0), reply);
      case IOCTL.capabilities:
        this.#memory.write(process, address, Buffer.of(CAPABILITIES, 0, 0, 0));
        return reply(0);
      case IOCTL.speed:
        return reply(HIGH_SPEED);
      case IOCTL.reset:
        return reply(0);
      case IOCTL.getDriver:
        return this.#getDriver(process, address, reply);
      case IOCTL.forward:
        return reply(this.#forwarded(this.#memory.read(process, address, 16)));
      case IOCTL.control:
      case IOCTL.bulk:
        return this.#transfer(number === IOCTL.control, process, address, reply);
      case IOCTL.submitUrb:
        return reply(this.#submit(process, address));
      case IOCTL.discardUrb:
        return this.#discard(address, reply);
      case IOCTL.reapUrbNow:
        return reply(this.#reap(process, address));
      case IOCTL.reapUrb: {
        const look = () => {
          const result = this.#reap(process, address);
          if (result === -ERRNO.again) this.#waiting.push(look);
          else reply(result);
        };
        return look();
      }
      default:
        return reply(-ERRNO.notATerminal);
    }
  }

  #claim(number: number): number {
    if (!interfacesOf(this.device).some((one) => one[2] === number)) return -ERRNO.noEntry;
    const holder = this.device.holders.get(number);
    if (holder !== undefined && holder !== this) return -ERRNO.busy;
    this.device.holders.set(number, this);
    return 0;
  }

  #getDriver(process: number, address: number, reply: Reply) {
    const holder = this.device.holders.get(this.#memory.read(process, address, 4).readUInt32LE(0));
    if (holder === undefined) return reply(-ERRNO.noData);
    const name = Buffer.alloc(256);
    name.write(typeof holder === 'string' ? holder : 'usbfs');
    this.#memory.write(process, address + 4, name);
    reply(0);
  }

  /** Whoever holds the interface is thrown out, another program too: so does Linux. */
  #forwarded(request: Buffer): number {
    const [number, what] = [request.readUInt32LE(0), request.readUInt32LE(4) & 0xff];
    const { holders } = this.device;
    if (what === FORWARDED.disconnect) return holders.delete(number) ? 0 : -ERRNO.noData;
    if (what !== FORWARDED.connect) return -ERRNO.notATerminal;
    if (holders.has(number)) return -ERRNO.busy;
    holders.set(number, 'usbtmc');
    return 1;
  }

  #standard(setup: Buffer, reply: Reply) {
    this.device.client.control(setup, undefined, ({ status }) => reply(status));
  }

  /** CONTROL and BULK, in which the caller waits. */
  #transfer(isControl: boolean, process: number, address: number, reply: Reply) {
    const request = this.#memory.read(process, address, 24);
    const setup = request.subarray(0, SETUP_BYTES);
    const [timeoutMs, buffer] = [request.readUInt32LE(8), Number(request.readBigUInt64LE(16))];
    const endpoint = isControl ? (setup[0] ?? 0) & 0x80 : request.readUInt32LE(0);
    const length = isControl ? setup.readUInt16LE(6) : request.readUInt32LE(4);
    const isIn = endpoint >= 0x80;
    const data = isIn ? undefined : this.#memory.read(process, buffer, length);
    let isOver = false;
    const done = ({ status, count, bytes }: UrbResult) => {
      if (isOver) return;
      isOver = true;
      realClock.clearTimeout(timer);
      if (status === 0 && isIn) this.#memory.write(process, buffer, bytes);
      reply(status < 0 ? status : isIn ? bytes.length : count);
    };
    const { client } = this.device;
    const sequence = isControl ? client.control(setup, data, done) : client.submit(endpoint, data ?? length, done);
    const timer = realClock.setTimeout(
      () => client.unlink(sequence, () => done({ status: -ERRNO.timedOut, count: 0, bytes: Buffer.alloc(0) })),
      timeoutMs || 1e9,
    );
  }

  #submit(process: number, address: number): number {
    const request = this.#memory.read(process, address, 56);
    const [type, endpoint = 0] = request;
    const [buffer, length] = [Number(request.readBigUInt64LE(16)), request.readInt32LE(24)];
    if (type === 0) return -ERRNO.invalid; // isochronous
    const setup = type === CONTROL_URB ? this.#memory.read(process, buffer, SETUP_BYTES) : undefined;
    const isIn = ((setup?.[0] ?? endpoint) & 0x80) !== 0;
    const urb: Urb = { address, buffer: buffer + (setup ? SETUP_BYTES : 0), isIn, sequence: 0 };
    const done = ({ status, count, bytes }: UrbResult) =>
      this.#finish(urb, { status, actual: status < 0 ? 0 : isIn ? bytes.length : count, bytes });
    this.#pending.set(address, urb);
    const size = setup ? setup.readUInt16LE(6) : length;
    const data = isIn ? undefined : this.#memory.read(process, urb.buffer, size);
    const { client } = this.device;
    urb.sequence = setup ? client.control(setup, data, done) : client.submit(endpoint, data ?? size, done);
    return 0;
  }

  #discard(address: number, reply: Reply) {
    const urb = this.#pending.get(address);
    if (!urb) return reply(-ERRNO.invalid);
    this.device.client.unlink(urb.sequence, (wasPending) => {
      if (wasPending) this.#finish(urb, { status: -ERRNO.noEntry, actual: 0, bytes: Buffer.alloc(0) });
      reply(0);
    });
  }

  #finish(urb: Urb, result: NonNullable<Urb['result']>): void {
    if (!this.#pending.delete(urb.address)) return;
    urb.result = result;
    this.#done.push(urb);
    this.wake();
  }

  #reap(process: number, address: number): number {
    const urb = this.#done.shift();
    if (!urb?.result) return this.device.isGone ? -ERRNO.noDevice : -ERRNO.again;
    const { status, actual, bytes } = urb.result;
    if (urb.isIn && bytes.length > 0) this.#memory.write(process, urb.buffer, bytes);
    const write = (offset: number, value: number) => {
      const word = Buffer.alloc(4);
      word.writeInt32LE(value);
      this.#memory.write(process, urb.address + offset, word);
    };
    write(4, status);
    write(28, actual);
    write(40, 0);
    const pointer = Buffer.alloc(8);
    pointer.writeBigUInt64LE(BigInt(urb.address));
    this.#memory.write(process, address, pointer);
    return 0;
  }
}
