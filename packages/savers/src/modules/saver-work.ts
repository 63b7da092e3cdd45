import type { BoundedQueue, ScanOutcome } from '@daqtor/core';
import type { H5Backend } from '../h5/h5-backend.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
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
  readonly onClose?: (outcome: ScanOutcome) => Promise<void>;
}

/** Carries values from a queue through a saver into a file: all that wait go into one transaction. */
export class QueueWork<T> implements SaverWork {
  readonly #options: QueueWorkOptions<T>;
  #taken: readonly T[] = [];

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
    const batch = await this.#options.queue.takeBatch(MAX_BATCH);
    this.#taken = batch ?? [];
    return batch !== undefined;
  }

  async write(): Promise<void> {
    const { file, saver, onSaved } = this.#options;
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
    if (operations.length > 0) await file.transact(operations);
    for (const value of compiled) onSaved?.(value);
    // What came before the value that does not fit is saved; then nothing more is.
    if (fault) throw fault.error;
  }

  fault(error: unknown): void {
    this.#options.onFault(error);
  }

  async close(outcome: ScanOutcome): Promise<void> {
    await this.#options.onClose?.(outcome);
  }
}

/** Bounds the memory of one transaction, and how long a producer waits for room. */
const MAX_BATCH = 64;
