import { close, openSync, writev } from 'node:fs';
import { promisify } from 'node:util';
import type { NumericArray } from '@daqtor/core';

const [writeTo, closeFile] = [promisify(writev), promisify(close)];
/** Most arrays that one call of the system takes, `IOV_MAX` of POSIX systems. */
const MOST_AT_ONCE = 1024;

/** Writes large arrays from where they are to where the writing thread says, in Node's threads for files. */
export class SidewaysWriter {
  readonly #fd: number;
  #underWay: Promise<void>[] = [];

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
      const write = this.#writeAll(arrays, places[i]);
      write.catch(() => {}); // `finish` tells.
      this.#underWay.push(write);
    }
  }

  /** Whether there is something to finish. */
  get isBusy(): boolean {
    return this.#underWay.length > 0;
  }

  /** @throws what Node threw; once no write is under way any more */
  async finish(): Promise<void> {
    const writes = this.#underWay;
    this.#underWay = [];
    for (const outcome of await Promise.allSettled(writes)) if (outcome.status === 'rejected') throw outcome.reason;
  }

  close(): Promise<void> {
    return closeFile(this.#fd);
  }

  /** Writes every byte: one call may write fewer than it was given. */
  async #writeAll(arrays: readonly NumericArray[], place: number | undefined): Promise<void> {
    if (place === undefined) throw new Error('a large value was given no place in the file');
    let [left, at]: [NumericArray[], number] = [[...arrays], place];
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
