import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ErrorRecord } from '@daqtor/core';
import { saveFailed } from './h5-errors.ts';
import { diagnostics, type H5Module } from './h5-module.ts';
import type { H5Answers, H5Question, OpenOptions, PackedOperation } from './h5-operation.ts';
import { attributesOf } from './h5-reader.ts';
import { journalPath } from './journal.ts';
import { check, OperationRunner } from './operation-runner.ts';
import { PageOverlay } from './page-overlay.ts';
import { recover } from './recover.ts';
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
  readonly id: bigint;
  readonly overlay: PageOverlay;
  readonly runner: OperationRunner;
}

/**
 * One HDF5 file being written, on the thread that calls. Each `transact` is a transaction: all of its operations are in
 * the file when it returns, or none of them when it throws.
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
      if (mode === 'create') createFromTemplate(path);
      else recover(path);
      this.#open = this.#openFile();
    });
  }

  /** @throws H5Failure; the file is then as it was before */
  transact(operations: readonly PackedOperation[], blocks: readonly ArrayBuffer[]): void {
    const { id, overlay, runner } = this.#opened();
    let tried = '';
    try {
      for (const operation of operations) {
        tried = `${VERBS[operation.op]} ${operation.path}`;
        runner.run(operation, blocks);
        check(0);
      }
      tried = 'committing';
      check(this.#h5.flush(id));
      overlay.commit();
    } catch (cause) {
      const failure = this.#failure(tried, cause);
      this.#rollBack();
      if (!this.#open) this.#gaveUp = failure;
      throw failure;
    }
  }

  /** @throws H5Failure if there is no such node */
  ask({ ask, path }: H5Question): H5Answers[typeof ask] {
    const { id } = this.#opened();
    return this.#guard(`reading ${path}`, () => {
      const answer = {
        children: () => [...this.#h5.get_names(id, path, false)],
        shape: () => this.#h5.get_dataset_metadata(id, path).shape ?? [],
        attributes: () => attributesOf(this.#h5, id, path),
      }[ask]();
      check(0);
      return answer;
    });
  }

  /** @throws H5Failure if the last bytes could not be written; the file is closed all the same */
  close(): void {
    this.#guard('closing the file', () => {
      const { id, overlay, runner } = this.#opened();
      this.#open = undefined;
      try {
        runner.release();
        check(this.#h5.close_file(id));
        overlay.commit();
      } finally {
        overlay.release();
      }
    });
  }

  #openFile(): OpenFile {
    const { path, fsync } = this.#options;
    const overlay = new PageOverlay(this.#h5.FS, path, { fsync });
    // The oldest structures, as in PyMoDAQ's own files: only their groups list members by name, which gives channels
    // their order in PyTables. The newest (1.10) leave a flag after a kill that must be cleared.
    const { H5F_ACC_RDWR, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18 } = this.#h5;
    const id = this.#h5.open(path, H5F_ACC_RDWR, false, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18);
    const complaint = diagnostics();
    if (id >= 0n && !complaint) return { id, overlay, runner: new OperationRunner(this.#h5, id) };
    overlay.release();
    throw new Error(complaint || 'HDF5 cannot open it');
  }

  /** Forgets what HDF5 holds, and opens the last commit again. */
  #rollBack(): void {
    const { id, overlay, runner } = this.#opened();
    this.#open = undefined;
    try {
      runner.release();
      overlay.discard();
      this.#h5.close_file(id);
    } finally {
      overlay.release();
      diagnostics(); // What HDF5 says about bytes that were thrown away is no news.
    }
    if (overlay.isTorn) return; // Only `recover` can tell, when the disk works again.
    if (overlay.isLost) return; // Another file may be there.
    try {
      this.#open = this.#openFile();
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

const VERBS: Readonly<Record<PackedOperation['op'], string>> = {
  group: 'making the group',
  array: 'making the array',
  attribute: 'writing an attribute of',
  write: 'writing',
  append: 'adding rows to',
  'append-bytes': 'adding rows to',
};

/** The file appears whole or not at all: it is written under another name first. */
function createFromTemplate(path: string): void {
  if (existsSync(path)) throw new Error('there is a file of that name');
  rmSync(journalPath(path), { force: true });
  const half = `${path}.new`;
  try {
    writeFileSync(half, templateBytes());
    renameSync(half, path);
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  }
}
