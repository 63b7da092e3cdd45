import { type Clock, sleepOn, type TimerHandle } from './clock.ts';
import { afterPromises } from './real-clock.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  /** Undefined once the timer was cleared. */
  callback: (() => void) | undefined;
}

/**
 * Time that jumps to the next timer as soon as nothing else is left to do, so that an hour of scan takes a second and
 * two runs are the same to the last event.
 *
 * It needs no driving: while timers are set it goes on by itself, once all ready promises have run and no work is
 * `outside`. Timers that fall due together fire in the order in which they were set.
 */
export class VirtualClock implements Clock {
  readonly #epochMs: number;
  #nowMs = 0;
  #order = 0;
  #outside = 0;
  #ticking = false;
  /** A binary heap: the next timer first. */
  readonly #heap: Timer[] = [];

  /** @param epochMs - the date at which this time starts, in milliseconds since 1970; default 2026-01-01T00:00:00Z */
  constructor(epochMs = Date.UTC(2026, 0, 1)) {
    this.#epochMs = epochMs;
  }

  now(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#epochMs + this.#nowMs;
  }

  /** Timers that are set and not cleared: 0 once a laboratory has let go of everything. */
  get pending(): number {
    return this.#heap.filter(({ callback }) => callback).length;
  }

  setTimeout(callback: () => void, ms: number): TimerHandle {
    const timer: Timer = { atMs: this.#nowMs + Math.max(0, ms), order: this.#order++, callback };
    this.#push(timer);
    this.#tickSoon();
    return timer as unknown as TimerHandle;
  }

  clearTimeout(handle: TimerHandle): void {
    (handle as unknown as Timer).callback = undefined;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  /** Takes a microsecond, so that a loop of such turns does not stop the time. */
  turn(): Promise<void> {
    return this.sleep(0.001);
  }

  async outside<T>(work: Promise<T>): Promise<T> {
    this.#outside++;
    try {
      return await work;
    } finally {
      this.#outside--;
      this.#tickSoon();
    }
  }

  #tickSoon(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    afterPromises(() => {
      this.#ticking = false;
      this.#tick();
    });
  }

  #tick(): void {
    if (this.#outside > 0) return;
    let timer = this.#pop();
    while (timer && !timer.callback) timer = this.#pop();
    if (!timer) return;
    this.#nowMs = timer.atMs;
    try {
      timer.callback?.();
    } finally {
      if (this.#heap.length > 0) this.#tickSoon();
    }
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(timer, heap[parent] as Timer)) break;
      heap[at] = heap[parent] as Timer;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (!first || !last) return undefined;
    if (heap.length > 0) {
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && before(heap[child + 1] as Timer, heap[child] as Timer)) child++;
        if (!before(heap[child] as Timer, last)) break;
        heap[at] = heap[child] as Timer;
        at = child;
      }
      heap[at] = last;
    }
    return first;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
