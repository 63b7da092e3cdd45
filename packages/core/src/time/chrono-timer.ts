import { Observable } from 'rxjs';
import type { Clock, TimerHandle } from './clock.ts';

/** What a chrono timer shows. */
export interface ChronoReading {
  readonly state: 'running' | 'paused' | 'over';
  /** Time that ran, pauses not counted. */
  readonly elapsedMs: number;
  /** What is left of the countdown; undefined for a chronometer that counts up. */
  readonly remainingMs: number | undefined;
}

/** A chronometer that counts up, or a timer that counts down from a given time. It begins paused, at zero. */
export class ChronoTimer {
  readonly #clock: Clock;
  readonly #countdownMs: number;
  #beforeMs = 0;
  #startedMs: number | undefined;

  /** @param countdownMs - time after which it is over; left out, it counts up for ever */
  constructor(clock: Clock, countdownMs: number = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.#countdownMs = countdownMs;
  }

  /** Begins, or goes on after a pause. */
  start(): void {
    this.#startedMs ??= this.#clock.now();
  }

  pause(): void {
    this.#beforeMs = this.read().elapsedMs;
    this.#startedMs = undefined;
  }

  /** Back to zero, paused. */
  reset(): void {
    this.#beforeMs = 0;
    this.#startedMs = undefined;
  }

  read(): ChronoReading {
    const ranMs = this.#startedMs === undefined ? 0 : this.#clock.now() - this.#startedMs;
    const elapsedMs = Math.min(this.#countdownMs, this.#beforeMs + ranMs);
    const isOver = elapsedMs >= this.#countdownMs;
    return {
      state: isOver ? 'over' : this.#startedMs === undefined ? 'paused' : 'running',
      elapsedMs,
      remainingMs: Number.isFinite(this.#countdownMs) ? this.#countdownMs - elapsedMs : undefined,
    };
  }

  /** Its reading now and then every `everyMs`, while somebody looks; completes when the countdown is over. */
  readings$(everyMs: number): Observable<ChronoReading> {
    return new Observable((taker) => {
      let timer: TimerHandle | undefined;
      const show = () => {
        const reading = this.read();
        taker.next(reading);
        if (reading.state === 'over') return taker.complete();
        const waitMs = Math.min(everyMs, reading.state === 'running' ? (reading.remainingMs ?? everyMs) : everyMs);
        timer = this.#clock.setTimeout(show, waitMs);
      };
      show();
      return () => timer && this.#clock.clearTimeout(timer);
    });
  }
}
