import { afterPromises, type BoundedQueue, type Clock, type ScanOutcome } from '@daqtor/core';
import type { H5Backend } from '../h5/h5-backend.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { grown } from '../layout/grown-attributes.ts';
import type { Saver } from './saver.ts';
import type { SaverWork } from './saver-machine.ts';

/** How it is told that values are durable. The values themselves are let go once they are handed over. */
export interface Receipts<T> {
  /** A number by which a value is known again. */
  readonly of: (value: T) => number;
  /** Called with the number of each value once it is durable, in order. */
  readonly onSaved: (receipt: number) => void;
}

export interface QueueWorkOptions<T> {
  readonly saver: Saver<T>;
  readonly queue: BoundedQueue<T>;
  readonly file: H5Backend;
  readonly clock: Clock;
  /** Values are taken from then on: whoever wants to hear of them must have had the time to ask. */
  readonly begun?: Promise<void>;
  /** Operations that go into the same transaction as the saver's own first ones. */
  readonly first?: readonly H5Operation[];
  /** Whether a value becomes durable together with the next one, or not at all; default none does. */
  readonly isPart?: (value: T) => boolean;
  readonly receipts?: Receipts<T>;
  readonly onFault: (error: unknown) => void;
}

/** Values that become durable together. */
interface CommitUnderWay {
  readonly done: Promise<void>;
  /** Done, and told to whom it concerns. */
  readonly told: Promise<void>;
  /** One for each value. */
  readonly receipts: number[];
  bytes: number;
}

/** Carries values from a queue through a saver into a file: all that wait go into one transaction. */
export class QueueWork<T> implements SaverWork {
  readonly #options: QueueWorkOptions<T>;
  /** What was handed over and is not durable yet, in order. */
  readonly #underWay: CommitUnderWay[] = [];
  #valuesUnderWay = 0;
  #bytesUnderWay = 0;
  /** Values that were handed over since a commit was asked for. */
  #pointsSince = 0;
  /** Ends the wait for the next value: something cannot be saved. */
  #giveUp: (error: unknown) => void = () => {};
  #failed: { readonly error: unknown } | undefined;
  #isTold = false;
  /** Whether the saver has made its arrays. */
  #hasValues = false;
  /** Values whose last part has not come yet, and what they make. */
  #parts: { readonly operations: H5Operation[]; readonly values: T[] } = { operations: [], values: [] };

  constructor(options: QueueWorkOptions<T>) {
    this.#options = options;
  }

  get waiting(): boolean {
    return this.#options.queue.size > 0;
  }

  async open(): Promise<void> {
    const { file, saver, first = [] } = this.#options;
    const operations = [...first, ...saver.open()];
    await committed(file, operations);
  }

  async take(): Promise<boolean> {
    const { file, clock, begun } = this.#options;
    await begun;
    const isFilled = await this.#whenFilled();
    // Where nobody waits for a value, more may come before it is worth the trouble, and other work gets its turn.
    if (isFilled && file.commit !== 'point') await clock.outside(this.#whileMoreComes());
    return isFilled;
  }

  /** Waits as long as each turn brings values, and a batch has room for them. */
  async #whileMoreComes(): Promise<void> {
    const { queue } = this.#options;
    for (let before = 0; queue.size > before && queue.size < MAX_BATCH && queue.bytes < MAX_BATCH_BYTES; ) {
      before = queue.size;
      await new Promise<void>(afterPromises);
    }
  }

  /** A race against one promise for all failures would keep something of every value until the end. */
  #whenFilled(): Promise<boolean> {
    if (this.#failed) return Promise.reject(this.#failed.error);
    return new Promise((resolve, reject) => {
      this.#giveUp = reject;
      this.#options.queue.whenFilled().then(resolve, reject);
    });
  }

  async write(): Promise<void> {
    const { saver, queue, isPart } = this.#options;
    const { operations, values } = this.#parts;
    const whole = { operations: 0, values: 0 };
    let fault: { readonly error: unknown } | undefined;
    // Taken here, not before: closing must see what is on its way.
    for (const value of queue.takeAll(MAX_BATCH, MAX_BATCH_BYTES)) {
      try {
        for (const operation of saver.write(value)) operations.push(operation);
        values.push(value);
        if (!isPart?.(value)) Object.assign(whole, { operations: operations.length, values: values.length });
      } catch (error) {
        fault = { error };
        break;
      }
    }
    this.#parts = { operations: operations.splice(whole.operations), values: values.splice(whole.values) };
    this.#hasValues ||= values.length > 0;
    if (operations.length > 0) await this.#save(operations, values);
    // What came before the value that does not fit is saved; then nothing more is.
    if (fault) {
      await Promise.all(this.#underWay.map(({ told }) => told));
      throw fault.error;
    }
  }

  /** Hands a batch over. Where commits wait for others, it waits for room only. */
  async #save(operations: readonly H5Operation[], values: readonly T[]): Promise<void> {
    const { file } = this.#options;
    let bytes = 0;
    for (const one of operations) if ('data' in one && one.data) bytes += one.data.byteLength;
    const commit = this.#commitOf(file.transact(operations));
    const { of = () => 0 } = this.#options.receipts ?? {};
    for (const value of values) commit.receipts.push(of(value));
    commit.bytes += bytes;
    this.#valuesUnderWay += values.length;
    this.#bytesUnderWay += bytes;
    this.#pointsSince += values.length;
    if (
      typeof file.commit === 'object' &&
      'everyPoints' in file.commit &&
      this.#pointsSince >= file.commit.everyPoints
    ) {
      this.#pointsSince = 0;
      void file.settle();
    }
    const isFull = () => this.#valuesUnderWay >= MAX_UNDER_WAY || this.#bytesUnderWay >= MAX_BYTES_UNDER_WAY;
    while (this.#underWay.length > 0 && (file.commit === 'point' || isFull())) await this.#underWay[0]?.told;
  }

  /** What goes into one commit of the file is told together. */
  #commitOf(done: Promise<void>): CommitUnderWay {
    const last = this.#underWay.at(-1);
    if (last?.done === done) return last;
    const commit: CommitUnderWay = { done, receipts: [], bytes: 0, told: done.then(() => this.#tell()) };
    commit.told.catch((error: unknown) => {
      this.#failed ??= { error };
      this.#giveUp(error);
    });
    this.#underWay.push(commit);
    return commit;
  }

  /** The oldest commit is done. */
  #tell(): void {
    const { receipts = [], bytes = 0 } = this.#underWay.shift() ?? {};
    this.#valuesUnderWay -= receipts.length;
    this.#bytesUnderWay -= bytes;
    for (const receipt of receipts) this.#options.receipts?.onSaved(receipt);
  }

  fault(error: unknown): void {
    this.#isTold = true;
    this.#options.onFault(error);
  }

  async close(outcome: ScanOutcome): Promise<void> {
    const { file, saver } = this.#options;
    // How it ended comes into the file with the last values.
    const end = this.#failed ? undefined : committed(file, saver.close?.(outcome) ?? []);
    const [ended] = await Promise.allSettled([end, file.settle()]);
    await Promise.allSettled(this.#underWay.map(({ told }) => told));
    const late = this.#isTold ? undefined : this.#failed;
    if (late) this.fault(late.error);
    const last = this.#failed ? (saver.close?.(late ? 'failed' : outcome) ?? []) : [];
    const growing = this.#hasValues ? (saver.growing ?? []) : [];
    await committed(file, [...last, ...(await grown(file, growing))]);
    if (late) throw late.error;
    if (ended.status === 'rejected') throw ended.reason;
  }
}

/** Writes operations and waits for their commit, which is not left to its interval. */
export async function committed(file: H5Backend, operations: readonly H5Operation[]): Promise<void> {
  if (operations.length === 0) return;
  const done = file.transact(operations);
  await file.settle();
  await done;
}

/** Bound the memory of one transaction, and how long it keeps the thread busy. */
const MAX_BATCH = 256;
const MAX_BATCH_BYTES = 4 * 2 ** 20;
/** Bound what may be lost at once with the process, and the memory for it. */
const MAX_UNDER_WAY = 2 ** 16;
const MAX_BYTES_UNDER_WAY = 256 * 2 ** 20;
