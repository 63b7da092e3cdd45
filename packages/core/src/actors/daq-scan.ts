import { BehaviorSubject, type Observable } from 'rxjs';
import { createActor } from 'xstate';
import type { LogLine, ScanPoint } from '../contracts/scan-recorder.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { type DeadTime, DeadTimeLedger, type TimedPhase } from '../scan/dead-time.ts';
import { NOTHING_BEFORE } from '../scan/done-before.ts';
import { type Progress, progressOf } from '../scan/progress.ts';
import { settingsOf } from '../scan/scan-settings.ts';
import type { Clock } from '../time/clock.ts';
import { PointKeeper } from './point-keeper.ts';
import { refusalOf, type ScanCommand } from './scan-commands.ts';
import { ScanInstruments, type ScanInstrumentsOptions } from './scan-instruments.ts';
import { type ScanContext, type ScanPhase, scanMachine } from './scan-machine.ts';
import type { ScanOptions } from './scan-options.ts';
import { ScanWork } from './scan-work.ts';

/** What a scan needs of the lab that it runs in. */
export interface ScanSurroundings extends Pick<ScanInstrumentsOptions, 'reconnect'> {
  readonly clock: Clock;
}

export interface ScanResult {
  readonly outcome: 'completed' | 'stopped';
  /** Points that are measured, and durable if they are saved. */
  readonly points: number;
  /** Points that were given up, as their status says. */
  readonly skipped: number;
  /** The file and the scan's group in it; undefined for a scan that saves nothing. */
  readonly file: string | undefined;
  readonly group: string | undefined;
  readonly deadTime: DeadTime;
}

const TIMED: Readonly<Record<ScanPhase, TimedPhase>> = {
  preparing: 'overhead',
  moving: 'motion',
  settling: 'settling',
  grabbing: 'exposure',
  saving: 'saving',
  skipping: 'overhead',
  waiting: 'settling',
  interrupting: 'overhead',
  paused: 'paused',
  finishing: 'overhead',
};

/**
 * A scan under way: it began when it was made. In each state it can be told to pause, resume, skip, retry, stop or abort;
 * what it cannot do then it refuses, with the reason.
 */
export class DaqScan {
  /** How far it is, now and with every point. */
  readonly progress$: Observable<Progress>;
  /** Every point as it is measured or given up, by reference: for live displays. */
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
  readonly #startedMs: number;
  readonly #ledger: DeadTimeLedger;
  readonly #instruments: ScanInstruments;
  readonly #keeper: PointKeeper;
  readonly #work: ScanWork;
  readonly #progress: BehaviorSubject<Progress>;
  /** Of the phase under way: what a former one still does is not wanted any more. */
  #ticket = 0;

  constructor(options: ScanOptions, { clock, reconnect }: ScanSurroundings) {
    const { over, read } = options;
    this.#options = options;
    this.#clock = clock;
    this.#startedMs = clock.now();
    this.#ledger = new DeadTimeLedger(this.#startedMs);
    this.#instruments = new ScanInstruments({ over, read, reconnect });
    this.#keeper = new PointKeeper(clock, options.before?.steps);
    const note = this.#note.bind(this);
    this.#work = new ScanWork({
      options,
      clock,
      instruments: this.#instruments,
      keeper: this.#keeper,
      note,
      deadTime: () => this.#ledger.total(clock.now()),
    });
    this.points$ = this.#keeper.points$;
    const { before = NOTHING_BEFORE } = options;
    const { steps, skipped } = before;
    this.#progress = new BehaviorSubject(this.#progressNow('preparing', { measured: steps - skipped, skipped }));
    this.progress$ = this.#progress.asObservable();
    const { settleMs, waitMs, onError } = settingsOf(options);
    this.actor = createActor(scanMachine, {
      clock: clock as never,
      input: {
        size: over.size,
        before,
        settles: settleMs > 0 || over.isTimed,
        waitMs,
        onError,
        begin: (phase, now) => this.#begin(phase, now),
      },
    });
    this.#tell();
    this.done = new Promise((resolve, reject) => {
      this.actor.on('ended', ({ outcome, error, ...counts }) => {
        this.#show('ended', counts);
        this.#progress.complete();
        if (outcome === 'failed') return reject(error);
        resolve({
          outcome,
          points: counts.measured,
          skipped: counts.skipped,
          file: this.file,
          group: this.#keeper.recording?.group,
          deadTime: this.#ledger.total(this.#clock.now()),
        });
      });
      this.actor.subscribe({ complete: () => void this.#outlive(reject) });
    });
    this.actor.start();
  }

  /** What the scan is doing. */
  get state(): ScanPhase | 'ended' {
    const { status, value } = this.actor.getSnapshot();
    return status === 'active' ? (value as ScanPhase) : 'ended';
  }

  /** The file that is written, once it is open. */
  get file(): string | undefined {
    return this.#keeper.recording?.file;
  }

  /**
   * Why a command would be refused now; undefined if it would take effect.
   *
   * @param command - e.g. `resume`
   */
  refusal(command: ScanCommand): string | undefined {
    if (this.#isOver || !this.actor.getSnapshot().can({ type: command })) return refusalOf(command, this.state);
    const { faulted } = this.#instruments;
    if (this.state !== 'paused' || command === 'skipPoint' || faulted.length === 0) return undefined;
    return faulted.map(({ name, state }) => `[${name}] is ${state}; connect it again first`).join('; ');
  }

  /**
   * Pauses after the current point.
   *
   * @throws DaqtorError `module.state` if it is refused
   */
  pause(): void {
    this.#command('pause');
  }

  /** Pauses now: motors are stopped where they are, and the current point is measured again after `resume`. */
  pauseNow(): void {
    this.#command('pauseNow');
  }

  /** Goes on after a pause, or takes back a pause that has not begun. */
  resume(): void {
    this.#command('resume');
  }

  /** Ends the wait under way: for things to settle, for a point to be due, between points, before another attempt. */
  skipWait(): void {
    this.#command('skipWait');
  }

  /** Measures the current point again from its move on. */
  retryPoint(): void {
    this.#command('retryPoint');
  }

  /** Gives the current point up; its place in the file has no values, and a status that says why. */
  skipPoint(): void {
    this.#command('skipPoint');
  }

  /** Ends the scan after the current point, or at once where none is under way; what was measured is kept. Harmless later. */
  stop(): void {
    if (this.#isOver) return;
    this.#note('WARNING', 'stop was asked for');
    this.actor.send({ type: 'stop' });
  }

  /** Ends the scan now: motors are stopped where they are, the current point is dropped. Harmless when it is over. */
  abort(): void {
    if (this.#isOver) return;
    this.#note('WARNING', 'abort was asked for');
    this.actor.send({ type: 'abort', error: new DaqtorError('module.stopped', { problem: 'the scan was aborted' }) });
  }

  /** Puts a line into the scan's log, and so into its file. */
  log(line: LogLine): void {
    this.#keeper.log(line);
  }

  get #isOver(): boolean {
    return this.state === 'finishing' || this.state === 'ended';
  }

  #command(type: ScanCommand): void {
    const problem = this.refusal(type);
    if (problem !== undefined) throw new DaqtorError('module.state', { instrument: 'scan', problem });
    this.actor.send({ type });
  }

  #begin(name: ScanPhase, now: ScanContext): void {
    this.#ticket = now.ticket;
    this.#ledger.enter(TIMED[name], this.#clock.now());
    void this.#perform(name, now);
  }

  async #perform(phase: ScanPhase, now: ScanContext): Promise<void> {
    const { ticket } = now;
    try {
      await this.#work.do(phase, now);
      if (this.#ticket === ticket) this.actor.send({ type: 'done', ticket });
    } catch (cause) {
      if (this.#ticket !== ticket) return; // It was interrupted.
      const error = DaqtorError.is(cause) ? cause : DaqtorError.of(cause, 'scan', phase);
      this.#note('ERROR', `${phase} at step ${now.step}: ${error.message}`);
      const at = phase === 'waiting' ? this.#instruments.phaseOf(error.instrument) : phase;
      this.actor.send({ type: 'failed', ticket, phase: at, error });
    }
  }

  /** A machine that was ended by others must not leave motors moving and the file open. */
  async #outlive(reject: (error: DaqtorError) => void): Promise<void> {
    if (this.actor.getSnapshot().status === 'done') return;
    const problem = 'its actor was ended from outside';
    const error = new DaqtorError('scan.failed', { instrument: 'scan', problem });
    this.#work.interrupt();
    this.#ticket = -1;
    const now = { ...this.actor.getSnapshot().context, outcome: 'failed', error } as const;
    this.#note('ERROR', error.message);
    await this.#work.finish(now).catch((cause: unknown) => this.#note('ERROR', String(cause)));
    this.#show('ended', { measured: now.step - now.skipped, skipped: now.skipped });
    this.#progress.complete();
    reject(error);
  }

  /** Shows and notes what happens. */
  #tell(): void {
    const { actor } = this;
    actor.on('pointSaved', (counts) => this.#show('saving', counts));
    actor.on('pointSkipped', ({ error, ...counts }) => {
      this.#note('WARNING', `a point was skipped${error ? `: ${error.message}` : ''}`);
      this.#show('skipping', counts);
    });
    actor.on('retrying', ({ attempt, inMs }) => this.#note('WARNING', `attempt ${attempt + 1} begins in ${inMs} ms`));
    actor.on('paused', ({ error, ...counts }) => {
      this.#note('WARNING', error ? `paused: ${error.message}` : 'paused');
      this.#show('paused', counts, error);
    });
    actor.on('resumed', (counts) => {
      this.#note('INFO', 'resumed');
      this.#show('moving', counts);
    });
  }

  #note(level: LogLine['level'], text: string): void {
    this.#keeper.log({ atEpochMs: this.#clock.epochMs(), source: 'DAQ_Scan', level, text });
  }

  #show(state: Progress['state'], counts: Counts, trouble?: DaqtorError): void {
    this.#progress.next(this.#progressNow(state, counts, trouble));
  }

  #progressNow(state: Progress['state'], { measured, skipped }: Counts, trouble?: DaqtorError): Progress {
    const elapsedMs = this.#clock.now() - this.#startedMs;
    const done = measured + skipped;
    return progressOf({
      plan: this.#options.over,
      state,
      done,
      before: this.#options.before?.steps ?? 0,
      skipped,
      elapsedMs,
      point: this.#work.measured,
      trouble,
    });
  }
}

type Counts = { readonly measured: number; readonly skipped: number };
