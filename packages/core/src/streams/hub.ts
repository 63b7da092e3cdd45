import { type Observable, Subject } from 'rxjs';
import type { Clock } from '../time/clock.ts';
import { BoundedQueue, type BoundedQueueOptions } from './bounded-queue.ts';
import { latest } from './latest.ts';

/**
 * One source of data, many takers, each by reference. Lossless sinks hold the producer back when they are full; live
 * taps never do.
 */
export class Hub<T> {
  readonly #sinks = new Set<BoundedQueue<T>>();
  readonly #live = new Subject<T>();

  /** Every value, as it is published: for takers that are quick. */
  readonly live$: Observable<T> = this.#live.asObservable();

  /** The newest value, at most once in `everyMs`: for people's eyes. */
  latest$(everyMs: number, clock: Clock): Observable<T> {
    return this.live$.pipe(latest(everyMs, clock));
  }

  /** A queue that receives every value until it is given back with `detach`. */
  attach(options: BoundedQueueOptions<T>): BoundedQueue<T> {
    const queue = new BoundedQueue<T>(options);
    this.#sinks.add(queue);
    return queue;
  }

  detach(queue: BoundedQueue<T>): void {
    this.#sinks.delete(queue);
    queue.close();
  }

  /** Hands the value to everyone; what it returns, if anything, resolves once each sink had room. */
  publish(value: T): void | Promise<void> {
    this.#live.next(value);
    let waits: Promise<void>[] | undefined;
    for (const queue of this.#sinks) {
      const wait = queue.put(value);
      if (wait) {
        waits ??= [];
        waits.push(
          wait.catch((error: unknown) => {
            // Who was detached while it held the producer back does not want the value any more.
            if (this.#sinks.has(queue)) throw error;
          }),
        );
      }
    }
    return waits && Promise.all(waits).then(() => undefined);
  }

  /**
   * Hands the value to everyone, for a producer that cannot wait.
   *
   * @returns false if a sink had no room: then no sink has got it, so that none has a gap that another has not; taps have
   */
  offer(value: T): boolean {
    this.#live.next(value);
    for (const queue of this.#sinks) if (!queue.hasRoom) return false;
    for (const queue of this.#sinks) queue.tryPut(value);
    return true;
  }

  /** No more values: sinks end once they are empty, taps complete. */
  close(): void {
    for (const queue of this.#sinks) queue.close();
    this.#sinks.clear();
    this.#live.complete();
  }
}
