import { DaqtorError } from '../errors/daqtor-error.ts';

export interface BoundedQueueOptions<T> {
  /** Items that fit before the producer has to wait. */
  readonly maxItems: number;
  /** Bytes that fit, counted by `bytesOf`; default no bound. One item always fits. */
  readonly maxBytes?: number;
  readonly bytesOf?: (item: T) => number;
}

/**
 * A lossless hand-over from one producer to one consumer. Full means wait (`put`) or know it (`tryPut`); nothing is ever
 * dropped. The producer is woken when the queue is half empty, so that both sides run in batches.
 */
export class BoundedQueue<T> implements AsyncIterable<T> {
  readonly #options: BoundedQueueOptions<T>;
  readonly #ring: (T | undefined)[];
  readonly #mask: number;
  #head = 0;
  #tail = 0;
  #bytes = 0;
  #closed = false;
  #error: unknown;
  #wakeConsumer: (() => void) | undefined;
  #wakeProducer: (() => void) | undefined;

  constructor(options: BoundedQueueOptions<T>) {
    this.#options = options;
    const capacity = 2 ** Math.ceil(Math.log2(options.maxItems + 1));
    this.#ring = new Array<T | undefined>(capacity).fill(undefined);
    this.#mask = capacity - 1;
  }

  get size(): number {
    return this.#tail - this.#head;
  }

  /** Bytes that are in it, as `bytesOf` counts them; 0 without it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes the item if there is room. A producer that cannot wait must fail loudly when this is false. */
  tryPut(item: T): boolean {
    if (this.#closed) throw this.#error ?? new DaqtorError('stream.overflow', { problem: 'the queue is closed' });
    if (!this.hasRoom) return false;
    this.#ring[this.#tail++ & this.#mask] = item;
    this.#bytes += this.#options.bytesOf?.(item) ?? 0;
    const wake = this.#wakeConsumer;
    this.#wakeConsumer = undefined;
    wake?.();
    return true;
  }

  /** Takes the item now (returns nothing) or once there is room (returns a promise). */
  put(item: T): void | Promise<void> {
    return this.tryPut(item) ? undefined : this.#putLater(item);
  }

  async #putLater(item: T): Promise<void> {
    while (!this.tryPut(item)) {
      await new Promise<void>((resolve) => {
        this.#wakeProducer = resolve;
      });
    }
  }

  /** Whether the next item is taken at once. */
  get hasRoom(): boolean {
    const { maxItems, maxBytes = Number.POSITIVE_INFINITY } = this.#options;
    return this.size < maxItems && this.#bytes < maxBytes;
  }

  /** The oldest item, or undefined when there is none right now. */
  tryTake(): T | undefined {
    if (this.size === 0) return undefined;
    const at = this.#head++ & this.#mask;
    const item = this.#ring[at] as T;
    this.#ring[at] = undefined;
    this.#bytes -= this.#options.bytesOf?.(item) ?? 0;
    if (this.#wakeProducer && this.size <= this.#options.maxItems / 2) {
      const wake = this.#wakeProducer;
      this.#wakeProducer = undefined;
      wake();
    }
    return item;
  }

  /**
   * Waits for an item, and leaves it there.
   *
   * @returns false once the queue is closed and empty
   * @throws what the queue was closed with
   */
  async whenFilled(): Promise<boolean> {
    while (this.size === 0) {
      if (this.#closed) {
        if (this.#error !== undefined) throw this.#error;
        return false;
      }
      await new Promise<void>((resolve) => {
        this.#wakeConsumer = resolve;
      });
    }
    return true;
  }

  /** The oldest items that are there right now, at most `max`; no further one once they have `maxBytes`. */
  takeAll(max = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY): T[] {
    const batch: T[] = [];
    const before = this.#bytes;
    while (batch.length < max && this.size > 0 && before - this.#bytes < maxBytes) batch.push(this.tryTake() as T);
    return batch;
  }

  /**
   * All that is there, at least one item and at most `max`.
   *
   * @returns undefined once the queue is closed and empty
   * @throws what the queue was closed with
   */
  async takeBatch(max = Number.POSITIVE_INFINITY): Promise<T[] | undefined> {
    return (await this.whenFilled()) ? this.takeAll(max) : undefined;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      const batch = await this.takeBatch();
      if (!batch) return;
      yield* batch;
    }
  }

  /**
   * No more items. What is in the queue can still be taken; then the consumer ends, or fails with `error`. The first call
   * counts.
   */
  close(error?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = error;
    this.#wakeConsumer?.();
    this.#wakeProducer?.();
    this.#wakeConsumer = this.#wakeProducer = undefined;
  }
}
