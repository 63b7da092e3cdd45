import { crc32 } from 'node:zlib';

const MAGIC = 'DAQJRNL1';
const HEAD = 20;
const RUN_HEAD = 12;

/** Bytes that a commit puts over committed ones. */
export interface Run {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** Where the redo journal of a file lies. */
export function journalPath(path: string): string {
  return `${path}.journal`;
}

/** A commit as it lies in its journal. */
export interface Journalled {
  readonly record: Buffer;
  /** Its runs, neighbours joined, as parts of the record. */
  readonly runs: readonly Run[];
}

/**
 * A commit as one record: magic, number of runs (u32), length of the file at that moment (u64), then per run its
 * position (u64), length (u32) and bytes, then the CRC-32 of it all. Little endian. What lies behind it does not count.
 *
 * @param runs - in the order in which they go into the file; those that adjoin become one
 * @param room - is used for the record if it is long enough
 */
export function encodeJournal(runs: readonly Run[], fileSize: number, room = Buffer.alloc(0)): Journalled {
  const most = runs.reduce((sum, { bytes }) => sum + RUN_HEAD + bytes.byteLength, HEAD) + 4;
  const record = most <= room.length ? room : Buffer.allocUnsafeSlow(2 * most);
  const joined: Run[] = [];
  let at = HEAD;
  for (let i = 0; i < runs.length; ) {
    const { position } = runs[i] as Run;
    const begin = at + RUN_HEAD;
    at = begin;
    do {
      const { bytes } = runs[i++] as Run;
      record.set(bytes, at);
      at += bytes.byteLength;
    } while (runs[i]?.position === position + at - begin);
    writeU64(record, position, begin - RUN_HEAD);
    record.writeUInt32LE(at - begin, begin - 4);
    joined.push({ position, bytes: record.subarray(begin, at) });
  }
  record.write(MAGIC, 0, 'latin1');
  record.writeUInt32LE(joined.length, 8);
  writeU64(record, fileSize, 12);
  record.writeUInt32LE(crc32(record.subarray(0, at)), at);
  return { record: record.subarray(0, at + 4), runs: joined };
}

function writeU64(record: Buffer, value: number, at: number): void {
  record.writeUInt32LE(value % 2 ** 32, at);
  record.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
}

/** What is put over the head of a record whose commit is in the file. */
export const DONE = Buffer.alloc(MAGIC.length);

/** @returns undefined if the record is not whole: then its commit had not begun to touch the file */
export function decodeJournal(record: Buffer): { runs: Run[]; fileSize: number } | undefined {
  if (record.length < HEAD + 4 || record.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  const runs: Run[] = [];
  let at = HEAD;
  for (let left = record.readUInt32LE(8); left > 0; left--) {
    if (at + RUN_HEAD > record.length) return undefined;
    const end = at + RUN_HEAD + record.readUInt32LE(at + 8);
    if (end > record.length) return undefined;
    runs.push({ position: Number(record.readBigUInt64LE(at)), bytes: record.subarray(at + RUN_HEAD, end) });
    at = end;
  }
  if (at + 4 > record.length || crc32(record.subarray(0, at)) !== record.readUInt32LE(at)) return undefined;
  return { runs, fileSize: Number(record.readBigUInt64LE(12)) };
}
