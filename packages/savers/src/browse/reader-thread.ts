import { statSync } from 'node:fs';
import { type Clock, DaqtorError, realClock, type TimerHandle } from '@daqtor/core';
import type { RawArray, RawNode, ReadAnswer, ReadArray } from '../h5/h5-operation.ts';
import { H5Thread } from '../h5/h5-thread.ts';

/** Reads HDF5 files. */
export interface NodeReader {
  /** The tree of a file. @throws DaqtorError `load.failed` */
  describe(path: string): Promise<RawNode>;
  /**
   * Arrays of a file, all as they were at one moment.
   *
   * @returns for each node, in their order, the array or why it cannot be read
   * @throws DaqtorError `load.failed` if the file cannot be read
   */
  read(path: string, nodes: readonly string[]): Promise<readonly (RawArray | DaqtorError)[]>;
}

export interface ReaderOptions {
  readonly clock?: Clock;
  /** Longest time that HDF5 may spend on one request, large files have more; default 10 s. */
  readonly limitMs?: number;
}

/** Time for the thread itself to start: a third of a second, unless the machine is very busy. */
const START_MS = 30_000;
/** What even a slow disk and gzip give in a millisecond: 10 MB/s. */
const BYTES_PER_MS = 10_000;

/**
 * Reads HDF5 files in a thread of its own, one request at a time. A damaged file can make HDF5 hang, run out of memory or
 * break: then the thread is replaced, that request fails, and those behind it do not notice.
 */
export class ReaderThread implements NodeReader {
  readonly #clock: Clock;
  readonly #limitMs: number;
  #thread: H5Thread | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ clock = realClock, limitMs = 10_000 }: ReaderOptions = {}) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  describe(path: string): Promise<RawNode> {
    return this.#queue(path, (thread) => thread.request({ do: 'describe', path }) as Promise<ReadAnswer<RawNode>>);
  }

  async read(path: string, nodes: readonly string[]): Promise<readonly (RawArray | DaqtorError)[]> {
    const answers = await this.#queue(
      path,
      (thread) => thread.request({ do: 'read', path, nodes }) as Promise<ReadAnswer<readonly ReadArray[]>>,
    );
    return answers.map((answer) => ('array' in answer ? answer.array : DaqtorError.from(answer.error)));
  }

  /** Ends the thread. The next request starts another. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.end();
  }

  #queue<T>(path: string, ask: (thread: H5Thread) => Promise<ReadAnswer<T>>): Promise<T> {
    const answer = this.#last.then(() => this.#ask(path, ask));
    this.#last = answer.catch(() => {}); // Whoever asked is told; the next one only has to wait.
    return answer;
  }

  async #ask<T>(path: string, ask: (thread: H5Thread) => Promise<ReadAnswer<T>>): Promise<T> {
    const bytes = bytesIn(path);
    let answer: ReadAnswer<T>;
    try {
      this.#thread ??= await this.#start(path);
      answer = await this.#within(this.#limitMs + bytes / BYTES_PER_MS, ask(this.#thread), (limitMs) =>
        tookTooLong(path, limitMs),
      );
    } catch (error) {
      await this.close();
      throw DaqtorError.is(error) && error.problem.includes(path) ? error : threadLost(path, error);
    }
    if (answer.spent) await this.close();
    if (answer.error) throw DaqtorError.from(answer.error);
    return answer.value as T;
  }

  async #start(path: string): Promise<H5Thread> {
    const thread = new H5Thread();
    try {
      await this.#within(START_MS, thread.request({ do: 'wake' }), () => threadLost(path, 'its thread does not start'));
    } catch (error) {
      await thread.end();
      throw error;
    }
    return thread;
  }

  async #within<T>(limitMs: number, work: Promise<T>, late: (limitMs: number) => DaqtorError): Promise<T> {
    let timer: TimerHandle | undefined;
    const isLate = new Promise<never>((_, reject) => {
      timer = this.#clock.setTimeout(() => reject(late(limitMs)), limitMs);
    });
    try {
      return await Promise.race([work, isLate]);
    } finally {
      if (timer) this.#clock.clearTimeout(timer);
      work.catch(() => {}); // When it is late, its end is no longer awaited.
    }
  }
}

function bytesIn(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0; // The thread will find the same, and says why.
  }
}

function tookTooLong(path: string, limitMs: number): DaqtorError {
  return new DaqtorError('load.failed', {
    problem: `${path} cannot be read: HDF5 was still at it after ${(limitMs / 1000).toFixed(0)} s`,
    advice:
      'If it is no very large file, it is damaged, or a writer is changing it right now: wait, or take another copy',
  });
}

function threadLost(path: string, cause: unknown): DaqtorError {
  return new DaqtorError('load.failed', {
    problem: `${path} cannot be read: HDF5 broke down over it`,
    advice: 'It is damaged, or needs more memory than there is: take another copy of the file',
    cause,
  });
}

let shared: ReaderThread | undefined;

/** The reader that all share, started when it is first needed. It does not keep the process alive. */
export function readerThread(): ReaderThread {
  shared ??= new ReaderThread();
  return shared;
}
