import { type Clock, DaqtorError } from '@daqtor/core';
import type { H5Backend } from './h5-backend.ts';
import { saveFailed } from './h5-errors.ts';
import type { H5Answers, H5Operation, H5Question, OpenOptions } from './h5-operation.ts';
import { H5Thread } from './h5-thread.ts';
import { lockFile } from './lock-file.ts';
import { pack } from './pack.ts';

/** An HDF5 file, written by h5wasm in a thread of its own, so that no flush ever stalls an instrument. */
export class H5File implements H5Backend {
  readonly path: string;
  readonly #clock: Clock;
  readonly #thread = H5Thread.take();
  readonly #unlock: () => void;
  #closed: Promise<void> | undefined;

  private constructor(path: string, clock: Clock, unlock: () => void) {
    this.path = path;
    this.#clock = clock;
    this.#unlock = unlock;
  }

  /**
   * Takes the file's lock, finishes what a killed writer had begun, and opens the file.
   *
   * @throws DaqtorError `save.failed` if the file cannot be made or opened, or if somebody else writes it
   */
  static async open(options: OpenOptions, clock: Clock): Promise<H5File> {
    const unlock = lock(options.path);
    let file: H5File;
    try {
      file = new H5File(options.path, clock, unlock);
    } catch (error) {
      unlock();
      throw DaqtorError.from(saveFailed('starting the writing thread', options.path, error));
    }
    try {
      await clock.outside(file.#thread.request({ do: 'open', options }));
    } catch (error) {
      await clock.outside(file.#thread.end());
      unlock();
      throw error;
    }
    return file;
  }

  async transact(operations: readonly H5Operation[]): Promise<void> {
    this.#refuseIfClosed();
    const packed = pack(operations);
    await this.#clock.outside(this.#thread.request({ do: 'transact', ...packed }, [packed.buffer]));
  }

  async ask<Q extends H5Question>(question: Q): Promise<H5Answers[Q['ask']]> {
    this.#refuseIfClosed();
    const answer = await this.#clock.outside(this.#thread.request({ do: 'ask', question }));
    return answer as H5Answers[Q['ask']];
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** The thread may have another file by now. */
  #refuseIfClosed(): void {
    if (this.#closed) throw new DaqtorError('save.failed', { problem: `${this.path} is closed` });
  }

  async #close(): Promise<void> {
    try {
      await this.#clock.outside(this.#thread.request({ do: 'close' }));
      await this.#clock.outside(this.#thread.giveBack());
    } catch (error) {
      await this.#clock.outside(this.#thread.end());
      throw error;
    } finally {
      this.#unlock();
    }
  }
}

function lock(path: string): () => void {
  try {
    return lockFile(path);
  } catch (error) {
    throw DaqtorError.is(error) ? error : DaqtorError.from(saveFailed('locking the file', path, error));
  }
}
