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

/**
 * A commit as one record: magic, number of runs (u32), length of the file at that moment (u64), then per run its
 * position (u64), length (u32) and bytes, then the CRC-32 of it all. Little endian.
 */
export function encodeJournal(runs: readonly Run[], fileSize: number): Buffer {
  const size = runs.reduce((sum, { bytes }) => sum + RUN_HEAD + bytes.byteLength, HEAD) + 4;
  const record = Buffer.allocUnsafe(size);
  record.write(MAGIC, 0, 'latin1');
  record.writeUInt32LE(runs.length, 8);
  record.writeBigUInt64LE(BigInt(fileSize), 12);
  let at = HEAD;
  for (const { position, bytes } of runs) {
    record.writeBigUInt64LE(BigInt(position), at);
    record.writeUInt32LE(bytes.byteLength, at + 8);
    record.set(bytes, at + RUN_HEAD);
    at += RUN_HEAD + bytes.byteLength;
  }
  record.writeUInt32LE(crc32(record.subarray(0, at)), at);
  return record;
}

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
