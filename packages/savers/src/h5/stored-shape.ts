import type { RawFs, RawStream } from './h5-module.ts';

/** An array in a file that nobody has open, and what it becomes. */
export interface LargerArray {
  readonly path: string;
  /** Where its object header lies in the file. */
  readonly address: number;
  /** Length of each dimension, none shorter than before. */
  readonly shape: readonly number[];
}

/** HDF5 file format specification 3.0: superblock 0 (II.A), object header 1 (IV.A.1.a), its messages (IV.A.2). */
const SUPERBLOCK = { bytes: 96, version: 8, end: 40 } as const;
const HEADER = { version: 1, bytes: 16, length: 8 } as const;
const MESSAGE_BYTES = 8;
const MESSAGE = { dataspace: 0x01, layout: 0x08, continuation: 0x10 } as const;
/** Dataspace version 1: rank, flags, then the lengths and, if the flag is set, the longest ones. */
const SPACE = { version: 1, lengths: 8, hasLongest: 1 } as const;
/** Layout version 3. Of an array in one piece: where its values lie, and their bytes. */
const LAYOUT = { version: 3, inOnePiece: 1, inChunks: 2, address: 2, bytes: 10 } as const;
const LENGTH = 8;
const UNLIMITED = 2n ** 64n - 1n;
const READ_AND_WRITE = 2;

/**
 * Makes arrays larger in a file, which HDF5 itself cannot do beyond what an array was made for. Only what their headers say
 * of their shape is changed: chunks are found by where they begin, and stay where they are. An array in one piece, which
 * has one dimension, gets another place, behind all others; what is new in it is 0.
 *
 * @param fs - of a module that does not have the file open
 * @throws Error for a file or an array of another format; then nothing may be committed
 */
export function enlargeStored(fs: RawFs, file: string, arrays: readonly LargerArray[]): void {
  const stream = fs.open(file, READ_AND_WRITE);
  try {
    const bytes = new FileBytes(fs, stream);
    for (const array of arrays) enlarge(bytes, array);
  } finally {
    fs.close(stream);
  }
}

/** Reads and writes anywhere in a file. */
class FileBytes {
  readonly #fs: RawFs;
  readonly #stream: RawStream;

  constructor(fs: RawFs, stream: RawStream) {
    this.#fs = fs;
    this.#stream = stream;
  }

  read(position: number, length: number): DataView<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const count = this.#fs.read(this.#stream, bytes, at, length - at, position + at);
      if (count <= 0) throw new Error(`the file ends before byte ${position + length}`);
      at += count;
    }
    return new DataView(bytes.buffer);
  }

  write(position: number, bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.byteLength) at += this.#fs.write(this.#stream, bytes, at, bytes.byteLength - at, position + at);
  }

  writeLength(position: number, value: number): void {
    this.write(position, new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }
}

/** A message of an object header. */
interface Message {
  /** Where its data begin in the file. */
  readonly at: number;
  readonly data: DataView;
}

function enlarge(file: FileBytes, { path, address, shape }: LargerArray): void {
  const messages = messagesAt(file, path, address);
  const space = messageOf(messages, MESSAGE.dataspace, path);
  const layout = messageOf(messages, MESSAGE.layout, path);
  const was = lengthsIn(space.data, path);
  if (shape.length !== was.length || shape.some((length, d) => length < (was[d] as number)))
    throw new Error(`${path} of shape [${was.join(', ')}] cannot become [${shape.join(', ')}]`);
  for (const [d, length] of shape.entries()) {
    file.writeLength(space.at + SPACE.lengths + d * LENGTH, length);
    if (hasLongest(space.data)) file.writeLength(space.at + SPACE.lengths + (was.length + d) * LENGTH, length);
  }
  if (layout.data.getUint8(0) !== LAYOUT.version) throw new Error(`${path} has a layout that is not known here`);
  const kind = layout.data.getUint8(1);
  if (kind === LAYOUT.inOnePiece && was.length === 1) moveToEnd(file, layout, (shape[0] ?? 0) / (was[0] ?? 0));
  else if (kind !== LAYOUT.inChunks) throw new Error(`${path} lies in one piece and cannot become larger`);
}

/** @param by - how many times as many values there are */
function moveToEnd(file: FileBytes, layout: Message, by: number): void {
  const head = file.read(0, SUPERBLOCK.bytes);
  if (head.getUint8(SUPERBLOCK.version) !== 0)
    throw new Error('its file has a format in which nothing can be put behind its end');
  const [from, bytes] = [LAYOUT.address, LAYOUT.bytes].map((at) => lengthAt(layout.data, at)) as [number, number];
  const end = lengthAt(head, SUPERBLOCK.end);
  const values = new Uint8Array(Math.round(bytes * by));
  values.set(new Uint8Array(file.read(from, bytes).buffer));
  file.write(end, values);
  file.writeLength(SUPERBLOCK.end, end + values.byteLength);
  file.writeLength(layout.at + LAYOUT.address, end);
  file.writeLength(layout.at + LAYOUT.bytes, values.byteLength);
}

const lengthAt = (bytes: DataView, at: number) => Number(bytes.getBigUint64(at, true));

const hasLongest = (space: DataView): boolean => (space.getUint8(2) & SPACE.hasLongest) !== 0;

function lengthsIn(space: DataView, path: string): number[] {
  if (space.getUint8(0) !== SPACE.version) throw new Error(`${path} has a shape in a format that is not known here`);
  const rank = space.getUint8(1);
  const lengths = (first: number) =>
    Array.from({ length: rank }, (_, d) => space.getBigUint64(SPACE.lengths + (first + d) * LENGTH, true));
  if (hasLongest(space) && lengths(rank).includes(UNLIMITED)) throw new Error(`${path} grows row by row`);
  return lengths(0).map(Number);
}

function messageOf(messages: ReadonlyMap<number, Message>, type: number, path: string): Message {
  const message = messages.get(type);
  if (message) return message;
  throw new Error(`${path} is no array`);
}

function messagesAt(file: FileBytes, path: string, address: number): ReadonlyMap<number, Message> {
  const head = file.read(address, HEADER.bytes);
  if (head.getUint8(0) !== HEADER.version) throw new Error(`${path} has a header in a format that is not known here`);
  const messages = new Map<number, Message>();
  const blocks = [{ at: address + HEADER.bytes, length: head.getUint32(HEADER.length, true) }];
  for (const block of blocks) {
    const bytes = file.read(block.at, block.length);
    for (let at = 0; at + MESSAGE_BYTES <= block.length; ) {
      const [type, length] = [bytes.getUint16(at, true), bytes.getUint16(at + 2, true)];
      const begin = at + MESSAGE_BYTES;
      const data = new DataView(bytes.buffer, begin, length);
      messages.set(type, { at: block.at + begin, data });
      if (type === MESSAGE.continuation) blocks.push({ at: lengthAt(data, 0), length: lengthAt(data, LENGTH) });
      at = begin + length;
    }
  }
  return messages;
}
