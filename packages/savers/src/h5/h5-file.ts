import { type Clock, DaqtorError } from '@daqtor/core';
import type { Observable } from 'rxjs';
import { Batch } from './batch.ts';
import { BlockPool } from './block-pool.ts';
import type { H5Backend } from './h5-backend.ts';
import { saveFailed } from './h5-errors.ts';
import type { Commit, H5Answers, H5Operation, H5Question, OpenOptions, Transacted } from './h5-operation.ts';
import { H5Thread } from './h5-thread.ts';
import { lockFile } from './lock-file.ts';
import { isStaying, type Packed, packed, type Taken } from './packed.ts';
import { Patience } from './patience.ts';
import { SidewaysWriter } from './sideways-writer.ts';
import { WholeChunks } from './whole-chunks.ts';

/** Bytes that wait to be sent to the thread: more are sent before their commit is due. */
const MAX_WAITING = 4 * 2 ** 20;

/** Of all files. */
const pool = new BlockPool((bytes) => new SharedArrayBuffer(bytes));

/** Bytes of a value that is not copied where each is committed by itself: the thread has then to be asked twice. */
const WORTH_A_COMMIT = 2 ** 20;

/** Operations that the thread carries out before it says where bytes go. */
const MOST_IN_PART = 128;

/** Bytes that are committed at the latest, also before the interval is over. */
const MAX_UNCOMMITTED = 128 * 2 ** 20;

/** What became of an attempt. */
type Outcome = typeof DONE | { readonly error: unknown };
const DONE = 'done';

/** A promise and its ends. For a commit: of all transactions that go into it. */
interface Settleable {
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** An HDF5 file, written by h5wasm in a thread of its own, so that no flush ever stalls an instrument. */
export class H5File implements H5Backend {
  readonly path: string;
  readonly commit: Commit;
  readonly #clock: Clock;
  readonly #thread = H5Thread.take();
  readonly #unlock: () => void;
  readonly #everyMs: number;
  readonly #whole: WholeChunks | undefined;
  readonly #batch: Batch;
  readonly #patience: Patience;
  /** What was sent since the last commit, for another attempt. */
  #since: Taken[] = [];
  #sideways: SidewaysWriter | undefined;
  /** The commit that what is written now goes into. */
  #group: Settleable | undefined;
  /** The commit that was last begun. */
  #sent: Settleable | undefined;
  #isSending = false;
  #committedMs = Number.NEGATIVE_INFINITY;
  #bytesSince = 0;
  #isHurried = false;
  /** Ends the wait for the interval. */
  #wake = () => {};
  #closed: Promise<void> | undefined;

  private constructor({ path, commit = 'point', swmr = false }: OpenOptions, clock: Clock, unlock: () => void) {
    this.path = path;
    this.commit = commit;
    this.#everyMs = commit === 'point' ? 0 : 'everyMs' in commit ? commit.everyMs : Number.POSITIVE_INFINITY;
    this.#clock = clock;
    this.#patience = new Patience(clock);
    this.#unlock = unlock;
    // Readers of a file that is being written would see a chunk before its values.
    this.#whole = swmr ? undefined : new WholeChunks(commit === 'point' ? WORTH_A_COMMIT : undefined);
    this.#batch = new Batch(pool, this.#whole);
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
      file.#sideways = new SidewaysWriter(options.path);
    } catch (error) {
      await clock.outside(file.#thread.end());
      unlock();
      throw DaqtorError.is(error) ? error : DaqtorError.from(saveFailed('opening the file', options.path, error));
    }
    return file;
  }

  get trouble$(): Observable<DaqtorError | undefined> {
    return this.#patience.trouble$;
  }

  bePatient(): void {
    this.#patience.begin();
  }

  giveUp(): void {
    this.#patience.giveUp();
  }

  transact(operations: readonly H5Operation[]): Promise<void> {
    if (this.#closed) return Promise.reject(this.#isClosed());
    this.#batch.add(operations);
    this.#group ??= settleable();
    if (!this.#isSending) void this.#sendAll();
    if (this.#batch.bytes >= MAX_WAITING) this.#wake();
    return this.#group.done;
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

  /** Sends what waits, commits it when that is due, until nothing waits. */
  async #sendAll(): Promise<void> {
    this.#isSending = true;
    await Promise.resolve(); // What is written in one go belongs together.
    while (this.#group) {
      const isFirst = this.#committedMs < 0;
      const dueMs = isFirst ? 0 : this.#committedMs + this.#everyMs - this.#clock.now();
      const isFull = this.#bytesSince + this.#batch.bytes >= MAX_UNCOMMITTED;
      if (this.#isHurried || isFull || dueMs <= 0) await this.#send(this.#group, true);
      else if (this.#batch.bytes >= MAX_WAITING) await this.#send(this.#group, false);
      else await this.#wait(dueMs);
    }
    this.#isSending = false;
  }

  async #send(group: Settleable, commit: boolean): Promise<void> {
    const waited = this.#batch.bytes;
    const taken = this.#batch.take(commit);
    this.#bytesSince += waited - this.#batch.bytes;
    this.#since.push(taken);
    if (commit) {
      this.#group = undefined;
      this.#sent = group;
      this.#isHurried = false;
      this.#committedMs = this.#clock.now();
    }
    let outcome = await this.#attempt([taken], commit);
    while (outcome !== DONE && (await this.#patience.endures(outcome.error))) {
      outcome = await this.#attempt(this.#since, commit, true);
    }
    this.#patience.end();
    if (outcome === DONE && !commit) return;
    for (const { blocks } of this.#since) pool.giveBack(blocks);
    this.#since = [];
    this.#bytesSince = 0;
    if (outcome === DONE) group.resolve();
    else this.#fail(group, outcome.error);
  }

  /** What was handed over before a failure was known may build on what has failed. */
  #fail(group: Settleable, error: unknown): void {
    pool.giveBack(this.#batch.take().blocks);
    group.reject(error);
    this.#group?.reject(error);
    this.#group = undefined;
  }

  /** @param isAgain - whether the thread does not know any more which chunks are new */
  async #attempt(all: readonly Taken[], commit: boolean, isAgain = false): Promise<Outcome> {
    try {
      for (const [i, one] of all.entries()) await this.#deliver(one, commit && i === all.length - 1, isAgain);
      return DONE;
    } catch (error) {
      this.#whole?.forget();
      // Nothing of it may come in behind what is written next in the same place.
      await this.#clock.outside(this.#sideways?.finish() ?? Promise.resolve()).catch(() => undefined);
      return { error };
    }
  }

  async #deliver(taken: Taken, commit: boolean, isAgain: boolean): Promise<void> {
    if (taken.isOver) await this.#finishSideways();
    // No bytes may come in behind what the thread writes over them.
    const { operations, blocks, passing, staying } = packed(taken, pool, !isAgain && !taken.isOver);
    const isWhole = staying.length === 0 && !this.#sideways?.isBusy;
    try {
      if (isWhole) await this.#transact(operations, blocks, commit);
      else await this.#transactInParts(operations, blocks, staying);
    } finally {
      pool.giveBack(passing);
    }
    if (!commit || isWhole) return;
    await this.#finishSideways();
    await this.#transact([], [], true);
  }

  /** So that the first bytes that stay are being written while the thread finds places for the next. */
  async #transactInParts(operations: Taken['operations'], blocks: Taken['blocks'], staying: Packed['staying']) {
    for (let from = 0, begun = 0; from < operations.length; from += MOST_IN_PART) {
      const part = operations.slice(from, from + MOST_IN_PART);
      const end = begun + part.filter(isStaying).length;
      const places = await this.#transact(part, blocks, false);
      this.#sideways?.begin(staying.slice(begun, end), places);
      begun = end;
    }
  }

  async #transact(operations: Taken['operations'], blocks: Taken['blocks'], commit: boolean) {
    const request = { do: 'transact', operations, blocks, commit } as const;
    const { places } = (await this.#clock.outside(this.#thread.request(request))) as Transacted;
    return places;
  }

  async #finishSideways(): Promise<void> {
    try {
      await this.#clock.outside(this.#sideways?.finish() ?? Promise.resolve());
    } catch (cause) {
      await this.#clock.outside(this.#thread.request({ do: 'undo' }));
      throw DaqtorError.from(saveFailed('writing large values', this.path, cause));
    }
  }

  async #wait(ms: number): Promise<void> {
    const { done, resolve } = settleable();
    const timer = Number.isFinite(ms) ? this.#clock.setTimeout(resolve, ms) : undefined;
    this.#wake = resolve;
    await done;
    this.#wake = () => {};
    if (timer) this.#clock.clearTimeout(timer);
  }

  async settle(): Promise<void> {
    const last = this.#group ?? this.#sent;
    if (this.#group) this.#isHurried = true;
    this.#wake();
    await last?.done.catch(() => undefined); // It is told to those who wrote.
  }

  async #close(): Promise<void> {
    this.giveUp();
    await this.settle();
    try {
      await this.#clock.outside(this.#thread.request({ do: 'close' }));
      await this.#clock.outside(this.#thread.giveBack());
    } catch (error) {
      await this.#clock.outside(this.#thread.end());
      throw error;
    } finally {
      await this.#clock.outside(this.#sideways?.close() ?? Promise.resolve());
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

function settleable(): Settleable {
  let [resolve, reject]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
  const done = new Promise<void>((whenDone, whenFailed) => {
    [resolve, reject] = [whenDone, whenFailed];
  });
  return { done, resolve, reject };
}
