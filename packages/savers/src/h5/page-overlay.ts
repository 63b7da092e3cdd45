import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { LOST } from './h5-errors.ts';
import type { RawFs, RawStream } from './h5-module.ts';
import { DONE, encodeJournal, journalPath, type Run } from './journal.ts';
import { writeAll } from './recover.ts';

const PAGE = 4096;
/** Pages that are remembered after their commit. */
const MAX_CLEAN = 1024;
/** Bytes up to which values behind the committed ones wait for others: large ones are worth a call of the system. */
const SMALL = 64 * 2 ** 10;
/** Bytes of them that wait at most. */
const MAX_LATE = 2 ** 20;

export interface OverlayOptions {
  /** Whether a commit waits for the disk. */
  readonly fsync?: boolean;
  /** For reading only: bytes that are seen as if they were in the file. Nothing is ever written then. */
  readonly replay?: readonly Run[];
}

/** A write of HDF5 that other bytes are to take the place of. */
export interface Expected {
  /** What its bytes begin with. */
  readonly key: Uint8Array;
  readonly length: number;
  /** What goes into the file; undefined for what somebody else writes, which can only be behind committed bytes. */
  readonly bytes: Uint8Array | undefined;
}

/** A piece of the file with bytes that wait for a commit. */
interface Page {
  readonly bytes: Buffer;
  /** Where these bytes begin and end. */
  from: number;
  to: number;
}

/**
 * Makes what HDF5 writes to one file atomic. Until `commit`, bytes that the last commit counts on stay as they are on
 * disk: writes over them wait in memory, where reads see them; writes behind them go straight to the file, where nothing
 * committed points to. `commit` puts what waits into the file in one burst, after it has written it to a redo journal; so
 * whoever opens the file sees the last commit, whole, or `recover` makes it so.
 *
 * The burst has an order, for those who look while it is cut short: how long the file is, what leads to the values, then
 * the values as they came. What tells that a point was measured comes last.
 *
 * It sits between h5wasm and Node by replacing functions of the module's file system.
 */
export class PageOverlay {
  readonly #path: string;
  readonly #fsync: boolean;
  readonly #replay: readonly Run[] | undefined;
  readonly #pages = new Map<number, Page>();
  /** Values that go over committed ones, in the order in which they came. */
  #values: Run[] = [];
  /**
   * Small values behind the committed ones, in the order in which they came. They go to the file together: each call of the
   * system would wait for those that write large values beside us.
   */
  #late: Run[] = [];
  #lateBytes = 0;
  /** Pages of earlier commits, as they are in the file, the oldest first: neighbours of what comes next lie there. */
  readonly #clean = new Map<number, Buffer>();
  readonly #original: RawFs;
  readonly #fs: RawFs;
  #stream: RawStream | undefined;
  #journal: number | undefined;
  #record: Buffer<ArrayBuffer> | undefined;
  /** Length of the file that the last commit counts on. */
  #committed = 0;
  /** Length that HDF5 wants to cut the file to, once that is safe. */
  #cutTo: number | undefined;
  #expected: Expected | undefined;
  /** Where the expected write went. */
  #place: number | undefined;
  #isLive = false;
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
   * From now on everything goes to the file at once and in the order in which HDF5 writes it, as readers of a file that is
   * being written need it. Right after a commit.
   */
  goLive(): void {
    this.#isLive = true;
  }

  /**
   * Makes all that was written since the last commit part of the file.
   *
   * @throws what Node threw. Nothing has happened then, unless the file `isTorn`
   */
  commit(): void {
    const fd = this.#descriptor();
    this.#refuseIfLost(fd);
    this.#writeLate();
    const size = fstatSync(fd).size;
    if (this.#pages.size > 0 || this.#values.length > 0) {
      const { record, runs } = encodeJournal(this.#runs(), size, this.#record);
      this.#record = Buffer.from(record.buffer as ArrayBuffer, record.byteOffset);
      if (this.#fsync) fdatasyncSync(fd);
      this.#journal ??= openSync(journalPath(this.#path), 'w');
      writeAll(this.#journal, record, 0);
      if (this.#fsync) fdatasyncSync(this.#journal);
      this.#torn = true;
      for (const { position, bytes } of runs) writeAll(fd, bytes, position);
      if (this.#fsync) fdatasyncSync(fd);
      writeAll(this.#journal, DONE, 0);
      this.#torn = false;
      this.#remember();
    } else if (this.#fsync) {
      fdatasyncSync(fd);
    }
    // Its end was written behind our back: behind the committed bytes.
    this.#clean.delete(Math.floor(this.#committed / PAGE));
    this.#committed = size;
    if (this.#cutTo === undefined) return;
    ftruncateSync(fd, this.#cutTo);
    this.#committed = this.#cutTo;
    this.#cutTo = undefined;
    this.#clean.clear();
  }

  /**
   * Writes straight to where HDF5 keeps an array's values, as if it had done so.
   *
   * @throws what Node threw
   */
  put(bytes: Uint8Array, position: number): void {
    const over = this.#over(bytes.byteLength, position);
    if (over > 0) this.#values.push({ position, bytes: Buffer.from(bytes.subarray(0, over)) });
    if (over === bytes.byteLength) return;
    const run = { position: position + over, bytes: bytes.subarray(over) };
    if (this.#isLive || run.bytes.byteLength > SMALL) {
      this.#writeLateAt(run.position, run.bytes.byteLength);
      writeAll(this.#descriptor(), run.bytes, run.position);
      return;
    }
    this.#late.push({ ...run, bytes: Buffer.from(run.bytes) });
    this.#lateBytes += run.bytes.byteLength;
    if (this.#lateBytes > MAX_LATE) this.#writeLate();
  }

  /**
   * Puts other bytes in the place of one write that HDF5 does meanwhile.
   *
   * @returns where in the file they went; undefined if there was no such write
   */
  replacing(expected: Expected, work: () => void): number | undefined {
    this.#expected = expected;
    this.#place = undefined;
    try {
      work();
      return this.#place;
    } finally {
      this.#expected = undefined;
    }
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
    this.#values = [];
    this.#late = [];
    this.#lateBytes = 0;
    this.#clean.clear();
    this.#cutTo = undefined;
    if (this.#stream && !this.#torn && !this.#isLive) ftruncateSync(this.#descriptor(), this.#committed);
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

  #ours(): RawStream {
    if (!this.#stream) throw new Error(`${this.#path} is not open`);
    return this.#stream;
  }

  #descriptor(): number {
    return this.#ours().nfd;
  }

  #open(path: string, flags: number, mode?: number): RawStream {
    const stream = this.#original.open.call(this.#fs, path, flags, mode);
    if (resolve(path) !== this.#path) return stream;
    const before = this.#stream;
    this.#stream = stream;
    // HDF5 may close the file and open it again: what waits for the commit goes on waiting.
    if (before) this.#original.close.call(this.#fs, before);
    else {
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
    if (isOurs && !this.#isLive) this.#cutTo = length < this.#committed ? length : undefined;
    if (!isOurs || this.#cutTo === undefined) this.#original.ftruncate.call(this.#fs, fd, length);
  }

  #write(stream: RawStream, buffer: Uint8Array, offset: number, length: number, position?: number): number {
    if (stream !== this.#stream || position === undefined) {
      return this.#original.write.call(this.#fs, stream, buffer, offset, length, position);
    }
    if (this.#discarding) return length;
    if (this.#cutTo !== undefined) this.#cutTo = Math.max(this.#cutTo, position + length);
    const given = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
    const bytes = this.#replaced(given, position);
    if (!bytes) return length;
    this.#writeLateAt(position, length);
    // HDF5 would go on behind a part that was written with its own bytes: others are written to their end.
    const over = this.#over(length, position);
    if (over > 0) this.#keep(stream.nfd, bytes.subarray(0, over), position);
    for (let at = over; at < length; ) {
      at += this.#original.write.call(this.#fs, stream, bytes, at, length - at, position + at);
      if (bytes === given) return at;
    }
    return length;
  }

  #replaced(given: Uint8Array, position: number): Uint8Array | undefined {
    const { key, length, bytes } = this.#expected ?? {};
    if (!key || length !== given.byteLength || key.some((byte, i) => byte !== given[i])) return given;
    if (!bytes && this.#over(length, position) > 0) return given;
    this.#place = position;
    this.#expected = undefined;
    return bytes;
  }

  /** How many of these bytes go over committed ones. */
  #over(length: number, position: number): number {
    return this.#isLive ? 0 : Math.max(0, Math.min(length, this.#committed - position));
  }

  #keep(fd: number, bytes: Uint8Array, position: number): void {
    for (let at = 0; at < bytes.byteLength; ) {
      const number = Math.floor((position + at) / PAGE);
      const within = position + at - number * PAGE;
      const length = Math.min(PAGE - within, bytes.byteLength - at);
      const page = this.#pages.get(number) ?? this.#page(fd, number, length === PAGE);
      page.bytes.set(bytes.subarray(at, at + length), within);
      page.from = Math.min(page.from, within);
      page.to = Math.max(page.to, within + length);
      at += length;
    }
  }

  /** @param isReplaced - whether all of it is about to be written */
  #page(fd: number, number: number, isReplaced: boolean): Page {
    let bytes = this.#clean.get(number);
    this.#clean.delete(number);
    if (!bytes) {
      bytes = Buffer.allocUnsafeSlow(PAGE);
      bytes.fill(0, isReplaced ? PAGE : readSync(fd, bytes, 0, PAGE, number * PAGE));
    }
    const page = { bytes, from: PAGE, to: 0 };
    this.#pages.set(number, page);
    return page;
  }

  #read(stream: RawStream, buffer: Uint8Array, offset: number, length: number, position?: number): number {
    if (stream === this.#stream && position !== undefined) this.#writeLateAt(position, length);
    const count = this.#original.read.call(this.#fs, stream, buffer, offset, length, position);
    if (stream !== this.#stream || position === undefined) return count;
    const end = Math.min(position + count, this.#committed);
    for (let number = Math.floor(position / PAGE); number * PAGE < end && this.#pages.size > 0; number++) {
      const page = this.#pages.get(number);
      if (page) overlay(buffer, offset, { position, end }, { position: number * PAGE, bytes: page.bytes });
    }
    for (const values of this.#values) overlay(buffer, offset, { position, end }, values);
    return count;
  }

  #writeLate(): void {
    if (this.#late.length === 0) return;
    const fd = this.#descriptor();
    for (const { position, bytes } of this.#late) writeAll(fd, bytes, position);
    this.#late = [];
    this.#lateBytes = 0;
  }

  /** For what goes straight to the file, which nothing that came before may come in behind, and for what is read from it. */
  #writeLateAt(position: number, length: number): void {
    const isThere = (run: Run) => run.position < position + length && position < run.position + run.bytes.byteLength;
    if (this.#late.some(isThere)) this.#writeLate();
  }

  #remember(): void {
    for (const [number, { bytes }] of this.#pages) this.#clean.set(number, bytes);
    this.#pages.clear();
    for (const { position, bytes } of this.#values) {
      const end = position + bytes.byteLength;
      for (let number = Math.floor(position / PAGE); number * PAGE < end; number++) this.#clean.delete(number);
    }
    this.#values = [];
    for (const oldest of this.#clean.keys()) {
      if (this.#clean.size <= MAX_CLEAN) break;
      this.#clean.delete(oldest);
    }
  }

  /** What waits: the superblock and what else HDF5 wrote, by position, then the values. */
  #runs(): Run[] {
    const runs: Run[] = [];
    for (const number of [...this.#pages.keys()].sort((a, b) => a - b)) {
      const { bytes, from, to } = this.#pages.get(number) as Page;
      const end = Math.min(to, this.#committed - number * PAGE);
      if (from < end) runs.push({ position: number * PAGE + from, bytes: bytes.subarray(from, end) });
    }
    return [...runs, ...this.#values];
  }
}

/** Copies what one run has of a range of the file into the buffer that holds the range. */
function overlay(buffer: Uint8Array, offset: number, range: { position: number; end: number }, run: Run): void {
  const from = Math.max(range.position, run.position);
  const to = Math.min(range.end, run.position + run.bytes.byteLength);
  if (from >= to) return;
  buffer.set(run.bytes.subarray(from - run.position, to - run.position), offset + from - range.position);
}

/** Whether an open file is still the one at that path. */
function isAt(fd: number, path: string): boolean {
  const ours = fstatSync(fd);
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.ino === ours.ino && there.dev === ours.dev;
}
