import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ErrorRecord } from '@daqtor/core';
import { answerIn } from './answer-in.ts';
import { bypassChunkCache } from './chunk-cache.ts';
import { chunkWriter } from './chunk-writer.ts';
import { saveFailed } from './h5-errors.ts';
import { diagnostics, type H5Module } from './h5-module.ts';
import type { EnlargeArray, H5Answers, H5Question, OpenOptions, PackedOperation } from './h5-operation.ts';
import { check } from './h5-status.ts';
import { journalPath } from './journal.ts';
import { partsOf } from './operation-parts.ts';
import { OperationRunner } from './operation-runner.ts';
import { VERBS } from './operation-verbs.ts';
import { PageOverlay } from './page-overlay.ts';
import { recover } from './recover.ts';
import { enlargeStored } from './stored-shape.ts';
import { isForSwmr } from './superblock.ts';
import { templateBytes } from './template.ts';

/** A failure as data, thrown inside this thread: it crosses to the main thread as it is. */
export class H5Failure extends Error {
  readonly record: ErrorRecord;

  constructor(record: ErrorRecord) {
    super(record.problem);
    this.record = record;
  }
}

/** A file between opening and closing. */
interface OpenFile {
  id: bigint;
  overlay: PageOverlay;
  readonly runner: OperationRunner;
  /** Whether others can read it while it is written. Values can then be written, and rows added, nothing else. */
  isLive: boolean;
}

/** Attribute of the root that tells readers to expect a writer. */
const ACTIVE = 'swmr_active';

/**
 * One HDF5 file being written, on the thread that calls. All operations since the last commit are a transaction: they are
 * in the file once they are committed, or none of them when one fails.
 */
export class H5Writer {
  readonly #h5: H5Module;
  readonly #options: OpenOptions;
  /** Undefined once it is closed, or the disk failed in a way that only opening it again can mend. */
  #open: OpenFile | undefined;
  /** The failure that the file was given up for. */
  #gaveUp: H5Failure | undefined;

  /** @throws H5Failure if the file cannot be made or opened */
  constructor(h5: H5Module, options: OpenOptions) {
    this.#h5 = h5;
    this.#options = options;
    const { path, mode } = options;
    this.#guard(mode === 'create' ? 'making the file' : 'opening the file', () => {
      if (mode === 'create') createFromTemplate(path, options.swmr === true);
      else recover(path);
      this.#refuseOldFormat();
      this.#open = this.#begin();
    });
  }

  /**
   * @param commit - whether the transaction ends here
   * @returns where in the file the bytes go that the operations do not bring
   * @throws H5Failure; the file is then as it was after the last commit
   */
  async transact(
    operations: readonly PackedOperation[],
    blocks: readonly ArrayBufferLike[],
    commit = true,
  ): Promise<readonly number[]> {
    const file = this.#opened();
    const { runner } = file;
    let tried = '';
    try {
      const run = (operation: Exclude<PackedOperation, EnlargeArray>) => {
        tried = `${VERBS[operation.op]} ${operation.path}`;
        runner.run(operation, blocks);
        check(0);
      };
      for (const part of partsOf(operations)) {
        if (!('larger' in part)) {
          if (this.#options.swmr) this.#runForReaders(file, part.operations, run);
          else part.operations.forEach(run);
          continue;
        }
        tried = `${VERBS.enlarge} ${part.larger[0]?.path}`;
        if (runner.isPending) await runner.finish();
        this.#enlarge(file, part.larger);
      }
      tried = 'compressing';
      if (runner.isPending) await runner.finish();
      if (commit) {
        tried = 'committing';
        this.#commit(file);
        // Not only with the next values: where each commit brings a line of the log, readers would never get in.
        if (this.#options.swmr && !file.isLive) this.#goLive(file);
      }
      return runner.takePlaces();
    } catch (cause) {
      const failure = this.#failure(tried, cause);
      this.#rollBack();
      if (!this.#open) this.#gaveUp = failure;
      throw failure;
    }
  }

  /** Takes back what was done since the last commit. */
  undo(): void {
    this.#rollBack();
  }

  /** @throws H5Failure if there is no such node */
  ask({ ask, path }: H5Question): H5Answers[typeof ask] {
    const { id } = this.#opened();
    return this.#guard(`reading ${path}`, () => answerIn(this.#h5, id, { ask, path }));
  }

  /** @throws H5Failure if the last bytes could not be written; the file is closed all the same */
  close(): void {
    this.#guard('closing the file', () => {
      const file = this.#opened();
      if (file.isLive) this.#leaveLive(file);
      if (this.#options.swmr) file.runner.setFlag(ACTIVE, false);
      this.#open = undefined;
      file.runner.release();
      this.#closeFile(file);
    });
  }

  #closeFile({ id, overlay }: OpenFile): void {
    try {
      check(this.#h5.close_file(id));
      overlay.commit();
    } finally {
      overlay.release();
    }
  }

  #commit({ id, overlay, runner }: OpenFile): void {
    runner.settle();
    check(this.#h5.flush(id));
    overlay.commit();
  }

  /**
   * Values go into a file that others read; for anything else it is taken back from them until the commit. Groups are made in the oldest
   * format also then, since only those list their members by name.
   */
  #runForReaders(
    file: OpenFile,
    operations: readonly Exclude<PackedOperation, EnlargeArray>[],
    run: (operation: Exclude<PackedOperation, EnlargeArray>) => void,
  ): void {
    const isValues = operations.every(({ op }) => op === 'write' || op === 'append');
    if (isValues && !file.isLive) this.#goLive(file);
    if (!isValues && file.isLive) this.#leaveLive(file);
    const groups = operations.filter(({ op }) => op === 'group');
    if (groups.length > 0) {
      this.#reopen(file, this.#h5.H5F_LIBVER_EARLIEST);
      groups.forEach(run);
      this.#reopen(file, this.#h5.H5F_LIBVER_V110);
    }
    operations.filter(({ op }) => op !== 'group').forEach(run);
  }

  /** HDF5 cannot make an array larger than it was made for, and must not know of it while it has the file open. */
  #enlarge(file: OpenFile, operations: readonly EnlargeArray[]): void {
    if (this.#options.swmr) throw new Error('arrays of a file that is read while it is written cannot become larger');
    const arrays = operations.map((one) => file.runner.larger(one));
    this.#reopen(file, this.#h5.H5F_LIBVER_EARLIEST, () => enlargeStored(this.#h5.FS, this.#options.path, arrays));
    file.runner.enlarged(arrays);
  }

  /** Lets HDF5 close the file and open it again; what waits for the commit goes on waiting. */
  #reopen(file: OpenFile, oldest: number, meanwhile = () => {}): void {
    file.runner.settle();
    file.runner.letGo();
    check(this.#h5.close_file(file.id));
    meanwhile();
    file.id = this.#openHdf5(oldest);
    file.runner.moveTo(file.id);
  }

  #goLive(file: OpenFile): void {
    file.runner.setFlag(ACTIVE, true);
    this.#commit(file);
    file.runner.letGo();
    file.overlay.goLive();
    check(this.#h5.H5Fstart_swmr_write(file.id));
    file.isLive = true;
  }

  /** There is no way back but to close the file. Readers that have it open go on. */
  #leaveLive(file: OpenFile): void {
    this.#commit(file);
    file.runner.letGo();
    this.#closeFile(file);
    file.isLive = false;
    Object.assign(file, this.#openFile());
    file.runner.moveTo(file.id);
  }

  #refuseOldFormat(): void {
    if (!this.#options.swmr || isForSwmr(this.#options.path)) return;
    throw new Error(
      'it was made without SWMR and cannot be read while it is written: save to a new file, or without SWMR',
    );
  }

  /** Opens the file, with nothing known of its arrays yet. */
  #begin(): OpenFile {
    const opened = this.#openFile();
    const makeChunks = chunkWriter(this.#h5, () => file.overlay);
    const file = { ...opened, runner: new OperationRunner(this.#h5, opened.id, makeChunks), isLive: false };
    return file;
  }

  #openFile(): Pick<OpenFile, 'id' | 'overlay'> {
    const { path, fsync } = this.#options;
    const overlay = new PageOverlay(this.#h5.FS, path, { fsync });
    // The oldest structures, as in PyMoDAQ's own files: only their groups list members by name, which gives channels
    // their order in PyTables. The newest (1.10), which SWMR needs, leave a flag after a kill that must be cleared.
    const { H5F_LIBVER_EARLIEST, H5F_LIBVER_V110 } = this.#h5;
    try {
      return { id: this.#openHdf5(this.#options.swmr ? H5F_LIBVER_V110 : H5F_LIBVER_EARLIEST), overlay };
    } catch (error) {
      overlay.release();
      throw error;
    }
  }

  /** @param oldest - the oldest format that new structures may have */
  #openHdf5(oldest: number): bigint {
    const { H5F_ACC_RDWR, H5F_LIBVER_V18, H5F_LIBVER_V110 } = this.#h5;
    const { path } = this.#options;
    const newest = isForSwmr(path) ? H5F_LIBVER_V110 : H5F_LIBVER_V18;
    const id = this.#h5.open(path, H5F_ACC_RDWR, false, oldest, newest);
    const complaint = diagnostics();
    if (id < 0n || complaint) throw new Error(complaint || 'HDF5 cannot open it');
    bypassChunkCache(this.#h5);
    return id;
  }

  /** Forgets what HDF5 holds, and opens the last commit again. */
  #rollBack(): void {
    const { id, overlay, runner, isLive } = this.#opened();
    this.#open = undefined;
    try {
      runner.release();
      if (!isLive) overlay.discard();
      this.#h5.close_file(id);
    } finally {
      overlay.release();
      diagnostics(); // What HDF5 says about bytes that were thrown away is no news.
    }
    if (overlay.isTorn) return; // Only `recover` can tell, when the disk works again.
    if (overlay.isLost) return; // Another file may be there.
    try {
      this.#open = this.#begin();
    } catch {
      // The failure that brought us here is the one to tell, now and at each further call.
    }
  }

  #opened(): OpenFile {
    if (this.#open) return this.#open;
    throw this.#gaveUp ?? this.#failure('writing', 'it is closed');
  }

  #guard<T>(tried: string, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw this.#failure(tried, cause);
    }
  }

  #failure(tried: string, cause: unknown): H5Failure {
    return cause instanceof H5Failure ? cause : new H5Failure(saveFailed(tried, this.#options.path, cause));
  }
}

/** The file appears whole or not at all: it is written under another name first. */
function createFromTemplate(path: string, swmr: boolean): void {
  if (existsSync(path)) throw new Error('there is a file of that name');
  rmSync(journalPath(path), { force: true });
  const half = `${path}.new`;
  try {
    writeFileSync(half, templateBytes(swmr));
    renameSync(half, path);
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  }
}
