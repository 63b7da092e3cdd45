import { type Clock, DaqtorError } from '@daqtor/core';
import { Batch } from './batch.ts';
import type { H5Backend } from './h5-backend.ts';
import { saveFailed } from './h5-errors.ts';
import type { Commit, H5Answers, H5Operation, H5Question, OpenOptions } from './h5-operation.ts';
import { H5Thread } from './h5-thread.ts';
import { lockFile } from './lock-file.ts';

/** Bytes that wait for the end of an interval: more are committed before. */
const MAX_WAITING = 16 * 2 ** 20;

/** An HDF5 file, written by h5wasm in a thread of its own, so that no flush ever stalls an instrument. */
export class H5File implements H5Backend {
  readonly path: string;
  readonly commit: Commit;
  readonly #clock: Clock;
  readonly #thread = H5Thread.take();
  readonly #unlock: () => void;
  readonly #everyMs: number;
  readonly #batch = new Batch();
  /** The commit that what is written now goes into. */
  #group: Promise<void> | undefined;
  /** How the last commit went, once the thread has answered. */
  #busy: Promise<{ readonly error: unknown } | undefined> = Promise.resolve(undefined);
  #isAtWork = false;
  #committedMs = Number.NEGATIVE_INFINITY;
  #isHurried = false;
  /** Ends the wait for the interval. */
  #wake = () => {};
  #closed: Promise<void> | undefined;

  private constructor({ path, commit = 'point' }: OpenOptions, clock: Clock, unlock: () => void) {
    this.path = path;
    this.commit = commit;
    this.#everyMs = commit === 'point' ? 0 : commit.everyMs;
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
      file = new H5File(options, clock, unlock);
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

  transact(operations: readonly H5Operation[]): Promise<void> {
    if (this.#closed) return Promise.reject(this.#isClosed());
    this.#batch.add(operations);
    this.#group ??= this.#commitNext();
    if (this.#batch.bytes >= MAX_WAITING) this.#hurry();
    return this.#group;
  }

  async ask<Q extends H5Question>(question: Q): Promise<H5Answers[Q['ask']]> {
    if (this.#closed) throw this.#isClosed();
    await this.settle();
    const answer = await this.#clock.outside(this.#thread.request({ do: 'ask', question }));
    return answer as H5Answers[Q['ask']];
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** The thread may have another file by now. */
  #isClosed(): DaqtorError {
    return new DaqtorError('save.failed', { problem: `${this.path} is closed` });
  }

  /** Commits what waits by then, once the thread is free and the interval over. */
  async #commitNext(): Promise<void> {
    const before = this.#busy;
    const { promise, resolve } = later<{ readonly error: unknown } | undefined>();
    this.#busy = promise;
    try {
      const failed = this.#isAtWork ? await this.#clock.outside(before) : undefined;
      if (!failed) await this.#interval();
      this.#group = undefined;
      this.#isHurried = false;
      const packed = this.#batch.take();
      // What was handed over before a failure was known may build on what has failed.
      if (failed) throw failed.error;
      this.#isAtWork = true;
      this.#committedMs = this.#clock.now();
      await this.#clock.outside(this.#thread.request({ do: 'transact', ...packed }, packed.blocks));
      resolve(undefined);
    } catch (error) {
      resolve({ error });
      throw error;
    } finally {
      this.#isAtWork = false;
    }
  }

  async #interval(): Promise<void> {
    const leftMs = this.#committedMs + this.#everyMs - this.#clock.now();
    if (leftMs <= 0 || this.#isHurried) return;
    const { promise, resolve } = later<void>();
    const timer = this.#clock.setTimeout(resolve, leftMs);
    this.#wake = resolve;
    await promise;
    this.#clock.clearTimeout(timer);
  }

  /** Does not wait for the end of the interval. */
  #hurry(): void {
    this.#isHurried = true;
    this.#wake();
  }

  async settle(): Promise<void> {
    if (this.#group) this.#hurry();
    await this.#group?.catch(() => undefined); // It is told to those who wrote.
    if (this.#isAtWork) await this.#clock.outside(this.#busy);
  }

  async #close(): Promise<void> {
    await this.settle();
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

function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
