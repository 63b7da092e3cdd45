import { close, openSync, write } from 'node:fs';
import { promisify } from 'node:util';
import type { NumericArray } from '@daqtor/core';

const [writeTo, closeFile] = [promisify(write), promisify(close)];

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
   * @param places - where in the file each begins; behind all that is committed, so that nobody misses what is not whole
   */
  begin(arrays: readonly NumericArray[], places: readonly number[]): void {
    for (const [i, array] of arrays.entries()) {
      const write = this.#writeAll(array, places[i]);
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
  async #writeAll({ buffer, byteOffset, byteLength }: NumericArray, place: number | undefined): Promise<void> {
    if (place === undefined) throw new Error('a large value was given no place in the file');
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    for (let at = 0; at < byteLength; ) {
      at += (await writeTo(this.#fd, bytes, at, byteLength - at, place + at)).bytesWritten;
    }
  }
}
