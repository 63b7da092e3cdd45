import { DaqtorError } from '@daqtor/core';
import { of } from 'rxjs';
import { answerIn } from './answer-in.ts';
import { Batch } from './batch.ts';
import type { H5Backend } from './h5-backend.ts';
import { saveFailed } from './h5-errors.ts';
import { diagnostics } from './h5-module.ts';
import type { EnlargeArray, H5Answers, H5Operation, H5Question } from './h5-operation.ts';
import { check } from './h5-status.ts';
import { loadMemoryModule, type MemoryModule } from './memory-module.ts';
import { partsOf } from './operation-parts.ts';
import { OperationRunner } from './operation-runner.ts';
import { VERBS } from './operation-verbs.ts';
import { PACKED_TEMPLATE } from './packed-template.ts';
import { readFailed } from './read-errors.ts';
import { enlargeStored } from './stored-shape.ts';
import { UndoLog } from './undo-log.ts';

export interface MemoryOptions {
  /** The bytes of a file to go on in; default a new file that holds `/RawData/Logger`. */
  readonly bytes?: Uint8Array;
  /** What the file is called, for errors and in its own attributes. */
  readonly path?: string;
}

let count = 0;

/**
 * An HDF5 file in memory: no disk is needed. HDF5 runs on the thread that calls. What is
 * saved is gone with the process, unless its bytes are put somewhere.
 *
 * @throws DaqtorError `load.failed` for bytes that are no HDF5 file
 */
export async function memoryBackend({ bytes, path = 'memory.h5' }: MemoryOptions = {}): Promise<MemoryBackend> {
  const h5 = await loadMemoryModule();
  const place = `/daqtor-${count++}.h5`;
  h5.FS.writeFile(place, bytes ?? (await templateBytes()));
  try {
    return new MemoryBackend(h5, place, path);
  } catch (error) {
    h5.FS.unlink(place);
    throw DaqtorError.from(readFailed(path, error));
  }
}

/** What HDF5 has open. */
interface OpenFile {
  readonly id: bigint;
  readonly runner: OperationRunner;
}

/** Made by `memoryBackend`. */
export class MemoryBackend implements H5Backend {
  readonly path: string;
  readonly commit = 'point';
  /** There is no disk to wait for. */
  readonly trouble$ = of(undefined);
  readonly #h5: MemoryModule;
  readonly #place: string;
  readonly #undo: UndoLog;
  readonly #batch = new Batch();
  #open: OpenFile | undefined;
  /** The transaction that what is written now goes into. */
  #group: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  /** What is left of the file once it is closed. */
  #left: Uint8Array | undefined;

  /** @throws Error if HDF5 cannot open the file at `place` */
  constructor(h5: MemoryModule, place: string, path: string) {
    this.#h5 = h5;
    this.#place = place;
    this.path = path;
    this.#open = this.#openFile();
    this.#undo = new UndoLog(h5.FS, place);
  }

  /** A copy of the file as of the last transaction that resolved; also once it is closed. */
  bytes(): Uint8Array {
    return this.#left?.slice() ?? this.#h5.FS.readFile(this.#place);
  }

  transact(operations: readonly H5Operation[]): Promise<void> {
    if (this.#closed) return Promise.reject(this.#isClosed());
    this.#batch.add(operations);
    this.#group ??= this.#commitNext();
    return this.#group;
  }

  bePatient(): void {}

  giveUp(): void {}

  async settle(): Promise<void> {
    await this.#group?.catch(() => undefined); // It is told to those who wrote.
  }

  async ask<Q extends H5Question>({ ask, path }: Q): Promise<H5Answers[Q['ask']]> {
    if (this.#closed) throw this.#isClosed();
    await this.settle();
    try {
      return answerIn(this.#h5, this.#opened().id, { ask, path }) as H5Answers[Q['ask']];
    } catch (error) {
      throw this.#failure(`reading ${path}`, error);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Takes all that is written before it has begun: who writes at the same moment fails or succeeds together. */
  async #commitNext(): Promise<void> {
    await Promise.resolve();
    this.#group = undefined;
    const { operations, blocks } = this.#batch.take();
    const { runner } = this.#opened();
    let tried = '';
    try {
      for (const part of partsOf(operations)) {
        if ('larger' in part) {
          tried = `${VERBS.enlarge} ${part.larger[0]?.path}`;
          this.#enlarge(part.larger);
          continue;
        }
        for (const operation of part.operations) {
          tried = `${VERBS[operation.op]} ${operation.path}`;
          runner.run(operation, blocks);
          check(0);
        }
      }
      tried = 'committing';
      runner.letGo(); // Arrays that are open keep chunks to themselves.
      check(this.#h5.flush(this.#opened().id));
      this.#undo.commit(this.#h5.FS.readFile(this.#place).length);
    } catch (error) {
      this.#rollBack();
      throw this.#failure(tried, error);
    }
  }

  #enlarge(operations: readonly EnlargeArray[]): void {
    const { id, runner } = this.#opened();
    const arrays = operations.map((one) => runner.larger(one));
    runner.letGo();
    check(this.#h5.close_file(id));
    enlargeStored(this.#h5.FS, this.#place, arrays);
    this.#open = { id: this.#openInHdf5(), runner };
    runner.moveTo(this.#open.id);
  }

  #rollBack(): void {
    const { id, runner } = this.#opened();
    this.#open = undefined;
    runner.release();
    this.#undo.undo(() => this.#h5.close_file(id));
    diagnostics(); // What HDF5 says about bytes that were thrown away is no news.
    this.#open = this.#openFile();
  }

  async #close(): Promise<void> {
    await this.settle();
    const { id, runner } = this.#opened();
    this.#open = undefined;
    try {
      runner.release();
      check(this.#h5.close_file(id));
    } catch (error) {
      throw this.#failure('closing the file', error);
    } finally {
      this.#left = this.bytes();
      this.#undo.release();
      this.#h5.FS.unlink(this.#place);
    }
  }

  #openFile(): OpenFile {
    const id = this.#openInHdf5();
    return { id, runner: new OperationRunner(this.#h5, id) };
  }

  #openInHdf5(): bigint {
    const { H5F_ACC_RDWR, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18 } = this.#h5;
    const id = this.#h5.open(this.#place, H5F_ACC_RDWR, false, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18);
    const complaint = diagnostics();
    if (id >= 0n && !complaint) return id;
    throw new Error(complaint || 'HDF5 cannot open it');
  }

  #opened(): OpenFile {
    if (!this.#open) throw this.#isClosed();
    return this.#open;
  }

  #isClosed(): DaqtorError {
    return new DaqtorError('save.failed', { problem: `${this.path} is closed` });
  }

  #failure(tried: string, cause: unknown): DaqtorError {
    return DaqtorError.is(cause) ? cause : DaqtorError.from(saveFailed(tried, this.path, cause));
  }
}

async function templateBytes(): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(PACKED_TEMPLATE), (char) => char.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}
