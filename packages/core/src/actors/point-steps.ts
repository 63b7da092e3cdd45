import type { PointStatus, ScanPoint } from '../contracts/scan-recorder.ts';
import type { ScanPlan } from '../scan/plan.ts';
import type { PlannedPoint } from '../scan/planned-point.ts';
import type { ScanCourse } from '../scan/scan-course.ts';
import type { Clock } from '../time/clock.ts';
import type { ScanInstruments } from './scan-instruments.ts';
import type { ScanSteps } from './scan-steps.ts';

/** Steps of one point each: the axes arrive, then the detectors are read at rest. */
export class PointSteps implements ScanSteps {
  readonly perStep = 1;
  #course: ScanCourse;
  readonly #instruments: ScanInstruments;
  readonly #clock: Clock;
  #step = 0;
  #planned: PlannedPoint = { indexes: [], targets: [] };
  #positions: readonly number[] = [];

  constructor(course: ScanCourse, instruments: ScanInstruments, clock: Clock) {
    this.#course = course;
    this.#instruments = instruments;
    this.#clock = clock;
  }

  get targets(): readonly number[] {
    return this.#planned.targets;
  }

  has(step: number): boolean {
    return this.#course.has(step);
  }

  dueMs(step: number): number | undefined {
    return this.#course.at(step).dueMs;
  }

  async approach(step: number): Promise<void> {
    this.#step = step;
    this.#planned = this.#course.at(step);
    this.#positions = await this.#instruments.move(this.#planned.targets);
  }

  async measure(isWanted: () => boolean): Promise<readonly ScanPoint[] | undefined> {
    const atEpochMs = this.#clock.epochMs();
    const data = await this.#instruments.grab();
    if (!isWanted()) return undefined;
    const point = { step: this.#step, ...this.#planned, positions: this.#positions, data, atEpochMs };
    const signal = this.#course.measured(point);
    return [signal === undefined ? point : { ...point, signal }];
  }

  follow(plan: ScanPlan): void {
    this.#course = plan.begin();
  }

  drop(step: number): readonly ScanPoint[] {
    const planned = this.#course.at(step);
    const positions = planned.targets.map(() => Number.NaN);
    return [{ step, ...planned, positions, data: [], atEpochMs: this.#clock.epochMs(), status: 'dropped' }];
  }

  async giveUp(status: PointStatus): Promise<readonly ScanPoint[]> {
    const atEpochMs = this.#clock.epochMs();
    const positions = await this.#instruments.readBack();
    return [{ step: this.#step, ...this.#planned, positions, data: [], atEpochMs, status }];
  }
}
