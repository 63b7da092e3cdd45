import { BehaviorSubject, type Observable } from 'rxjs';
import type { ScanPoint } from '../contracts/scan-recorder.ts';
import type { DaqtorError } from '../errors/daqtor-error.ts';
import { NOTHING_BEFORE } from '../scan/done-before.ts';
import type { ScanPlan } from '../scan/plan.ts';
import { type Progress, progressOf } from '../scan/progress.ts';
import type { Clock } from '../time/clock.ts';
import type { Counts } from './scan-facts.ts';
import type { ScanOptions } from './scan-options.ts';

/** Why it does not go on just now. */
export interface Why {
  readonly trouble?: DaqtorError | undefined;
  readonly heldBy?: readonly string[];
  readonly waitsFor?: readonly string[];
}

/** How far a scan is, for those who watch it. */
export class ScanProgress {
  readonly progress$: Observable<Progress>;
  readonly #options: Pick<ScanOptions, 'over' | 'before'>;
  #plan: ScanPlan;
  readonly #clock: Clock;
  readonly #startedMs: number;
  /** The point that was measured last. */
  readonly #point: () => ScanPoint | undefined;
  readonly #progress: BehaviorSubject<Progress>;

  /** @param counts - of points that were done before */
  constructor(
    options: Pick<ScanOptions, 'over' | 'before'>,
    clock: Clock,
    counts: Counts,
    point: () => ScanPoint | undefined,
  ) {
    this.#options = options;
    this.#plan = options.over;
    this.#clock = clock;
    this.#startedMs = clock.now();
    this.#point = point;
    this.#progress = new BehaviorSubject(this.#now('preparing', counts, {}));
    this.progress$ = this.#progress.asObservable();
  }

  /** Whether it was last told to wait for something. */
  get waits(): boolean {
    return this.#progress.value.waitsFor.length > 0;
  }

  show(state: Progress['state'], counts: Counts, why: Why = {}): void {
    this.#progress.next(this.#now(state, counts, why));
  }

  /** Counts along another plan from now on. */
  follow(plan: ScanPlan): void {
    this.#plan = plan;
  }

  complete(): void {
    this.#progress.complete();
  }

  #now(state: Progress['state'], { measured, skipped }: Counts, why: Why): Progress {
    const { trouble, heldBy = [], waitsFor = [] } = why;
    const elapsedMs = this.#clock.now() - this.#startedMs;
    const { before = NOTHING_BEFORE } = this.#options;
    const plan = this.#plan;
    const done = measured + skipped;
    const point = this.#point();
    return progressOf({
      plan,
      state,
      done,
      before: before.steps * (plan.flight?.bins ?? 1),
      skipped,
      elapsedMs,
      point,
      trouble,
      heldBy,
      waitsFor,
    });
  }
}
