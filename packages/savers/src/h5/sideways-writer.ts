import { close, openSync, writev } from 'node:fs';
import { promisify } from 'node:util';
import type { NumericArray } from '@daqtor/core';
import { bytesOf } from './packed.ts';

const [writeTo, closeFile] = [promisify(writev), promisify(close)];
/** Most arrays that one call of the system takes, `IOV_MAX` of POSIX systems. */
const MOST_AT_ONCE = 1024;
/** Bytes that go into one call with others: the writing thread's own writes wait for its end. */
const MOST_BYTES = 16 * 2 ** 20;

/** Arrays that follow each other in the file, and where they begin. */
interface Piece {
  readonly arrays: readonly NumericArray[];
  readonly place: number;
}

/**
 * Writes large arrays from where they are to where the writing thread says, in one of Node's threads for files. One call at
 * a time: a file takes one anyway, and what waits meanwhile goes together into the next.
 */
export class SidewaysWriter {
  readonly #fd: number;
  #waiting: Piece[] = [];
  #writing: Promise<void> | undefined;
  #failed: { readonly error: unknown } | undefined;

  /** Opened with the thread's own: what is at the path later may be another file. @throws what Node threw */
  constructor(path: string) {
    this.#fd = openSync(path, 'r+');
  }

  /**
   * Begins to write arrays, which must not change until `finish`.
   *
   * @param pieces - arrays that follow each other in the file
   * @param places - where in the file each piece begins; behind all that is committed, so that nobody misses what is not whole
   */
  begin(pieces: readonly (readonly NumericArray[])[], places: readonly number[]): void {
    for (const [i, arrays] of pieces.entries()) {
      const place = places[i];
      if (place === undefined) this.#failed ??= { error: new Error('a large value was given no place in the file') };
      else this.#waiting.push({ arrays, place });
    }
    if (this.#waiting.length > 0) this.#writing ??= this.#writeAll();
  }

  /** Whether there is something to finish. */
  get isBusy(): boolean {
    return this.#writing !== undefined || this.#failed !== undefined;
  }

  /** @throws what Node threw; once no write is under way any more */
  async finish(): Promise<void> {
    await this.#writing;
    const failed = this.#failed;
    this.#failed = undefined;
    if (failed) throw failed.error;
  }

  close(): Promise<void> {
    return closeFile(this.#fd);
  }

  /** After a failure the rest is dropped: `finish` tells. */
  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#failed) {
      try {
        await this.#write(this.#takeAdjoining());
      } catch (error) {
        this.#failed = { error };
      }
    }
    this.#waiting = [];
    this.#writing = undefined;
  }

  /** The piece that waits longest, and those that follow it in the file. */
  #takeAdjoining(): Piece {
    const [{ arrays, place } = { arrays: [], place: 0 }, ...rest] = this.#waiting;
    const all = [...arrays];
    let end = place + bytesOf(arrays);
    let taken = 0;
    for (const piece of rest) {
      const next = end + bytesOf(piece.arrays);
      if (piece.place !== end || next - place > MOST_BYTES || all.length + piece.arrays.length > MOST_AT_ONCE) break;
      all.push(...piece.arrays);
      end = next;
      taken++;
    }
    this.#waiting.splice(0, 1 + taken);
    return { arrays: all, place };
  }

  /** Writes every byte: one call may write fewer than it was given. */
  async #write({ arrays, place }: Piece): Promise<void> {
    let [left, at]: [readonly NumericArray[], number] = [arrays, place];
    while (left.length > 0) {
      const { bytesWritten } = await writeTo(this.#fd, left.slice(0, MOST_AT_ONCE), at);
      at += bytesWritten;
      left = behind(left, bytesWritten);
    }
  }
}

/** What is left of arrays once so many of their bytes are written. */
function behind(arrays: readonly NumericArray[], bytes: number): NumericArray[] {
  let written = bytes;
  let first = 0;
  while (first < arrays.length && written >= (arrays[first] as NumericArray).byteLength) {
    written -= (arrays[first] as NumericArray).byteLength;
    first++;
  }
  const left = arrays.slice(first);
  const [begun] = left;
  if (begun && written > 0)
    left[0] = new Uint8Array(begun.buffer, begun.byteOffset + written, begun.byteLength - written);
  return left;
}
