import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const MOST_OPEN = 64;

/** The memory of processes that wait in a system call, where the structures of usbfs lie. */
export class ProcessMemory {
  readonly #files = new Map<number, number>();

  /** @throws if the process is gone, or the address is not in its memory */
  read(process: number, address: number, count: number): Buffer {
    const bytes = Buffer.alloc(count);
    for (let at = 0; at < count; ) {
      const read = readSync(this.#file(process), bytes, at, count - at, address + at);
      if (read === 0) throw new Error(`no memory at ${address} of process ${process}`);
      at += read;
    }
    return bytes;
  }

  write(process: number, address: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      at += writeSync(this.#file(process), bytes, at, bytes.length - at, address + at);
    }
  }

  /** By thread: each one has a file of its own in /proc. */
  #file(process: number): number {
    const known = this.#files.get(process);
    if (known !== undefined) return known;
    const file = openSync(`/proc/${process}/mem`, 'r+');
    this.#files.set(process, file);
    for (const [oldest, old] of this.#files) {
      if (this.#files.size <= MOST_OPEN) break;
      closeSync(old);
      this.#files.delete(oldest);
    }
    return file;
  }
}
