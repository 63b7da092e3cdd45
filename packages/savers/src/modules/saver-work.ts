import type { BoundedQueue, ScanOutcome } from '@daqtor/core';
import type { H5Backend } from '../h5/h5-backend.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { grownAttributes } from '../layout/grown-attributes.ts';
import type { Saver } from './saver.ts';
import type { SaverWork } from './saver-machine.ts';

export interface QueueWorkOptions<T> {
  readonly saver: Saver<T>;
  readonly queue: BoundedQueue<T>;
  readonly file: H5Backend;
  /** Operations that go into the same transaction as the saver's own first ones. */
  readonly first?: readonly H5Operation[];
  /** Called with each value once it is durable, in order. */
  readonly onSaved?: (value: T) => void;
  readonly onFault: (error: unknown) => void;
}

/** Carries values from a queue through a saver into a file: all that wait go into one transaction. */
export class QueueWork<T> implements SaverWork {
  readonly #options: QueueWorkOptions<T>;
  #taken: readonly T[] = [];
  /** What was handed over and is not durable yet, in order. */
  readonly #underWay = new Set<Promise<void>>();
  #bytesUnderWay = 0;
  /** Rejects once something cannot be saved, also while the next value is waited for. */
  readonly #failure = failure();
  #failed: { readonly error: unknown } | undefined;
  #isTold = false;
  /** Arrays that grow and are in the file. */
  #grown: readonly string[] = [];

  constructor(options: QueueWorkOptions<T>) {
    this.#options = options;
  }

  get waiting(): boolean {
    return this.#options.queue.size > 0;
  }

  async open(): Promise<void> {
    const { file, saver, first = [] } = this.#options;
    const operations = [...first, ...saver.open()];
    if (operations.length > 0) await file.transact(operations);
  }

  async take(): Promise<boolean> {
    const batch = await Promise.race([this.#options.queue.takeBatch(MAX_BATCH), this.#failure.promise]);
    this.#taken = batch ?? [];
    return batch !== undefined;
  }

  async write(): Promise<void> {
    const { saver } = this.#options;
    const operations: H5Operation[] = [];
    const compiled: T[] = [];
    let fault: { readonly error: unknown } | undefined;
    for (const value of this.#taken) {
      try {
        operations.push(...saver.write(value));
        compiled.push(value);
      } catch (error) {
        fault = { error };
        break;
      }
    }
    this.#taken = [];
    if (compiled.length > 0) this.#grown = saver.growing ?? [];
    if (operations.length > 0) await this.#save(operations, compiled);
    // What came before the value that does not fit is saved; then nothing more is.
    if (fault) {
      await Promise.all(this.#underWay);
      throw fault.error;
    }
  }

  /** Hands a batch over. Where commits wait for others, it waits for room only. */
  async #save(operations: readonly H5Operation[], values: readonly T[]): Promise<void> {
    const { file, onSaved } = this.#options;
    const bytes = operations.reduce((sum, one) => sum + ('data' in one && one.data ? one.data.byteLength : 0), 0);
    const saved = file.transact(operations).then(() => {
      this.#underWay.delete(saved);
      this.#bytesUnderWay -= bytes;
      for (const value of values) onSaved?.(value);
    });
    this.#underWay.add(saved);
    this.#bytesUnderWay += bytes;
    saved.catch((error: unknown) => {
      this.#failed ??= { error };
      this.#failure.reject(error);
    });
    const atOnce = file.commit === 'point' ? 1 : MAX_UNDER_WAY;
    while (this.#underWay.size >= atOnce || this.#bytesUnderWay >= MAX_BYTES_UNDER_WAY) {
      const [oldest] = this.#underWay;
      await oldest;
    }
  }

  fault(error: unknown): void {
    this.#isTold = true;
    this.#options.onFault(error);
  }

  async close(outcome: ScanOutcome): Promise<void> {
    const { file, saver } = this.#options;
    await file.settle();
    await Promise.allSettled(this.#underWay);
    const late = this.#isTold ? undefined : this.#failed;
    if (late) this.fault(late.error);
    const operations = [...(saver.close?.(late ? 'failed' : outcome) ?? [])];
    for (const path of this.#grown) {
      operations.push(...grownAttributes(path, await file.ask({ ask: 'shape', path })));
    }
    const last = operations.length > 0 ? file.transact(operations) : undefined;
    await file.settle();
    await last;
    if (late) throw late.error;
  }
}

/** Bounds the memory of one transaction, and how long a producer waits for room. */
const MAX_BATCH = 64;
/** Bound what may be lost at once with the process, and the memory for it. */
const MAX_UNDER_WAY = 4096;
const MAX_BYTES_UNDER_WAY = 64 * 2 ** 20;

function failure(): { readonly promise: Promise<never>; readonly reject: (error: unknown) => void } {
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<never>((_, fail) => {
    reject = fail;
  });
  promise.catch(() => {}); // Whoever waits hears of it; nobody may be waiting.
  return { promise, reject };
}
