import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { LOST } from './h5-errors.ts';
import type { RawFs, RawStream } from './h5-module.ts';
import { encodeJournal, journalPath, type Run } from './journal.ts';
import { writeAll } from './recover.ts';

const PAGE = 4096;
/** Pages that are kept for the next commit. */
const MAX_SPARE = 256;

export interface OverlayOptions {
  /** Whether a commit waits for the disk. */
  readonly fsync?: boolean;
  /** For reading only: bytes that are seen as if they were in the file. Nothing is ever written then. */
  readonly replay?: readonly Run[];
}

/**
 * Makes what HDF5 writes to one file atomic. Until `commit`, bytes that the last commit counts on stay as they are on
 * disk: writes over them wait in pages in memory, which reads see; writes behind them go straight to the file, where
 * nothing committed points to. `commit` puts the pages into the file in one burst, the superblock last, after it has
 * written them to a redo journal; so whoever opens the file sees the last commit, whole, or `recover` makes it so.
 *
 * It sits between h5wasm and Node by replacing functions of the module's file system.
 */
export class PageOverlay {
  readonly #path: string;
  readonly #fsync: boolean;
  readonly #replay: readonly Run[] | undefined;
  readonly #pages = new Map<number, Buffer>();
  /** Pages of earlier commits, for the next: fresh ones at each commit would keep the garbage collector busy. */
  readonly #spare: Buffer[] = [];
  readonly #original: RawFs;
  readonly #fs: RawFs;
  #stream: RawStream | undefined;
  #journal: number | undefined;
  /** Length of the file that the last commit counts on. */
  #committed = 0;
  /** Length that HDF5 wants to cut the file to, once that is safe. */
  #cutTo: number | undefined;
  #torn = false;
  #lost = false;
  #discarding: boolean;

  /** @param fs - the module's file system; `release` gives its functions back */
  constructor(fs: RawFs, path: string, { fsync = false, replay }: OverlayOptions) {
    this.#path = resolve(path);
    this.#fsync = fsync;
    this.#replay = replay;
    this.#discarding = replay !== undefined;
    this.#fs = fs;
    const { open, close, read, write, ftruncate } = fs;
    this.#original = { open, close, read, write, ftruncate };
    fs.open = (name, flags, mode) => this.#open(name, flags, mode);
    fs.close = (stream) => this.#close(stream);
    fs.read = (...args) => this.#read(...args);
    fs.write = (...args) => this.#write(...args);
    fs.ftruncate = (fd, length) => this.#truncate(fd, length);
  }

  /**
   * Makes all that was written since the last commit part of the file.
   *
   * @throws what Node threw. Nothing has happened then, unless the file `isTorn`
   */
  commit(): void {
    const fd = this.#descriptor();
    this.#refuseIfLost(fd);
    if (this.#pages.size > 0) {
      const runs = this.#runs();
      if (this.#fsync) fdatasyncSync(fd);
      this.#journal ??= openSync(journalPath(this.#path), 'w');
      writeAll(this.#journal, encodeJournal(runs, fstatSync(fd).size), 0);
      if (this.#fsync) fdatasyncSync(this.#journal);
      this.#torn = true;
      for (const { position, bytes } of runs) writeAll(fd, bytes, position);
      if (this.#fsync) fdatasyncSync(fd);
      ftruncateSync(this.#journal, 0);
      this.#torn = false;
      this.#sparePages();
    } else if (this.#fsync) {
      fdatasyncSync(fd);
    }
    if (this.#cutTo !== undefined) ftruncateSync(fd, this.#cutTo);
    this.#cutTo = undefined;
    this.#committed = fstatSync(fd).size;
  }

  /** Whether the disk failed in the middle of a commit. The journal stays, for `recover` to finish it. */
  get isTorn(): boolean {
    return this.#torn;
  }

  /** Whether the file was removed or replaced under us: what is at its path now is not ours to touch. */
  get isLost(): boolean {
    return this.#lost;
  }

  /** From now on nothing that HDF5 writes counts: for closing a file after a failure. */
  discard(): void {
    this.#discarding = true;
    this.#pages.clear();
    this.#cutTo = undefined;
    if (this.#stream && !this.#torn) ftruncateSync(this.#descriptor(), this.#committed);
  }

  /**
   * Closes the file, gives the module's file system back and removes the journal, if nobody needs it. HDF5 must have
   * closed the file; what it wrote since the last commit is lost.
   */
  release(): void {
    Object.assign(this.#fs, this.#original);
    if (this.#stream) this.#fs.close(this.#stream);
    this.#stream = undefined;
    if (this.#journal === undefined) return;
    const path = journalPath(this.#path);
    if (!this.#torn && isAt(this.#journal, path)) rmSync(path);
    closeSync(this.#journal);
    this.#journal = undefined;
  }

  /** A removed file still takes every byte, and all of them are gone once it is closed. */
  #refuseIfLost(fd: number): void {
    this.#lost = !isAt(fd, this.#path);
    if (this.#lost) throw new Error(LOST);
  }

  #descriptor(): number {
    if (!this.#stream) throw new Error(`${this.#path} is not open`);
    return this.#stream.nfd;
  }

  #open(path: string, flags: number, mode?: number): RawStream {
    const stream = this.#original.open.call(this.#fs, path, flags, mode);
    if (!this.#stream && resolve(path) === this.#path) {
      this.#stream = stream;
      this.#committed = fstatSync(stream.nfd).size;
      for (const { position, bytes } of this.#replay ?? []) this.#keep(stream.nfd, bytes, position);
    }
    return stream;
  }

  /** Ours stays open for the commit that may follow; an exception in here would have to cross HDF5. */
  #close(stream: RawStream): void {
    if (stream !== this.#stream) this.#original.close.call(this.#fs, stream);
  }

  #truncate(fd: number, length: number): void {
    const isOurs = fd === this.#stream?.fd;
    if (isOurs && this.#discarding) return;
    if (isOurs) this.#cutTo = length < this.#committed ? length : undefined;
    if (!isOurs || this.#cutTo === undefined) this.#original.ftruncate.call(this.#fs, fd, length);
  }

  #write(stream: RawStream, buffer: Uint8Array, offset: number, length: number, position?: number): number {
    if (stream !== this.#stream || position === undefined) {
      return this.#original.write.call(this.#fs, stream, buffer, offset, length, position);
    }
    if (this.#discarding) return length;
    if (this.#cutTo !== undefined) this.#cutTo = Math.max(this.#cutTo, position + length);
    const over = Math.max(0, Math.min(length, this.#committed - position));
    if (over > 0) this.#keep(stream.nfd, new Uint8Array(buffer.buffer, buffer.byteOffset + offset, over), position);
    if (over === length) return length;
    return over + this.#original.write.call(this.#fs, stream, buffer, offset + over, length - over, position + over);
  }

  #keep(fd: number, bytes: Uint8Array, position: number): void {
    for (let at = 0; at < bytes.byteLength; ) {
      const number = Math.floor((position + at) / PAGE);
      const within = position + at - number * PAGE;
      const length = Math.min(PAGE - within, bytes.byteLength - at);
      let page = this.#pages.get(number);
      if (!page) {
        page = this.#spare.pop() ?? Buffer.alloc(PAGE);
        const read = length < PAGE ? readSync(fd, page, 0, PAGE, number * PAGE) : PAGE;
        page.fill(0, read);
        this.#pages.set(number, page);
      }
      page.set(bytes.subarray(at, at + length), within);
      at += length;
    }
  }

  #read(stream: RawStream, buffer: Uint8Array, offset: number, length: number, position?: number): number {
    const count = this.#original.read.call(this.#fs, stream, buffer, offset, length, position);
    if (stream !== this.#stream || position === undefined || this.#pages.size === 0) return count;
    const end = Math.min(position + count, this.#committed);
    for (let number = Math.floor(position / PAGE); number * PAGE < end; number++) {
      const page = this.#pages.get(number);
      if (!page) continue;
      const from = Math.max(position, number * PAGE);
      const to = Math.min(end, (number + 1) * PAGE);
      buffer.set(page.subarray(from - number * PAGE, to - number * PAGE), offset + from - position);
    }
    return count;
  }

  #sparePages(): void {
    for (const page of this.#pages.values()) {
      if (this.#spare.length >= MAX_SPARE) break;
      this.#spare.push(page);
    }
    this.#pages.clear();
  }

  /** The pages as runs of neighbours, the one with the superblock last. */
  #runs(): Run[] {
    const runs: { position: number; bytes: Uint8Array }[] = [];
    for (const number of [...this.#pages.keys()].sort((a, b) => a - b)) {
      const position = number * PAGE;
      const page = (this.#pages.get(number) as Buffer).subarray(0, Math.min(PAGE, this.#committed - position));
      const last = runs.at(-1);
      if (last && last.position > 0 && last.position + last.bytes.byteLength === position) {
        last.bytes = Buffer.concat([last.bytes, page]);
      } else {
        runs.push({ position, bytes: page });
      }
    }
    const [first, ...rest] = runs;
    return first?.position === 0 ? [...rest, first] : runs;
  }
}

/** Whether an open file is still the one at that path. */
function isAt(fd: number, path: string): boolean {
  const ours = fstatSync(fd);
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.ino === ours.ino && there.dev === ours.dev;
}
