/** Where the time of a scan went, in milliseconds. The parts sum to `totalMs`. */
export interface DeadTime {
  readonly totalMs: number;
  readonly motionMs: number;
  /** Waiting that was asked for: until things are calm or a point is due, between points, before another attempt. */
  readonly settlingMs: number;
  /** Waiting until what a point needs is in its band. */
  readonly conditionsMs: number;
  /** Waiting for detectors: exposure, conversion and the transfer of data. */
  readonly exposureMs: number;
  /** Waiting until a point is durable in the file. */
  readonly savingMs: number;
  /** Waiting in pause. */
  readonly pausedMs: number;
  /** Waiting until what holds the scan is over. */
  readonly heldMs: number;
  /** All the rest: opening the file, the engine itself, interruptions, closing. */
  readonly overheadMs: number;
}

/** What time is spent on. */
export type TimedPhase = 'motion' | 'settling' | 'conditions' | 'exposure' | 'saving' | 'paused' | 'held' | 'overhead';

/** Adds up the time that each phase took. One phase ends where the next begins, so that no time is lost or counted twice. */
export class DeadTimeLedger {
  readonly #spent: Record<TimedPhase, number> = {
    motion: 0,
    settling: 0,
    conditions: 0,
    exposure: 0,
    saving: 0,
    paused: 0,
    held: 0,
    overhead: 0,
  };
  readonly #startedMs: number;
  #phase: TimedPhase = 'overhead';
  #sinceMs: number;

  /** @param nowMs - when the scan begins */
  constructor(nowMs: number) {
    this.#startedMs = nowMs;
    this.#sinceMs = nowMs;
  }

  enter(phase: TimedPhase, nowMs: number): void {
    this.#spent[this.#phase] += nowMs - this.#sinceMs;
    this.#phase = phase;
    this.#sinceMs = nowMs;
  }

  total(nowMs: number): DeadTime {
    this.enter(this.#phase, nowMs);
    const { motion, settling, conditions, exposure, saving, paused, held, overhead } = this.#spent;
    return {
      totalMs: nowMs - this.#startedMs,
      motionMs: motion,
      settlingMs: settling,
      conditionsMs: conditions,
      exposureMs: exposure,
      savingMs: saving,
      pausedMs: paused,
      heldMs: held,
      overheadMs: overhead,
    };
  }
}
