import { distinctUntilChanged, type Observable, skip } from 'rxjs';
import { createActor } from 'xstate';
import type { LogLine, ScanPoint } from '../contracts/scan-recorder.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { DeadTimeLedger } from '../scan/dead-time.ts';
import { NOTHING_BEFORE } from '../scan/done-before.ts';
import { modulesOf } from '../scan/modules-of.ts';
import type { Progress } from '../scan/progress.ts';
import type { ScanChangeInput, ScanRevision } from '../scan/scan-revision.ts';
import { settingsOf } from '../scan/scan-settings.ts';
import { suspendersOf } from '../scan/suspender.ts';
import type { Clock } from '../time/clock.ts';
import { BaselineReader } from './baseline-reader.ts';
import { OwnGrabs } from './own-grabs.ts';
import { PointKeeper } from './point-keeper.ts';
import { refusalOf, type ScanCommand } from './scan-commands.ts';
import { ScanConditions } from './scan-conditions.ts';
import { readingDue } from './scan-crossing.ts';
import { ScanEditor } from './scan-editor.ts';
import { type Counts, countsOf, type ScanContext, type ScanEmitted, type ScanPhase } from './scan-facts.ts';
import { type ScanGuard, scanGuards } from './scan-guards.ts';
import { ScanInstruments, type ScanInstrumentsOptions } from './scan-instruments.ts';
import { scanMachine } from './scan-machine.ts';
import type { ScanOptions } from './scan-options.ts';
import { ScanProgress } from './scan-progress.ts';
import type { ScanResult } from './scan-result.ts';
import { ScanWork } from './scan-work.ts';
import { timedAs } from './timed-phases.ts';

/** What a scan needs of the lab that it runs in. */
export interface ScanSurroundings extends Pick<ScanInstrumentsOptions, 'reconnect'> {
  readonly clock: Clock;
}

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
  /** How it ended, for those who watch it; never rejects. */
  readonly end: Promise<ScanEnd>;
  /** The machine, for those who want to inspect it. */
  readonly actor;

  readonly #clock: Clock;
  readonly #ledger: DeadTimeLedger;
  readonly #instruments: ScanInstruments;
  readonly #keeper: PointKeeper;
  readonly #work: ScanWork;
  readonly #editor: ScanEditor;
  /** What interferes with the scan by itself. */
  #guards: readonly ScanGuard[] = [];
  readonly #progress: ScanProgress;
  /** As the machine has told it; its snapshot still shows the one before while a phase begins. */
  #phase: ScanPhase = 'preparing';
  /** Of the phase under way: what a former one still does is not wanted any more. */
  #ticket = 0;

  constructor(options: ScanOptions, { clock, reconnect }: ScanSurroundings) {
    const { over, read, baseline = [], before = NOTHING_BEFORE } = options;
    this.#clock = clock;
    this.#ledger = new DeadTimeLedger(clock.now());
    const settings = settingsOf(options);
    const { waitUntil, suspendWhen } = settings;
    const modules = options.modules ?? modulesOf(options);
    const grabs = new OwnGrabs();
    const conditions = new ScanConditions({
      conditions: waitUntil,
      modules,
      actuators: over.actuators.map(({ actuator }) => actuator.name),
      clock,
      grabs,
      waits: (texts) => this.#await(texts),
    });
    this.#instruments = new ScanInstruments({
      over,
      read,
      baseline: new BaselineReader(baseline, clock, grabs),
      conditions,
      grabs,
      reconnect,
    });
    this.#keeper = new PointKeeper(clock, before.steps * (over.flight?.bins ?? 1));
    const note = this.#note.bind(this);
    const deadTime = () => this.#ledger.total(clock.now());
    const [instruments, keeper] = [this.#instruments, this.#keeper];
    this.#work = new ScanWork({ options, settings, clock, instruments, keeper, conditions, note, deadTime });
    this.#editor = new ScanEditor({
      plan: over,
      settings,
      modules,
      read,
      save: options.save,
      revisions: options.revisions ?? [],
      keeper,
      clock,
      isPaused: () => this.state === 'paused',
      changed: (revision) => this.#take(revision),
    });
    this.points$ = this.#keeper.points$;
    const done = this.pointsIn(countsOf({ step: before.steps, skipped: before.skipped }));
    this.#progress = new ScanProgress(options, clock, done, () => this.#work.measured);
    this.progress$ = this.#progress.progress$;
    this.actor = createActor(scanMachine, {
      clock: clock as never,
      input: {
        before,
        hasStep: (step) => this.#work.hasStep(step),
        isDropped: (step) => this.#work.isDropped(step),
        ...this.#editor.input,
        hasBaseline: baseline.length > 0,
        begin: (phase, now) => this.#begin(phase, now),
      },
    });
    this.#tell();
    this.end = new Promise<ScanEnd>((resolve) => {
      this.actor.on('ended', ({ type: _, ...end }) => resolve({ ...end, ...this.pointsIn(end) }));
      this.actor.subscribe({ complete: () => void this.#outlive().then((end) => end && resolve(end)) });
    });
    this.done = this.end.then((end) => {
      this.#progress.show('ended', end);
      this.#progress.complete();
      if (end.outcome === 'failed') throw end.error;
      return this.#result(end.outcome, end);
    });
    this.actor.start();
    this.#guards = scanGuards({
      read,
      suspenders: [...(options.suspend ?? []), ...suspendersOf(suspendWhen, modules)],
      onOvershoot: () => this.#editor.settings.onOvershoot,
      clock,
      state: () => this.state,
      send: (event) => this.actor.send(event),
      note,
    });
    for (const guard of this.#guards) guard.start();
  }

  /** What the scan is doing. */
  get state(): ScanPhase | 'ended' {
    const { status, value } = this.actor.getSnapshot();
    return status === 'active' ? (value as ScanPhase) : 'ended';
  }

  /** Of how many points a number of steps is, as its machine tells them: a line of a fly scan has many. */
  pointsIn(steps: Counts): Counts {
    return this.#work.pointsIn(steps);
  }

  /** What saving begins to wait for, e.g. room on the disk, and undefined once it goes on by itself. */
  get savingWaits$(): Observable<DaqtorError | undefined> {
    return this.#keeper.trouble$.pipe(skip(1), distinctUntilChanged());
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
    if (this.#isOver || !this.#can(command)) return refusalOf(command, this.state);
    if (this.#editor.isBusy) return 'it is being changed just now';
    if (command === 'edit') return undefined;
    if (this.state !== 'paused' || command === 'skipPoint') return undefined;
    const isReading = readingDue(this.actor.getSnapshot().context) !== undefined;
    const away = this.#instruments
      .away(isReading)
      .map(({ name, state }) =>
        state === 'connecting' ? `[${name}] is being connected` : `[${name}] is ${state}; connect it again first`,
      );
    return away.length > 0 ? away.join('; ') : undefined;
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

  /**
   * Changes a scan that is paused: points that are not measured yet are dropped, others are added behind them, settings of
   * the scan or of its modules become others. What was measured stays as it is. The change is in the file before it takes
   * effect.
   *
   * @returns what was changed, from which point on
   * @throws DaqtorError `module.state` if it is not paused; `scan.refused`, `lab.settings` with everything that is wrong
   *   with the change; `save.failed`; what a module refuses its settings with
   */
  async edit(change: ScanChangeInput): Promise<ScanRevision> {
    const problem = this.refusal('edit');
    if (problem !== undefined) throw new DaqtorError('module.state', { instrument: 'scan', problem });
    const { step, baseline } = this.actor.getSnapshot().context;
    return await this.#editor.edit(change, step, baseline.last === 'end');
  }

  /** The changes that were made to it, in their order. */
  get revisions(): readonly ScanRevision[] {
    return this.#editor.revisions;
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

  #can(command: ScanCommand): boolean {
    return this.actor
      .getSnapshot()
      .can(command === 'edit' ? { type: 'edit', ...this.#editor.input } : { type: command });
  }

  #take(revision: ScanRevision): void {
    const { atEpochMs: _, fromStep, ...change } = revision;
    this.#work.revise(this.#editor.settings, this.#editor.revisions, this.#editor.plan);
    this.#progress.follow(this.#editor.plan);
    this.#note('WARNING', `changed from step ${fromStep} on: ${shortened(JSON.stringify(change))}`);
    this.actor.send({ type: 'edit', ...this.#editor.input });
  }

  get #isOver(): boolean {
    return this.state === 'finishing' || this.state === 'ended';
  }

  #command(type: Exclude<ScanCommand, 'edit'>): void {
    const problem = this.refusal(type);
    if (problem !== undefined) throw new DaqtorError('module.state', { instrument: 'scan', problem });
    this.actor.send({ type });
  }

  #begin(name: ScanPhase, now: ScanContext): void {
    this.#ticket = now.ticket;
    this.#phase = name;
    this.#ledger.enter(timedAs[name], this.#clock.now());
    if (name === 'finishing') for (const guard of this.#guards) guard.stop();
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
      if (phase === 'returning') this.#work.troubles.push(error);
      this.actor.send({ type: 'failed', ticket, phase: this.#policyPhase(phase, now, error), error });
    }
  }

  /** Whose policies count for an error. */
  #policyPhase(phase: ScanPhase, { baseline }: ScanContext, { instrument }: DaqtorError): ScanPhase {
    if (phase === 'waiting') return this.#instruments.phaseOf(instrument);
    if (phase !== 'reading') return phase;
    return this.#work.handedOver === baseline.now ? 'saving' : 'grabbing';
  }

  #result(outcome: ScanResult['outcome'], { measured, skipped }: Counts): ScanResult {
    return {
      outcome,
      points: measured,
      skipped,
      file: this.file,
      group: this.#keeper.recording?.group,
      deadTime: this.#ledger.total(this.#clock.now()),
      troubles: this.#work.troubles,
    };
  }

  /**
   * A machine that was ended by others must not leave motors moving and the file open. An end that was under way goes on.
   *
   * @returns how it ended; undefined if its machine has told that itself
   */
  async #outlive(): Promise<ScanEnd | undefined> {
    const { status, value, context } = this.actor.getSnapshot();
    if (status === 'done') return undefined;
    const problem = 'its actor was ended from outside';
    const killed = new DaqtorError('scan.failed', { instrument: 'scan', problem });
    const end = value === 'finishing' ? context : { ...context, outcome: 'failed' as const, error: killed };
    for (const guard of this.#guards) guard.stop();
    this.#work.interrupt();
    this.#ticket = -1;
    this.#note('ERROR', killed.message);
    const error = await this.#work.finish(end).catch((cause: unknown) => DaqtorError.of(cause, 'scan', 'finishing'));
    const counts = this.pointsIn(countsOf(end));
    if (error) return { ...counts, outcome: 'failed', error: end.error ?? error };
    return { ...counts, outcome: end.outcome, error: end.error };
  }

  /** While something has to come into its band; the time for it is no settling. */
  #await(waitsFor: readonly string[]): void {
    if (waitsFor.length > 0) this.#ledger.enter('conditions', this.#clock.now());
    if ((waitsFor.length === 0 && !this.#progress.waits) || this.state === 'ended') return;
    this.#progress.show(this.#phase, this.pointsIn(countsOf(this.actor.getSnapshot().context)), { waitsFor });
  }

  /** Shows and notes what happens. */
  #tell(): void {
    const { actor } = this;
    this.savingWaits$.subscribe((error) => {
      this.#note(error ? 'ERROR' : 'INFO', error ? `saving waits: ${error.message}` : 'saving goes on');
      const counts = this.pointsIn(countsOf(actor.getSnapshot().context));
      if (this.state !== 'ended') this.#progress.show(this.state, counts, { trouble: error });
    });
    actor.on('pointSaved', (steps) => this.#progress.show('saving', this.pointsIn(steps)));
    actor.on('pointSkipped', ({ error, status, ...steps }) => {
      // That points are dropped was said when the scan was changed.
      if (status !== 'dropped') this.#note('WARNING', `a point was skipped${error ? `: ${error.message}` : ''}`);
      this.#progress.show('skipping', this.pointsIn(steps));
    });
    actor.on('retrying', ({ attempt, inMs }) => this.#note('WARNING', `attempt ${attempt + 1} begins in ${inMs} ms`));
    actor.on('paused', ({ error, ...steps }) => {
      this.#note('WARNING', error ? `paused: ${error.message}` : 'paused');
      this.#progress.show('paused', this.pointsIn(steps), { trouble: error });
    });
    actor.on('held', ({ by, ...steps }) => this.#progress.show('held', this.pointsIn(steps), { heldBy: by }));
    actor.on('lifted', (steps) => this.#progress.show('moving', this.pointsIn(steps)));
    actor.on('resumed', (steps) => {
      this.#note('INFO', 'resumed');
      this.#progress.show('moving', this.pointsIn(steps));
    });
  }

  #note(level: LogLine['level'], text: string): void {
    this.#keeper.log({ atEpochMs: this.#clock.epochMs(), source: 'DAQ_Scan', level, text });
  }
}

/** A change may be a long list; the file has it whole. */
const shortened = (text: string): string => (text.length > 2000 ? `${text.slice(0, 2000)}…` : text);

/** How a scan ended. */
export type ScanEnd = Omit<Extract<ScanEmitted, { type: 'ended' }>, 'type'>;
