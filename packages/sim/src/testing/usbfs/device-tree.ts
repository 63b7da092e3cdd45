import { Buffer } from 'node:buffer';
import type { AttachedDevice } from './attached-device.ts';
import { ERRNO } from './errno.ts';
import { type Fuse, type FuseRequest, OPERATION } from './fuse.ts';
import type { ProcessMemory } from './process-memory.ts';
import { UsbfsFile } from './usbfs-file.ts';

/** Nodes of the file system: `/`, `/001`, and devices from 100 on by their numbers. */
const ROOT = 1;
const BUS = 2;
const FIRST_DEVICE = 100;
const DIRECT_IO = 1;
const WANTS_NOTICE = 1;

interface OpenFile {
  readonly usb: UsbfsFile;
  /** Who polls it, once somebody did. */
  polled?: bigint;
}

/** The file system that is `/dev/bus/usb`. */
export class DeviceTree {
  readonly #fuse: Fuse;
  readonly #memory: ProcessMemory;
  readonly #devices: ReadonlyMap<number, AttachedDevice>;
  readonly #files = new Map<bigint, OpenFile>();
  #lastHandle = 0n;

  /** @param devices - those that are plugged in, by number */
  constructor(fuse: Fuse, memory: ProcessMemory, devices: ReadonlyMap<number, AttachedDevice>) {
    this.#fuse = fuse;
    this.#memory = memory;
    this.#devices = devices;
  }

  handle(request: FuseRequest) {
    const { operation, node, body } = request;
    const answer = (bytes?: Buffer) => this.#fuse.answer(request, bytes);
    switch (operation) {
      case OPERATION.init:
        return answer(initAnswer());
      case OPERATION.lookup: {
        const found = this.#lookup(node, body.toString('latin1').replace(/\0.*/s, ''));
        if (found === undefined) return this.#fuse.refuse(request, ERRNO.noEntry);
        const entry = Buffer.alloc(40);
        entry.writeBigUInt64LE(BigInt(found), 0);
        return answer(Buffer.concat([entry, this.#attributes(found)]));
      }
      case OPERATION.getAttributes:
      case OPERATION.setAttributes:
        if (node >= FIRST_DEVICE && !this.#deviceAt(node)) return this.#fuse.refuse(request, ERRNO.noEntry);
        return answer(Buffer.concat([Buffer.alloc(16), this.#attributes(node)]));
      case OPERATION.open:
        return this.#open(request);
      case OPERATION.read:
        return this.#read(request);
      case OPERATION.release:
        this.#files.get(body.readBigUInt64LE(0))?.usb.close();
        this.#files.delete(body.readBigUInt64LE(0));
        return answer();
      case OPERATION.openFolder:
        return answer(Buffer.alloc(16));
      case OPERATION.readFolder:
        return answer(this.#entries(node, Number(body.readBigUInt64LE(8))));
      case OPERATION.statistics:
        return answer(Buffer.alloc(80));
      case OPERATION.ioctl:
        return this.#ioctl(request);
      case OPERATION.poll:
        return this.#poll(request);
      case OPERATION.releaseFolder:
      case OPERATION.destroy:
        return answer();
      case OPERATION.forget:
      case OPERATION.forgetMany:
      case OPERATION.interrupt:
        return; // these have no answer
      default:
        return this.#fuse.refuse(request, ERRNO.notImplemented);
    }
  }

  #deviceAt(node: number): AttachedDevice | undefined {
    return this.#devices.get(node - FIRST_DEVICE);
  }

  #lookup(parent: number, name: string): number | undefined {
    if (parent === ROOT) return name === '001' ? BUS : undefined;
    return parent === BUS && this.#devices.has(Number(name)) ? FIRST_DEVICE + Number(name) : undefined;
  }

  #attributes(node: number): Buffer {
    const attributes = Buffer.alloc(88);
    const device = this.#deviceAt(node);
    attributes.writeBigUInt64LE(BigInt(node), 0);
    if (device) attributes.writeBigUInt64LE(BigInt(18 + device.configuration.length), 8);
    attributes.writeUInt32LE(node < FIRST_DEVICE ? 0o040755 : 0o100664, 60);
    attributes.writeUInt32LE(1, 64);
    attributes.writeUInt32LE(4096, 80);
    return attributes;
  }

  #entries(node: number, from: number): Buffer {
    const [FOLDER, FILE] = [4, 8];
    const all =
      node === ROOT
        ? [{ node: BUS, name: '001', type: FOLDER }]
        : [...this.#devices.keys()].map((number) => ({
            node: FIRST_DEVICE + number,
            name: String(number).padStart(3, '0'),
            type: FILE,
          }));
    const entries = all.slice(from).map((one, at) => {
      const entry = Buffer.alloc(24 + 8);
      entry.writeBigUInt64LE(BigInt(one.node), 0);
      entry.writeBigUInt64LE(BigInt(from + at + 1), 8);
      entry.writeUInt32LE(one.name.length, 16);
      entry.writeUInt32LE(one.type, 20);
      entry.write(one.name, 24);
      return entry;
    });
    return Buffer.concat(entries);
  }

  #open(request: FuseRequest) {
    const device = this.#deviceAt(request.node);
    if (!device) return this.#fuse.refuse(request, ERRNO.noDevice);
    const handle = ++this.#lastHandle;
    const file: OpenFile = {
      usb: new UsbfsFile(device, this.#memory, () => {
        if (file.polled !== undefined) this.#fuse.notifyPoll(file.polled);
      }),
    };
    this.#files.set(handle, file);
    const opened = Buffer.alloc(16);
    opened.writeBigUInt64LE(handle, 0);
    opened.writeUInt32LE(DIRECT_IO, 8);
    this.#fuse.answer(request, opened);
  }

  /** A device node reads as its descriptors. */
  #read(request: FuseRequest) {
    const { body } = request;
    const device = this.#files.get(body.readBigUInt64LE(0))?.usb.device;
    if (!device || device.isGone) return this.#fuse.refuse(request, ERRNO.noDevice);
    const from = Number(body.readBigUInt64LE(8));
    const all = Buffer.concat([device.descriptor, device.configuration]);
    this.#fuse.answer(request, all.subarray(from, from + body.readUInt32LE(16)));
  }

  #ioctl(request: FuseRequest) {
    const { body, process } = request;
    const file = this.#files.get(body.readBigUInt64LE(0));
    if (!file) return this.#fuse.refuse(request, ERRNO.invalid);
    try {
      file.usb.ioctl(body.readUInt32LE(12) & 0xff, Number(body.readBigUInt64LE(16)), process, (result) => {
        if (result < 0) return this.#fuse.refuse(request, -result);
        const answer = Buffer.alloc(16);
        answer.writeInt32LE(result, 0);
        this.#fuse.answer(request, answer);
      });
    } catch {
      // A pointer into nowhere is the fault of who called.
      this.#fuse.refuse(request, ERRNO.fault);
    }
  }

  #poll(request: FuseRequest) {
    const { body } = request;
    const file = this.#files.get(body.readBigUInt64LE(0));
    if (!file) return this.#fuse.refuse(request, ERRNO.invalid);
    if (body.readUInt32LE(16) & WANTS_NOTICE) file.polled = body.readBigUInt64LE(8);
    const answer = Buffer.alloc(8);
    answer.writeUInt32LE(file.usb.pollEvents, 0);
    this.#fuse.answer(request, answer);
  }
}

/** FUSE 7.31, writes of up to 64 KiB. */
function initAnswer(): Buffer {
  const answer = Buffer.alloc(64);
  answer.writeUInt32LE(7, 0);
  answer.writeUInt32LE(31, 4);
  answer.writeUInt16LE(64, 16);
  answer.writeUInt16LE(48, 18);
  answer.writeUInt32LE(65_536, 20);
  answer.writeUInt32LE(1, 24);
  return answer;
}
