import type { LogLine, ScanDescription, ScanPoint } from '../contracts/scan-recorder.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { DeadTime } from '../scan/dead-time.ts';
import { baselineModule, describeScan } from '../scan/describe-scan.ts';
import { NOTHING_BEFORE } from '../scan/done-before.ts';
import type { ScanPlan } from '../scan/plan.ts';
import { preflight } from '../scan/preflight.ts';
import { droppedBy } from '../scan/scan-change.ts';
import type { ScanRevision } from '../scan/scan-revision.ts';
import { type ScanSettings, storedSettings } from '../scan/scan-settings.ts';
import type { Clock } from '../time/clock.ts';
import { LineSteps } from './line-steps.ts';
import type { PointKeeper } from './point-keeper.ts';
import { PointSteps } from './point-steps.ts';
import type { ScanConditions } from './scan-conditions.ts';
import { type Counts, countsOf, type ScanContext, type ScanPhase } from './scan-facts.ts';
import type { ScanInstruments } from './scan-instruments.ts';
import type { ScanOptions } from './scan-options.ts';
import type { ScanSteps } from './scan-steps.ts';

type Note = (level: LogLine['level'], text: string) => void;

export interface ScanWorkOptions {
  readonly options: ScanOptions;
  readonly settings: ScanSettings;
  readonly conditions: ScanConditions;
  readonly clock: Clock;
  readonly instruments: ScanInstruments;
  readonly keeper: PointKeeper;
  readonly note: Note;
  /** Where the time went until now. */
  readonly deadTime: () => DeadTime;
}

/** What is done in each phase of a scan. Which one comes next is decided by its machine. */
export class ScanWork {
  readonly #options: ScanOptions;
  #settings: ScanSettings;
  #isDropped: (step: number) => boolean;
  #plan: ScanPlan;
  readonly #conditions: ScanConditions;
  readonly #steps: ScanSteps;
  readonly #clock: Clock;
  readonly #instruments: ScanInstruments;
  readonly #keeper: PointKeeper;
  readonly #note: Note;
  readonly #deadTime: () => DeadTime;
  /** When the first move could begin: the times of timed points count from here. */
  #begunMs = 0;
  /** What is saved next. */
  #points: readonly ScanPoint[] = [];
  /** Of what was saved, points that were passed without a value. */
  #passed: number;
  #measured: ScanPoint | undefined;
  /** The last reading of the baseline that was handed over. */
  #kept: { readonly at: 'begin' | 'end'; readonly done: Promise<void> } | undefined;
  /** Where the axes go at the end. */
  #returnTo: Readonly<Record<string, number>> | undefined;
  #hasMoved = false;
  /** What went wrong at the end, where it did no harm to the data. */
  readonly troubles: DaqtorError[] = [];
  /** Ends the wait under way. */
  #endWait = (): void => {};
  /** Counts the phases: what an interrupted one still gets is not taken. */
  #turn = 0;

  constructor({ options, settings, conditions, clock, instruments, keeper, note, deadTime }: ScanWorkOptions) {
    this.#options = options;
    this.#settings = settings;
    this.#plan = options.over;
    this.#isDropped = droppedBy(options.revisions ?? [], options.over);
    this.#conditions = conditions;
    this.#steps = stepsOf(options, settings, instruments, clock);
    this.#passed = options.before?.passed ?? 0;
    this.#clock = clock;
    this.#instruments = instruments;
    this.#keeper = keeper;
    this.#note = note;
    this.#deadTime = deadTime;
  }

  /** Whether there is such a step, as far as what was measured until now tells. */
  hasStep(step: number): boolean {
    return this.#steps.has(step);
  }

  /** Whether a step is not wanted any more. */
  isDropped(step: number): boolean {
    return this.#isDropped(step);
  }

  /** Goes on as it was changed. @param revisions - all of them */
  revise(settings: ScanSettings, revisions: readonly ScanRevision[], plan: ScanPlan): void {
    this.#settings = settings;
    // Where it began is known from its beginning.
    if (settings.returnTo !== 'initial') this.#returnTo = settings.returnTo;
    this.#conditions.change(settings.waitUntil);
    this.#isDropped = droppedBy(revisions, plan);
    if (plan !== this.#plan) this.#steps.follow?.(plan);
    this.#plan = plan;
  }

  /** The reading of the baseline that was given to be kept last. */
  get handedOver(): 'begin' | 'end' | undefined {
    return this.#kept?.at;
  }

  /** The point that was measured last. */
  get measured(): ScanPoint | undefined {
    return this.#measured;
  }

  /** Of how many points these numbers of steps are; those that were passed without a value count as skipped. */
  pointsIn({ measured, skipped }: Counts): Counts {
    const { perStep } = this.#steps;
    return { measured: measured * perStep - this.#passed, skipped: skipped * perStep + this.#passed };
  }

  /** Ends a wait under way. */
  interrupt(): void {
    this.#endWait();
  }

  /** Does the work of a phase. What the phase before still waits for is not wanted any more. */
  do(phase: ScanPhase, now: ScanContext): Promise<void> {
    this.interrupt();
    this.#turn++;
    switch (phase) {
      case 'preparing':
        return this.#prepare();
      case 'reading':
        return this.#read(now);
      case 'moving':
        return this.#move(now.step);
      case 'settling':
        return this.#settle(now.step);
      case 'grabbing':
        this.#conditions.passed({ step: now.step, targets: this.#steps.targets });
        return this.#measure();
      case 'saving':
        return this.#save();
      case 'skipping':
        return this.#skip(now);
      case 'waiting':
        return this.#wait(now);
      case 'interrupting':
        return this.#interrupt(now);
      case 'returning':
        return this.#return();
      case 'paused':
      case 'held':
        this.#conditions.forget();
        return new Promise(() => {}); // until somebody or something else lets it go on
      case 'finishing':
        return this.finish(now);
    }
  }

  async #prepare(): Promise<void> {
    const { over, read, save, follows, before = NOTHING_BEFORE } = this.#options;
    await preflight(this.#options);
    if (save) {
      const description = describeScan(over, read, this.#shownSettings(), this.#clock.epochMs());
      const baseline = (this.#options.baseline ?? []).map(baselineModule);
      await this.#keeper.open(save, {
        ...description,
        ...(baseline.length > 0 && { baseline }),
        ...followed(follows),
        scan: over.scan,
        base: over.base,
      });
      const begins = before.steps === 0 ? 'begins' : `goes on after ${before.steps * this.#steps.perStep} points`;
      this.#note('INFO', `${over.type} ${over.subType} of ${over.size} points ${begins}`);
    }
    const { returnTo } = this.#settings;
    this.#returnTo = returnTo === 'initial' ? await this.#instruments.positions() : returnTo;
    // Points at times go on at their pace: what is next is due now.
    const isUnderWay = before.steps > 0 && this.hasStep(before.steps);
    this.#begunMs = this.#clock.now() - (isUnderWay ? (this.#steps.dueMs(before.steps) ?? 0) : 0);
  }

  /** As they go into the file: numbers and texts. */
  #shownSettings(): Readonly<Record<string, number | string>> {
    const suspend = this.#options.suspend?.map(({ watch: _, ...settings }) => settings);
    return { ...storedSettings(this.#settings), ...(suspend && { suspend: JSON.stringify(suspend) }) };
  }

  /** Reads the baseline and has it kept, once: what was handed over is not read again. */
  async #read({ baseline: { now: at, next } }: ScanContext): Promise<void> {
    if (!at || this.#kept?.at === at) return await this.#kept?.done;
    const turn = this.#turn;
    if (next.do === 'wait') {
      if (next.ms > 0) await this.#sleep(next.ms);
      await this.#instruments.mend(true);
    }
    await this.#readBaseline(at, () => turn === this.#turn, next.do === 'skip');
  }

  /**
   * @param isWanted - whether somebody still waits for it
   * @param inPart - whether it is kept also without those that cannot be read
   */
  async #readBaseline(at: 'begin' | 'end', isWanted: () => boolean, inPart: boolean): Promise<void> {
    const atEpochMs = this.#clock.epochMs();
    const { values, errors } = await this.#instruments.readBaseline(isWanted);
    if (!isWanted()) return;
    const [first, ...others] = errors;
    for (const { message } of inPart ? errors : others)
      this.#note('WARNING', `the baseline lacks a module: ${message}`);
    if (first && !inPart) throw first;
    const done = this.#keeper.keepBaseline({ at, atEpochMs, values });
    this.#kept = { at, done };
    await done;
  }

  async #move(step: number): Promise<void> {
    this.#hasMoved = true;
    await this.#steps.approach(step);
  }

  /** Waits for what was moved to calm down, for the time at which the point is due, and for what has to be in its band. */
  async #settle(step: number): Promise<void> {
    const turn = this.#turn;
    const dueMs = this.#steps.dueMs(step) ?? Number.NEGATIVE_INFINITY;
    const waitMs = Math.max(this.#settings.settleMs, this.#begunMs + dueMs - this.#clock.now());
    if (waitMs > 0) await this.#sleep(waitMs);
    const point = { step, targets: this.#steps.targets };
    if (turn === this.#turn && this.#conditions.isDue(point))
      await this.#conditions.wait(point, this.#untilInterrupted());
  }

  async #measure(): Promise<void> {
    const turn = this.#turn;
    const isWanted = () => turn === this.#turn;
    const points = await this.#steps.measure(isWanted);
    if (!points || !isWanted()) return;
    this.#points = points;
    this.#measured = points.findLast(hasData) ?? this.#measured;
  }

  async #save(): Promise<void> {
    await this.#keeper.keep(this.#points);
    for (const { status } of this.#points) if (status === 'passed') this.#passed++;
  }

  async #skip({ step, next }: ScanContext): Promise<void> {
    const status = next.do === 'skip' ? next.status : 'skippedByHand';
    this.#points = status === 'dropped' ? this.#steps.drop(step) : await this.#steps.giveUp(status);
  }

  async #wait({ next }: ScanContext): Promise<void> {
    if (next.do !== 'wait') return;
    if (next.ms > 0) await this.#sleep(next.ms);
    if (next.after) await this.#instruments.mend(false);
  }

  /** Rejects as soon as the next phase begins, which then has no use for it. */
  async #sleep(ms: number): Promise<void> {
    await this.#clock.sleep(ms, this.#untilInterrupted());
  }

  #untilInterrupted(): AbortSignal {
    const abort = new AbortController();
    this.#endWait = () => abort.abort();
    return abort.signal;
  }

  /** That a module which just failed cannot be brought to rest either is for its policy; of any other it is news. */
  async #interrupt(now: ScanContext): Promise<void> {
    const culprit = culpritOf(now)?.instrument;
    let restless: DaqtorError | undefined;
    for (const { error, wasLost } of await this.#instruments.rest()) {
      if (wasLost || error.instrument === culprit)
        this.#note('WARNING', `it could not be told to stop: ${error.message}`);
      else restless ??= error;
    }
    if (restless) throw restless;
  }

  /** An end that did not wait for the baseline has one all the same, as far as it can be had. */
  async #readAtLast(): Promise<void> {
    try {
      if (this.#kept?.at === 'end') await this.#kept.done;
      else await this.#readBaseline('end', () => true, true);
    } catch (cause) {
      const error = DaqtorError.of(cause, 'scan', 'reading the baseline');
      this.#note('ERROR', error.message);
      this.troubles.push(error);
    }
  }

  async #return(): Promise<void> {
    if (this.#returnTo && this.#hasMoved) await this.#instruments.moveSome(this.#returnTo);
  }

  /** Brings everything to rest, then closes the file. A motor that cannot be stopped does not keep the file open. */
  async finish(end: ScanContext): Promise<void> {
    const { outcome, error, baseline } = end;
    this.#turn++; // Nothing of what was under way is wanted any more.
    for (const { error } of await this.#instruments.rest()) {
      this.#note('ERROR', error.message);
      this.troubles.push(error);
    }
    if (this.#kept && baseline.last !== 'end') await this.#readAtLast();
    if (error && outcome !== 'failed') this.#note('WARNING', error.message);
    const points = this.pointsIn(countsOf(end));
    const given = points.skipped > 0 ? `, ${points.skipped} of them skipped` : '';
    const done = `${points.measured + points.skipped} points${given}`;
    this.#note(outcome === 'completed' ? 'INFO' : 'WARNING', `the scan ${outcome} after ${done}`);
    await this.#keeper.end(outcome, this.#deadTime());
  }
}

const hasData = ({ data }: ScanPoint): boolean => data.length > 0;

function stepsOf(
  { over, read, before }: ScanOptions,
  { everyMs = 0, lagMs = 0 }: ScanSettings,
  instruments: ScanInstruments,
  clock: Clock,
): ScanSteps {
  const { flight } = over;
  if (!flight) return new PointSteps(over.begin(before?.signals), instruments, clock);
  return new LineSteps({ over, flight, read, instruments, clock, everyMs, lagMs });
}

/** The error because of which a point was interrupted. */
function culpritOf(now: ScanContext): DaqtorError | undefined {
  const { trouble } = now;
  const next = now.baseline.now !== undefined && now.baseline.next.do !== 'measure' ? now.baseline.next : now.next;
  if (next.do === 'measure') return trouble;
  return next.do === 'wait' ? next.after : next.error;
}

/** The scan that points are added to, if it is in a file. */
function followed(scan: ScanOptions['follows']): Pick<ScanDescription, 'follows'> {
  const { file, group } = scan ?? {};
  return file !== undefined && group !== undefined ? { follows: { file, group } } : {};
}
