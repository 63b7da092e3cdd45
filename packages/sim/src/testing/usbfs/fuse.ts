import { read, writeSync } from 'node:fs';

/** Operations of FUSE (Linux' include/uapi/linux/fuse.h, version 7.31). */
export const OPERATION = {
  lookup: 1,
  forget: 2,
  getAttributes: 3,
  setAttributes: 4,
  open: 14,
  read: 15,
  statistics: 17,
  release: 18,
  init: 26,
  openFolder: 27,
  readFolder: 28,
  releaseFolder: 29,
  interrupt: 36,
  destroy: 38,
  ioctl: 39,
  poll: 40,
  forgetMany: 42,
} as const;

const IN_HEADER_BYTES = 40;
const OUT_HEADER_BYTES = 16;
const NOTIFY_POLL = 1;
const BUFFER_BYTES = 1 << 18;

export interface FuseRequest {
  readonly operation: number;
  readonly id: bigint;
  readonly node: number;
  readonly process: number;
  readonly body: Buffer;
}

/** The kernel's end of a FUSE file system, on an open and mounted `/dev/fuse`. */
export class Fuse {
  readonly #file: number;

  constructor(file: number) {
    this.#file = file;
  }

  answer(request: FuseRequest, body: Buffer = Buffer.alloc(0)): void {
    this.#write(0, request.id, body);
  }

  /** @param errno - positive */
  refuse(request: FuseRequest, errno: number): void {
    this.#write(-errno, request.id, Buffer.alloc(0));
  }

  /** Wakes who polls the file with this handle. */
  notifyPoll(handle: bigint): void {
    const body = Buffer.alloc(8);
    body.writeBigUInt64LE(handle);
    this.#write(NOTIFY_POLL, 0n, body);
  }

  /** Hands on requests until the file system is unmounted. */
  serve(take: (request: FuseRequest) => void, ended: (cause: Error | undefined) => void): void {
    const buffer = Buffer.alloc(BUFFER_BYTES);
    const next = () =>
      read(this.#file, buffer, 0, buffer.length, null, (error, count) => {
        if (!error) take(parse(Buffer.from(buffer.subarray(0, count))));
        else if (error.code === 'ENODEV') return ended(undefined);
        // The first is a request that was taken back, the others pass.
        else if (!['ENOENT', 'EINTR', 'EAGAIN'].includes(error.code ?? '')) return ended(error);
        next();
      });
    next();
  }

  #write(error: number, id: bigint, body: Buffer): void {
    const header = Buffer.alloc(OUT_HEADER_BYTES);
    header.writeUInt32LE(OUT_HEADER_BYTES + body.length, 0);
    header.writeInt32LE(error, 4);
    header.writeBigUInt64LE(id, 8);
    try {
      writeSync(this.#file, Buffer.concat([header, body]));
    } catch (cause) {
      // Who asked was interrupted, and waits no more.
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    }
  }
}

function parse(bytes: Buffer): FuseRequest {
  return {
    operation: bytes.readUInt32LE(4),
    id: bytes.readBigUInt64LE(8),
    node: Number(bytes.readBigUInt64LE(16)),
    process: bytes.readUInt32LE(32),
    body: bytes.subarray(IN_HEADER_BYTES, bytes.readUInt32LE(0)),
  };
}
