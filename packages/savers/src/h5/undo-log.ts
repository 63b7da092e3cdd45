import type { RawFs, RawStream } from './h5-module.ts';

/** A file system in memory, as h5wasm's build for browsers has it (Emscripten's MEMFS). */
export interface MemoryFs extends RawFs {
  getStream(fd: number): MemoryStream;
  readFile(path: string): Uint8Array;
  writeFile(path: string, bytes: Uint8Array): void;
  unlink(path: string): void;
}

interface MemoryStream extends RawStream {
  readonly path: string;
}

const PAGE = 4096;
/** Logs of the files that are open, by their paths in the file system. */
const logs = new Map<string, UndoLog>();

/** Lets every write of a file that has a log be noted there first. Called once, for the one file system of a module. */
export function noteWrites(fs: MemoryFs): void {
  const { write, ftruncate, read } = fs;
  const readAt = (stream: MemoryStream, page: Uint8Array, position: number) =>
    read.call(fs, stream, page, 0, page.length, position);
  fs.write = (stream, buffer, offset, length, position) => {
    const log = logs.get((stream as MemoryStream).path);
    if (log && position !== undefined) {
      log.keep(position, length, (page, at) => readAt(stream as MemoryStream, page, at));
    }
    return write.call(fs, stream, buffer, offset, length, position);
  };
  fs.ftruncate = (fd, length) => {
    const stream = fs.getStream(fd);
    const log = logs.get(stream.path);
    log?.keep(length, Number.POSITIVE_INFINITY, (page, at) => readAt(stream, page, at));
    ftruncate.call(fs, fd, length);
  };
}

/** What a file in memory was like at its last commit, where it was written over since. */
export class UndoLog {
  readonly #fs: MemoryFs;
  readonly #path: string;
  readonly #pages = new Map<number, Uint8Array>();
  #committed: number;

  constructor(fs: MemoryFs, path: string) {
    this.#fs = fs;
    this.#path = path;
    this.#committed = fs.readFile(path).length;
    logs.set(path, this);
  }

  /** Notes what is about to be written over. @param read - fills a page from a position of the file */
  keep(position: number, length: number, read: (page: Uint8Array, at: number) => void): void {
    const end = Math.min(position + length, this.#committed);
    for (let number = Math.floor(position / PAGE); number * PAGE < end; number++) {
      if (this.#pages.has(number)) continue;
      const page = new Uint8Array(PAGE);
      read(page, number * PAGE);
      this.#pages.set(number, page);
    }
  }

  /** What the file is now is what it goes back to from now on. */
  commit(length: number): void {
    this.#pages.clear();
    this.#committed = length;
  }

  /** @param close - lets HDF5 close the file; what it writes meanwhile is undone like all since the last commit */
  undo(close: () => void): void {
    try {
      close();
    } finally {
      const bytes = new Uint8Array(this.#committed);
      bytes.set(this.#fs.readFile(this.#path).subarray(0, this.#committed));
      for (const [number, page] of this.#pages) {
        bytes.set(page.subarray(0, Math.min(PAGE, this.#committed - number * PAGE)), number * PAGE);
      }
      this.#pages.clear();
      logs.delete(this.#path); // This write is no change to be noted.
      this.#fs.writeFile(this.#path, bytes);
      logs.set(this.#path, this);
    }
  }

  /** For a file that is closed. */
  release(): void {
    logs.delete(this.#path);
  }
}
