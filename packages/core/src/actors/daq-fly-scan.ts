import { BehaviorSubject, type Observable } from 'rxjs';
import { createActor } from 'xstate';
import type { LogLine, ScanPoint, ScanRecorder } from '../contracts/scan-recorder.ts';
import type { DataToExport } from '../data/data-to-export.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { DeadTimeLedger, type TimedPhase } from '../scan/dead-time.ts';
import { describeScan } from '../scan/describe-scan.ts';
import { FlyBins } from '../scan/fly/fly-bins.ts';
import type { FlyPlan } from '../scan/fly/fly-plan.ts';
import type { PlannedActuator } from '../scan/plan.ts';
import { preflight } from '../scan/preflight.ts';
import { type Progress, progressOf } from '../scan/progress.ts';
import type { Clock } from '../time/clock.ts';
import { convertUnits } from '../units/units.ts';
import type { ScanResult } from './daq-scan.ts';
import type { DaqViewer } from './daq-viewer.ts';
import { type FlyContext, type FlyPhase, flyMachine } from './fly-machine.ts';
import { PointKeeper } from './point-keeper.ts';

export interface FlyScanOptions {
  /** Where to go: a fly scan, bound to its instruments by `flyPlanOf`. */
  readonly over: FlyPlan;
  /** What streams on the way. */
  readonly read: readonly DaqViewer[];
  /** Time from frame to frame, of detectors that have to be asked; default as fast as they come. */
  readonly everyMs?: number;
  /**
   * How long before the middle between its time stamp and its arrival a frame was really measured, e.g. half the exposure
   * of a camera that runs freely and is not told the time; default 0.
   */
  readonly lagMs?: number;
  /** Where to keep the data; without it they are only shown. */
  readonly save?: ScanRecorder;
}

/** `points`: bins that have data. */
export interface FlyScanResult extends ScanResult {
  /** Frames that came while the actuator was ramping, of all detectors. */
  readonly frames: number;
}

const TIMED: Readonly<Record<FlyPhase, TimedPhase>> = {
  preparing: 'overhead',
  moving: 'motion',
  grabbing: 'exposure',
  saving: 'saving',
  finishing: 'overhead',
};

/**
 * A fly scan under way: it began when it was made. On each line the detectors stream while the actuator ramps at its own
 * velocity; bins that were passed without a frame stay NaN.
 */
export class DaqFlyScan {
  /** How far it is; a line counts with all of its bins. */
  readonly progress$: Observable<Progress>;
  /** The bins, line by line, by reference: for live displays. */
  readonly points$: Observable<ScanPoint>;
  /**
   * Resolves when the scan has ended and its file is closed.
   *
   * @throws DaqtorError why it failed; what was measured until then is in `file`
   */
  readonly done: Promise<FlyScanResult>;
  /** The machine, for those who want to inspect it. */
  readonly actor;

  readonly #options: FlyScanOptions;
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #ledger: DeadTimeLedger;
  readonly #keeper: PointKeeper;
  readonly #progress: BehaviorSubject<Progress>;
  #slow: readonly number[] = [];
  #bins: FlyBins | undefined;
  #points = 0;
  readonly #troubles: DaqtorError[] = [];
  #frames = 0;
  #last: ScanPoint | undefined;

  constructor(options: FlyScanOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#startedMs = clock.now();
    this.#ledger = new DeadTimeLedger(this.#startedMs);
    this.#keeper = new PointKeeper(clock);
    this.points$ = this.#keeper.points$;
    this.#progress = new BehaviorSubject(this.#progressNow('preparing', 0));
    this.progress$ = this.#progress.asObservable();
    const begin = (phase: FlyPhase, now: FlyContext) => void this.#perform(phase, now);
    this.actor = createActor(flyMachine, { clock: clock as never, input: { lines: options.over.lines.size, begin } });
    this.actor.on('lineSaved', ({ lines }) => this.#progress.next(this.#progressNow('saving', lines)));
    this.actor.on('paused', ({ lines }) => {
      this.#ledger.enter('paused', clock.now());
      this.#progress.next(this.#progressNow('paused', lines));
    });
    this.done = new Promise((resolve, reject) => {
      this.actor.on('ended', ({ outcome, error }) => {
        this.#progress.next(this.#progressNow('ended', this.actor.getSnapshot().context.line));
        this.#progress.complete();
        if (outcome === 'failed') return reject(error);
        const { file, group } = this.#keeper.recording ?? {};
        const deadTime = this.#ledger.total(clock.now());
        const [points, frames, troubles] = [this.#points, this.#frames, this.#troubles];
        resolve({ outcome, points, skipped: 0, frames, file, group, deadTime, troubles });
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
    return this.#keeper.recording?.file;
  }

  /** Pauses after the current line. */
  pause(): void {
    this.actor.send({ type: 'pause' });
  }

  resume(): void {
    this.actor.send({ type: 'resume' });
  }

  /** Ends the scan after the current line; what was measured is kept, and marked as not complete. */
  stop(): void {
    this.actor.send({ type: 'stop' });
  }

  /** Ends the scan now: the ramp is stopped, its line is dropped, the file is closed. */
  abort(): void {
    const error = new DaqtorError('module.stopped', { problem: 'the scan was aborted' });
    this.actor.send({ type: 'abort', error });
  }

  /** Puts a line into the scan's log, and so into its file. */
  log(line: LogLine): void {
    this.#keeper.log(line);
  }

  async #perform(phase: FlyPhase, now: FlyContext): Promise<void> {
    const { ticket } = now;
    this.#ledger.enter(TIMED[phase], this.#clock.now());
    try {
      await this.#work(phase, now);
      this.actor.send({ type: 'done', ticket });
    } catch (cause) {
      const error = DaqtorError.is(cause) ? cause : DaqtorError.of(cause, 'fly scan', phase);
      this.actor.send({ type: 'failed', ticket, error });
    }
  }

  #work(phase: FlyPhase, now: FlyContext): Promise<void> {
    switch (phase) {
      case 'preparing':
        return this.#prepare();
      case 'moving':
        return this.#approach(now.line);
      case 'grabbing':
        return this.#ramp(now.line);
      case 'saving':
        return this.#save(now.line);
      case 'finishing':
        return this.#finish(now);
    }
  }

  async #prepare(): Promise<void> {
    const { over, read, save, everyMs = 0, lagMs = 0 } = this.#options;
    await preflight({ over: over.over, read, ...(save && { save }) });
    if (!save) return;
    const plan = { ...over.over, scan: over.value };
    await this.#keeper.open(save, describeScan(plan, read, { everyMs, lagMs }, this.#clock.epochMs()));
  }

  /** Everything to where the line begins, at once. */
  async #approach(line: number): Promise<void> {
    const { lines, rampOf } = this.#options.over;
    const { targets } = lines.at(line);
    const ramping = this.#ramping;
    const [, ...slow] = await Promise.all([
      moveTo(ramping, rampOf(line)[0]),
      ...lines.actuators.map((planned, i) => moveTo(planned, targets[i] as number)),
    ]);
    this.#slow = slow;
  }

  async #ramp(line: number): Promise<void> {
    const { over, read, everyMs = 0, lagMs = 0 } = this.#options;
    const { actuator, units } = this.#ramping;
    const bins = new FlyBins(over.value, read.length);
    this.#bins = bins;
    const seen = (position: number) => bins.passed(this.#clock.now(), convertUnits(position, actuator.units, units));
    const taken = (detector: number, frame: DataToExport) => {
      this.#frames++;
      const [arrivedMs, sinceMs] = [this.#clock.now(), this.#clock.epochMs() - frame.timestamp * 1000];
      bins.frame(detector, arrivedMs - sinceMs / 2 - lagMs, frame);
    };
    const subscriptions = read.map((viewer, i) => viewer.data.live$.subscribe((frame) => taken(i, frame)));
    try {
      const streams = read.map((viewer) => viewer.live({ everyMs, whenBehind: 'skip', fixed: true }).done);
      subscriptions.push(actuator.position$.subscribe(seen));
      const failed = streams.map((stream) => stream.then(() => new Promise<never>(() => {})));
      await Promise.race([moveTo(this.#ramping, over.rampOf(line)[1]), ...failed]);
      // A frame that was begun on the way may still come.
      await Promise.all(read.map((viewer) => viewer.stop()));
    } finally {
      for (const subscription of subscriptions) subscription.unsubscribe();
    }
    const [silent] = bins.silent;
    if (silent === undefined) return;
    throw new DaqtorError('scan.failed', {
      instrument: read[silent]?.name,
      problem: `it gave no frame while [${actuator.name}] was ramping`,
      advice: 'Let the actuator move more slowly, or the detector measure faster',
    });
  }

  async #save(line: number): Promise<void> {
    const { over } = this.#options;
    const { indexes, targets } = over.lines.at(line);
    const centres = over.over.positions(over.over.actuators.length - 1);
    const toEpochMs = this.#clock.epochMs() - this.#clock.now();
    for (const { bin, position, data, atMs } of this.#bins?.flown() ?? []) {
      this.#last = {
        step: this.#points++,
        indexes: [...indexes, bin],
        targets: [...targets, centres[bin] as number],
        positions: [...this.#slow, position],
        data,
        atEpochMs: toEpochMs + atMs,
      };
      await this.#keeper.keep(this.#last);
    }
  }

  /** Brings everything to rest, then closes the file. */
  async #finish({ outcome, error, line }: FlyContext): Promise<void> {
    const { over, read } = this.#options;
    const ends = await Promise.allSettled([
      ...over.over.actuators
        .filter(({ actuator }) => actuator.state === 'moving')
        .map(({ actuator }) => actuator.stop()),
      ...read.filter(({ state }) => state === 'live').map((viewer) => viewer.stop()),
    ]);
    for (const end of ends) {
      if (end.status === 'fulfilled') continue;
      const trouble = DaqtorError.of(end.reason, 'fly scan', 'bringing everything to rest');
      this.#note('ERROR', trouble.message);
      this.#troubles.push(trouble);
    }
    if (error) this.#note(outcome === 'failed' ? 'ERROR' : 'WARNING', error.message);
    this.#note(outcome === 'completed' ? 'INFO' : 'WARNING', `the fly scan ${outcome} after ${line} lines`);
    await this.#keeper.end(outcome);
  }

  get #ramping(): PlannedActuator {
    const { ramping, value } = this.#options.over;
    if (ramping) return ramping;
    throw new DaqtorError('scan.refused', { instrument: value.actuator, problem: 'it is not in this lab' });
  }

  #note(level: LogLine['level'], text: string): void {
    this.#keeper.log({ atEpochMs: this.#clock.epochMs(), source: 'DAQ_FlyScan', level, text });
  }

  #progressNow(state: Progress['state'], lines: number): Progress {
    const { over, value } = this.#options.over;
    const elapsedMs = this.#clock.now() - this.#startedMs;
    const facts = { state, done: lines * value.bins, skipped: 0, elapsedMs, trouble: undefined, heldBy: [] };
    return progressOf({ plan: over, point: this.#last, ...facts });
  }
}

/** @returns where it came to rest, in the units of the scan */
async function moveTo({ actuator, units }: PlannedActuator, target: number): Promise<number> {
  const { status, position, units: own } = await actuator.move(target, units);
  if (status === 'arrived') return convertUnits(position, own, units);
  throw new DaqtorError('module.stopped', {
    instrument: actuator.name,
    problem: `it was stopped at ${position} ${own} while the scan was moving it`,
  });
}
