import { Worker } from 'node:worker_threads';
import { DaqtorError } from '@daqtor/core';
import { saveFailed } from './h5-errors.ts';
import type { WorkerReply, WorkerRequest } from './h5-operation.ts';

interface Waiter {
  resolve(answer: unknown): void;
  reject(error: DaqtorError): void;
}
type WithoutId<R> = R extends WorkerRequest ? Omit<R, 'id'> : never;

/** Threads that wait for their next file: starting one takes some 300 ms, mostly for loading h5wasm. */
const idle: H5Thread[] = [];
const MAX_IDLE = 1;

/** A thread that runs h5wasm, and the bookkeeping of what it was asked. It keeps the process alive only while it works. */
export class H5Thread {
  readonly #worker = startWorker();
  readonly #waiting = new Map<number, Waiter>();
  #nextId = 0;
  /** Why nothing more can be asked. */
  #gone: DaqtorError | undefined;

  constructor() {
    this.#worker.unref();
    this.#worker.on('message', (reply: WorkerReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#lose(error));
    this.#worker.on('exit', (code) => this.#lose(new Error(`the thread ended with code ${code}`)));
  }

  /** @throws DaqtorError that the thread answered with, or `save.failed` once it has ended */
  request(request: WithoutId<WorkerRequest>): Promise<unknown> {
    if (this.#gone) return Promise.reject(this.#gone);
    const id = this.#nextId++;
    return new Promise<unknown>((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...request, id });
    });
  }

  /** A thread that has no file open: one that waits, or a new one. */
  static take(): H5Thread {
    return idle.pop() ?? new H5Thread();
  }

  /** For a thread that has closed its file: keeps it for the next one. */
  async giveBack(): Promise<void> {
    if (this.#gone || idle.length >= MAX_IDLE) await this.end();
    else idle.push(this);
  }

  /** For a thread in doubt. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(reply: WorkerReply): void {
    const waiter = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('error' in reply) waiter?.reject(DaqtorError.from(reply.error));
    else waiter?.resolve(reply.answer);
  }

  #lose(cause: Error): void {
    const place = idle.indexOf(this);
    if (place >= 0) idle.splice(place, 1);
    this.#gone ??= DaqtorError.from(saveFailed('running HDF5', 'its thread', cause));
    for (const { reject } of this.#waiting.values()) reject(this.#gone);
    this.#waiting.clear();
  }
}

/** Starts the thread from what was built of it, or from its source when we run from source. */
function startWorker(): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  return new Worker(new URL(isSource ? './h5-worker-from-source.mjs' : './h5-worker.js', import.meta.url), {
    execArgv: [],
  });
}
