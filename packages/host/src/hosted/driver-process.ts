import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Clock, DaqtorError, type TraceLine } from '@daqtor/core';
import type { HostReply, HostRequest } from './messages.ts';
import { receivedError } from './sent-error.ts';

/** Takes what a driver that is live gives. */
export interface FrameTaker {
  frame(data: unknown): void;
  lost(count: number): void;
}

interface Waiter {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly stream?: FrameTaker | undefined;
}

/** What is answered. */
type Asked = WithoutId<Extract<HostRequest, { readonly type: 'connect' | 'call' }>>;
type WithoutId<Request> = Request extends { readonly id: number } ? Omit<Request, 'id'> : never;

export interface DriverProcessOptions {
  /** Modules that export the drivers, as URLs. */
  readonly modules: readonly string[];
  readonly clock: Clock;
  /** How long a driver may take to end what was aborted; then its process is killed. */
  readonly graceMs: number;
}

/** A process in which drivers run. One that hangs is killed, and everybody who waits for it is told. */
export class DriverProcess {
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiter>();
  readonly #traces = new Map<number, (line: TraceLine) => void>();
  readonly #exited: Promise<void>;
  #lastId = 0;
  #lastDriver = 0;
  #hung: string | undefined;
  #gone: DaqtorError | undefined;

  constructor({ modules, clock, graceMs }: DriverProcessOptions) {
    this.#clock = clock;
    this.#graceMs = graceMs;
    this.#child = forkDriver(modules);
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#lose(signal ?? `exit code ${code}`);
        resolve();
      });
      this.#child.once('error', (error) => {
        this.#lose(error.message);
        resolve();
      });
    });
    this.#child.on('message', (reply: HostReply) => this.#hear(reply));
  }

  /** For people and tests. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it has ended, or is about to since it hung. */
  get isGone(): boolean {
    return this.#gone !== undefined || this.#hung !== undefined;
  }

  /** A number for one more driver. */
  next(trace: ((line: TraceLine) => void) | undefined): number {
    const driver = ++this.#lastDriver;
    if (trace) this.#traces.set(driver, trace);
    return driver;
  }

  /**
   * Asks, and resolves with the answer.
   *
   * @param signal - aborting tells the driver; what it does not end in time is ended with its process
   * @throws what the driver threw; `signal.reason` after an abort; `instrument.gone` once the process has ended
   */
  async ask(request: Asked, signal?: AbortSignal, stream?: FrameTaker): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.#gone) throw this.#gone;
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject, stream }));
    this.#send({ ...request, id } as HostRequest);
    const grace = new AbortController();
    const abort = () => {
      this.#send({ type: 'abort', id });
      void this.#killAfter(grace.signal, 'did not end what it was told to end');
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const value = await answer;
      // An answer that was under way when it was aborted is nobody's any more.
      if (signal?.aborted) throw signal.reason;
      return value;
    } catch (error) {
      // What it says about an abort is less than what whoever aborted knows.
      throw signal?.aborted && !this.#gone ? signal.reason : error;
    } finally {
      grace.abort();
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Asks, and kills the process if the answer does not come in time. Never rejects. */
  async askBriefly(request: Asked): Promise<void> {
    const grace = new AbortController();
    void this.#killAfter(grace.signal, 'did not let go of its instrument');
    await this.ask(request)
      .catch(() => undefined)
      .finally(() => grace.abort());
  }

  /** Ends the process. Idempotent; never rejects. */
  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const grace = new AbortController();
    void this.#killAfter(grace.signal, 'did not end');
    await this.#exited;
    grace.abort();
  }

  async #killAfter(over: AbortSignal, why: string): Promise<void> {
    await this.#clock.sleep(this.#graceMs, over).then(
      () => {
        this.#hung = `${why} within ${this.#graceMs} ms`;
        this.#child.kill('SIGKILL');
      },
      () => undefined, // It did in time.
    );
  }

  #send(message: HostRequest): void {
    // A process that has just died is told by its exit.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #hear(reply: HostReply): void {
    if (reply.type === 'trace') {
      this.#traces.get(reply.driver)?.(reply.line);
      return;
    }
    const waiter = this.#waiting.get(reply.id);
    if (reply.type === 'frame' || reply.type === 'loss') {
      if (reply.type === 'frame') waiter?.stream?.frame(reply.data);
      else waiter?.stream?.lost(reply.count);
      this.#send({ type: 'taken', id: reply.id, what: reply.type });
      return;
    }
    this.#waiting.delete(reply.id);
    if (reply.type === 'failure') waiter?.reject(receivedError(reply.error));
    else waiter?.resolve(reply.value);
  }

  #lose(how: string): void {
    this.#gone ??= new DaqtorError('instrument.gone', {
      problem: this.#hung
        ? `the process of its driver ${this.#hung}, and was killed`
        : `the process of its driver has ended (${how})`,
      advice: 'Connect it again',
    });
    for (const { reject } of this.#waiting.values()) reject(this.#gone);
    this.#waiting.clear();
  }
}

/** Starts what was built, or the source when we run from source. */
function forkDriver(modules: readonly string[]): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts');
  const main = new URL(isSource ? './driver-process-main.ts' : './driver-process-main.js', import.meta.url);
  const loader = isSource ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
  return fork(fileURLToPath(main), [JSON.stringify(modules)], {
    execArgv: loader,
    // Arrays travel as they are, not as JSON.
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}
