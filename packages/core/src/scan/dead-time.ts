/** Where the time of a scan went, in milliseconds. The parts sum to `totalMs`. */
export interface DeadTime {
  readonly totalMs: number;
  readonly motionMs: number;
  readonly settlingMs: number;
  /** Waiting for detectors: exposure, conversion and the transfer of data. */
  readonly exposureMs: number;
  /** Waiting until a point is durable in the file. */
  readonly savingMs: number;
  /** Waiting in pause. */
  readonly pausedMs: number;
  /** All the rest: opening the file, the engine itself, closing. */
  readonly overheadMs: number;
}

/** The phases of a scan whose time is kept. */
export type TimedPhase = 'motion' | 'settling' | 'exposure' | 'saving' | 'paused';

/** Adds up the time that each phase took. */
export class DeadTimeLedger {
  readonly #spent: Record<TimedPhase, number> = { motion: 0, settling: 0, exposure: 0, saving: 0, paused: 0 };

  add(phase: TimedPhase, ms: number): void {
    this.#spent[phase] += ms;
  }

  total(totalMs: number): DeadTime {
    const { motion, settling, exposure, saving, paused } = this.#spent;
    return {
      totalMs,
      motionMs: motion,
      settlingMs: settling,
      exposureMs: exposure,
      savingMs: saving,
      pausedMs: paused,
      overheadMs: totalMs - motion - settling - exposure - saving - paused,
    };
  }
}
