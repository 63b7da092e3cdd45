import { BehaviorSubject, type Observable, Subject } from 'rxjs';
import { createActor } from 'xstate';
import type { LogLine, ScanPoint, ScanRecorder, ScanRecording } from '../contracts/scan-recorder.ts';
import type { DataToExport } from '../data/data-to-export.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { type DeadTime, DeadTimeLedger, type TimedPhase } from '../scan/dead-time.ts';
import { describeScan } from '../scan/describe-scan.ts';
import type { ScanPlan } from '../scan/plan.ts';
import type { PlannedPoint } from '../scan/planned-point.ts';
import { preflight } from '../scan/preflight.ts';
import { type Progress, progressOf } from '../scan/progress.ts';
import type { BoundedQueue } from '../streams/bounded-queue.ts';
import { Hub } from '../streams/hub.ts';
import type { Clock } from '../time/clock.ts';
import { convertUnits } from '../units/units.ts';
import type { DaqViewer } from './daq-viewer.ts';
import { type ScanContext, type ScanPhase, scanMachine } from './scan-machine.ts';

export interface ScanOptions {
  /** Where to go: a scan, bound to its instruments by `planOf`. */
  readonly over: ScanPlan;
  /** What to read at each point; all at once. */
  readonly read: readonly DaqViewer[];
  /** Pause between arrival and reading; default 0. */
  readonly settleMs?: number;
  /** Where to keep the data, e.g. `dataset('./data')`; without it they are only shown. */
  readonly save?: ScanRecorder;
}

export interface ScanResult {
  readonly outcome: 'completed' | 'stopped';
  /** Points that are measured, and durable if they are saved. */
  readonly points: number;
  /** The file and the scan's group in it; undefined for a scan that saves nothing. */
  readonly file: string | undefined;
  readonly group: string | undefined;
  readonly deadTime: DeadTime;
}

/** Room for points that were measured but are not yet durable. */
const QUEUE = { maxItems: 256, maxBytes: 256 * 2 ** 20, bytesOf: bytesOfPoint };

/** A scan under way: it began when it was made. Pause, resume, stop, abort or await it. */
export class DaqScan {
  /** How far it is, now and with every point. */
  readonly progress$: Observable<Progress>;
  /** Every point as it is measured, by reference: for live displays. */
  readonly points$: Observable<ScanPoint>;
  /**
   * Resolves when the scan has ended and its file is closed.
   *
   * @throws DaqtorError why it failed; what was measured until then is in `file`
   */
  readonly done: Promise<ScanResult>;
  /** The machine, for those who want to inspect it. */
  readonly actor;

  readonly #options: ScanOptions;
  readonly #clock: Clock;
  readonly #settleMs: number;
  readonly #startedMs: number;
  /** When the first move could begin: the times of timed points count from here. */
  #begunMs = 0;
  readonly #ledger = new DeadTimeLedger();
  readonly #points = new Hub<ScanPoint>();
  readonly #log = new Subject<LogLine>();
  readonly #progress: BehaviorSubject<Progress>;
  readonly #abort = new AbortController();
  #queue: BoundedQueue<ScanPoint> | undefined;
  #recording: ScanRecording | undefined;
  /** Told when the step that is waited for is durable, or why it cannot be. */
  #awaitSaved: { step: number; resolve: () => void; reject: (error: unknown) => void } | undefined;
  #lastSaved = -1;
  #saveError: unknown;
  #planned: PlannedPoint = { indexes: [], targets: [] };
  #positions: readonly number[] = [];
  #point: ScanPoint | undefined;

  constructor(options: ScanOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#settleMs = options.settleMs ?? 0;
    this.#startedMs = clock.now();
    this.points$ = this.#points.live$;
    this.#progress = new BehaviorSubject(this.#progressNow('preparing', 0));
    this.progress$ = this.#progress.asObservable();
    this.actor = createActor(scanMachine, {
      clock: clock as never,
      input: {
        size: options.over.size,
        settles: this.#settleMs > 0 || options.over.isTimed,
        saves: options.save !== undefined,
        begin: (phase, now) => void this.#perform(phase, now),
      },
    });
    this.#keepPauses();
    this.actor.on('pointSaved', ({ measured }) => this.#show('saving', measured));
    this.done = new Promise((resolve, reject) => {
      this.actor.on('ended', ({ outcome, measured, error }) => {
        this.#show('ended', measured);
        this.#progress.complete();
        if (outcome === 'failed') return reject(error);
        resolve({
          outcome,
          points: measured,
          file: this.file,
          group: this.#recording?.group,
          deadTime: this.#ledger.total(this.#clock.now() - this.#startedMs),
        });
      });
    });
    this.actor.start();
  }

  /** What the scan is doing. */
  get state() {
    return this.actor.getSnapshot().value;
  }

  /** The file that is written, once it is open. */
  get file(): string | undefined {
    return this.#recording?.file;
  }

  /** Pauses after the current point. */
  pause(): void {
    this.actor.send({ type: 'pause' });
  }

  resume(): void {
    this.actor.send({ type: 'resume' });
  }

  /** Ends the scan after the current point; what was measured is kept, and marked as not complete. */
  stop(): void {
    this.#note('WARNING', 'stop was asked for; the current point is still measured');
    this.actor.send({ type: 'stop' });
  }

  /** Ends the scan now: motors are stopped where they are, the current point is dropped, the file is closed. */
  abort(): void {
    const error = new DaqtorError('module.stopped', { problem: 'the scan was aborted' });
    this.#note('WARNING', 'abort was asked for');
    this.#abort.abort(error);
    this.actor.send({ type: 'abort', error });
  }

  /** Puts a line into the scan's log, and so into its file. */
  log(line: LogLine): void {
    this.#log.next(line);
  }

  async #perform(phase: ScanPhase, now: ScanContext): Promise<void> {
    const { ticket } = now;
    try {
      await this.#work(phase, now);
      this.actor.send({ type: 'done', ticket });
    } catch (cause) {
      const error = DaqtorError.is(cause) ? cause : DaqtorError.of(cause, 'scan', phase);
      this.actor.send({ type: 'failed', ticket, error });
    }
  }

  #work(phase: ScanPhase, now: ScanContext): Promise<void> {
    const step = now.measured;
    switch (phase) {
      case 'preparing':
        return this.#prepare();
      case 'moving':
        return this.#timed('motion', this.#move(step));
      case 'settling':
        return this.#timed('settling', this.#settle());
      case 'grabbing':
        return this.#timed('exposure', this.#grab(step));
      case 'saving':
        return this.#timed('saving', this.#save(step));
      case 'finishing':
        return this.#finish(now);
    }
  }

  async #prepare(): Promise<void> {
    const { save } = this.#options;
    await preflight(this.#options);
    if (save) await this.#open(save);
    this.#begunMs = this.#clock.now();
  }

  async #open(save: ScanRecorder): Promise<void> {
    const { over, read } = this.#options;
    this.#queue = this.#points.attach(QUEUE);
    const settings = { settleMs: this.#settleMs };
    const description = describeScan(over, read, settings, this.#clock.epochMs());
    this.#recording = await save.begin(description, { points: this.#queue, log$: this.#log }, this.#clock);
    this.#recording.saved$.subscribe({
      next: (step) => {
        this.#lastSaved = step;
        if (this.#awaitSaved && step >= this.#awaitSaved.step) this.#awaitSaved.resolve();
      },
      error: (error: unknown) => {
        this.#saveError = error;
        this.#awaitSaved?.reject(error);
      },
    });
    this.#note('INFO', `${over.type} ${over.subType} of ${over.size} points begins`);
  }

  async #move(step: number): Promise<void> {
    const { over } = this.#options;
    this.#planned = over.at(step);
    this.#positions = await Promise.all(
      over.actuators.map(async ({ actuator, units }, i) => {
        const arrival = await actuator.move(this.#planned.targets[i] as number, units);
        if (arrival.status === 'arrived') return convertUnits(arrival.position, arrival.units, units);
        throw new DaqtorError('module.stopped', {
          instrument: actuator.name,
          problem: `it was stopped at ${arrival.position} ${arrival.units} while the scan was moving it`,
        });
      }),
    );
  }

  /** Waits for what was moved to calm down, and for the time at which the point is due. */
  async #settle(): Promise<void> {
    const dueMs = this.#planned.dueMs ?? Number.NEGATIVE_INFINITY;
    const waitMs = Math.max(this.#settleMs, this.#begunMs + dueMs - this.#clock.now());
    if (waitMs > 0) await this.#clock.sleep(waitMs, this.#abort.signal);
  }

  async #grab(step: number): Promise<void> {
    const atEpochMs = this.#clock.epochMs();
    const data = await Promise.all(this.#options.read.map((detector) => detector.grab()));
    this.#point = { step, ...this.#planned, positions: this.#positions, data, atEpochMs };
    await this.#points.publish(this.#point);
  }

  /** Waits until the next point may be measured. */
  #save(step: number): Promise<void> {
    if (this.#saveError !== undefined) return Promise.reject(this.#saveError);
    const awaited = step + 1 - (this.#recording?.ahead ?? 1);
    if (this.#lastSaved >= awaited) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#awaitSaved = { step: awaited, resolve, reject };
    });
  }

  /** Brings everything to rest, then closes the file. A motor that cannot be stopped does not keep the file open. */
  async #finish({ outcome, error, measured }: ScanContext): Promise<void> {
    const stops = await Promise.allSettled(
      this.#options.over.actuators
        .filter(({ actuator }) => actuator.state === 'moving')
        .map(({ actuator }) => actuator.stop()),
    );
    for (const stop of stops) if (stop.status === 'rejected') this.#note('ERROR', String(stop.reason));
    if (error) this.#note(outcome === 'failed' ? 'ERROR' : 'WARNING', error.message);
    this.#note(outcome === 'completed' ? 'INFO' : 'WARNING', `the scan ${outcome} after ${measured} points`);
    this.#points.close();
    this.#log.complete();
    await this.#recording?.end(outcome);
    // Points that went ahead of the file are durable now, or it is told why they are not.
    if (this.#saveError !== undefined && outcome !== 'failed') throw this.#saveError;
  }

  async #timed(phase: TimedPhase, work: Promise<void>): Promise<void> {
    const beganMs = this.#clock.now();
    try {
      await work;
    } finally {
      this.#ledger.add(phase, this.#clock.now() - beganMs);
    }
  }

  #keepPauses(): void {
    let beganMs = 0;
    this.actor.on('paused', ({ measured }) => {
      beganMs = this.#clock.now();
      this.#show('paused', measured);
    });
    this.actor.on('resumed', () => this.#ledger.add('paused', this.#clock.now() - beganMs));
  }

  #note(level: LogLine['level'], text: string): void {
    this.#log.next({ atEpochMs: this.#clock.epochMs(), source: 'DAQ_Scan', level, text });
  }

  #show(state: Progress['state'], done: number): void {
    this.#progress.next(this.#progressNow(state, done));
  }

  #progressNow(state: Progress['state'], done: number): Progress {
    const elapsedMs = this.#clock.now() - this.#startedMs;
    return progressOf(this.#options.over, state, done, elapsedMs, this.#point);
  }
}

function bytesOfPoint({ data }: ScanPoint): number {
  return data.reduce((sum, one) => sum + bytesOfExport(one), 0);
}

function bytesOfExport({ data }: DataToExport): number {
  return data.reduce((sum, one) => sum + one.data.reduce((bytes, array) => bytes + array.byteLength, 0), 0);
}
