import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import type { Run } from './journal.ts';

/** Superblock of versions 2 and 3 (HDF5 file format specification 3.0, II.A): byte offsets of its fields. */
const VERSION = 8;
const FLAGS = 11;
const END = 28;
const CHECKSUM = 44;
const SIZE = 48;
const SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
/** Of the flags: the writer lets others read. */
const SHARED = 4;
/** The first version that files for SWMR have. */
const SWMR_VERSION = 3;

/** Whether a file has the format in which it can be read while it is written. False for anything else. */
export function isForSwmr(path: string): boolean {
  const head = readHead(path);
  return head !== undefined && (head[VERSION] as number) >= SWMR_VERSION;
}

/**
 * Takes back what a killed SWMR writer has left: the flag that somebody writes, and an end of file that lags behind.
 *
 * @param path - a file that nobody writes
 * @returns whether there was anything to take back
 */
export function releaseFromWriter(path: string): boolean {
  const head = released(readHead(path), path);
  if (!head) return false;
  const fd = openSync(path, 'r+');
  try {
    writeSync(fd, head, 0, SIZE, 0);
  } finally {
    closeSync(fd);
  }
  return true;
}

/**
 * How a file that a writer has left, or still has, would begin without it; undefined where nothing tells of one, or where
 * readers may open the file as it is.
 *
 * @param runs - what is about to be written into it
 */
export function headWithoutWriter(path: string, runs: readonly Run[] = []): Buffer | undefined {
  const head = readHead(path);
  if (!head) return undefined;
  for (const { position, bytes } of runs) if (position < SIZE) head.set(bytes.subarray(0, SIZE - position), position);
  const isShared = ((head[FLAGS] as number) & SHARED) !== 0;
  return isShared ? undefined : released(head, path);
}

function released(head: Buffer | undefined, path: string): Buffer | undefined {
  if (!head || (head[VERSION] as number) < SWMR_VERSION || head[FLAGS] === 0) return undefined;
  if (lookup3(head.subarray(0, CHECKSUM)) !== head.readUInt32LE(CHECKSUM)) return undefined; // HDF5 tells what is wrong.
  head[FLAGS] = 0;
  const end = BigInt(statSync(path).size);
  if (head.readBigUInt64LE(END) < end) head.writeBigUInt64LE(end, END);
  head.writeUInt32LE(lookup3(head.subarray(0, CHECKSUM)), CHECKSUM);
  return head;
}

function readHead(path: string): Buffer | undefined {
  const head = Buffer.alloc(SIZE);
  const fd = openSync(path, 'r');
  try {
    const isWhole = readSync(fd, head, 0, SIZE, 0) === SIZE;
    return isWhole && head.subarray(0, SIGNATURE.length).equals(SIGNATURE) ? head : undefined;
  } finally {
    closeSync(fd);
  }
}

/** Bob Jenkins' lookup3 hash of a whole number of words, as HDF5 computes its checksums (public domain, 2006). */
function lookup3(bytes: Buffer): number {
  const start = (0xdeadbeef + bytes.length) | 0;
  let [a, b, c] = [start, start, start];
  const word = (at: number) => (at + 4 <= bytes.length ? bytes.readInt32LE(at) : 0);
  const rotate = (value: number, by: number) => (value << by) | (value >>> (32 - by));
  let at = 0;
  for (; bytes.length - at > 12; at += 12) {
    a = (a + word(at)) | 0;
    b = (b + word(at + 4)) | 0;
    c = (c + word(at + 8)) | 0;
    for (const [first, second, third] of [
      [4, 6, 8],
      [16, 19, 4],
    ] as const) {
      a = ((a - c) | 0) ^ rotate(c, first);
      c = (c + b) | 0;
      b = ((b - a) | 0) ^ rotate(a, second);
      a = (a + c) | 0;
      c = ((c - b) | 0) ^ rotate(b, third);
      b = (b + a) | 0;
    }
  }
  a = (a + word(at)) | 0;
  b = (b + word(at + 4)) | 0;
  c = (c + word(at + 8)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}
