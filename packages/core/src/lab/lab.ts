import { type Observable, Subject } from 'rxjs';
import { DaqLogger, type LoggerOptions } from '../actors/daq-logger.ts';
import { DaqMove } from '../actors/daq-move.ts';
import { DaqScan } from '../actors/daq-scan.ts';
import { DaqViewer } from '../actors/daq-viewer.ts';
import type { ScanOptions } from '../actors/scan-options.ts';
import type { ActuatorSpec } from '../contracts/define-actuator.ts';
import type { DetectorSpec } from '../contracts/define-detector.ts';
import { parseSettings } from '../contracts/parse-settings.ts';
import type { TraceLine } from '../contracts/wire.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { type Base, planOf } from '../scan/plan.ts';
import { type PreflightReport, preflightReport } from '../scan/preflight.ts';
import type { Scan } from '../scan/scan.ts';
import type { ScanValue } from '../scan/scan-value.ts';
import type { Clock } from '../time/clock.ts';
import { realClock } from '../time/real-clock.ts';
import { type ConnectReport, connectAll, connectError } from './connect-report.ts';
import { type LabEvent, type LabFact, logLineOf, pausedText } from './lab-event.ts';
import { infoOf, type ModuleInfo } from './module-info.ts';
import { type ReconnectInput, reconnectPolicy } from './reconnect-policy.ts';
import { SharedResources } from './shared-resources.ts';
import { Supervisor } from './supervisor.ts';

/** Instruments by the names that reach plots, errors and files. */
export type LabSpecs = Readonly<Record<string, ActuatorSpec | DetectorSpec>>;

export interface LabOptions {
  /** Default: real time. */
  readonly clock?: Clock;
  /** Receives a line for all that goes over a wire. */
  readonly trace?: (line: TraceLine) => void;
  /** Told of all that happens, from connecting on. */
  readonly onEvent?: (event: LabEvent) => void;
  /**
   * What to do about instruments that do not answer when the lab is built: `fail` lets go of all of them, `goOn` leaves
   * these faulted and works with the others. Default: `fail`.
   */
  readonly whenMissing?: 'fail' | 'goOn';
  /** How instruments whose link is lost are connected again; left out, they are not. */
  readonly reconnect?: ReconnectInput;
  /** What holds instead of `reconnect` for some instruments, by name; `false`: not connected again. */
  readonly reconnectEach?: Readonly<Record<string, ReconnectInput | false>>;
}

/** A scan for a lab: what `DaqScan` takes, with a scan that names its actuators. */
export interface LabScanOptions extends Omit<ScanOptions, 'over'> {
  /** Where to go, e.g. `grid(linspace(y, -1, 1, 21, 'mm'), linspace(x, -1, 1, 21, 'mm')).snake()`, or the same as JSON. */
  readonly over: Scan | ScanValue;
  /** What a relative scan counts from, where it is not where the actuators are now: of a scan that is resumed. */
  readonly base?: Base;
}

/** A lab whose instruments are its properties: `bench.x` is a DaqMove, `bench.power` a DaqViewer. */
export type Lab<Specs extends LabSpecs> = LabCore & {
  readonly [Name in keyof Specs]: Specs[Name] extends ActuatorSpec<infer Input>
    ? DaqMove<Input>
    : Specs[Name] extends DetectorSpec<infer Input>
      ? DaqViewer<Input>
      : never;
};

type Module = DaqMove | DaqViewer;

/**
 * Connects to all instruments at once.
 *
 * @param specs - name → instrument, e.g. `{ x: esp301({ port: 'serial:/dev/ttyUSB0', axis: 1 }) }`
 * @returns the lab; `await using` closes it at the end of its block
 * @throws DaqtorError why instruments did not answer, all of them; those that did are closed again, unless
 *   `whenMissing` says to go on without
 */
export async function lab<Specs extends LabSpecs>(specs: Specs, options: LabOptions = {}): Promise<Lab<Specs>> {
  const core = await startLab(new LabCore(specs, options));
  return Object.assign(core, core.modules) as LabCore as Lab<Specs>;
}

/** Connects a lab; see `lab`. */
export async function startLab(core: LabCore): Promise<LabCore> {
  const error = connectError(await core.connect());
  if (!error || core.whenMissing === 'goOn') return core;
  await core.close();
  throw error;
}

/** What every lab has, whatever its instruments. */
export class LabCore implements AsyncDisposable {
  readonly clock: Clock;
  readonly modules: Readonly<Record<string, Module>>;
  /** All that happens, in order. */
  readonly events$: Observable<LabEvent>;
  readonly #events = new Subject<LabEvent>();
  readonly #options: LabOptions;
  readonly #shared = new SharedResources();
  readonly #supervisors = new Map<string, Supervisor>();
  #seq = 0;
  #scan: DaqScan | undefined;
  readonly #loggers = new Set<DaqLogger>();
  #report: readonly ConnectReport[] = [];
  #closing: Promise<readonly DaqtorError[]> | undefined;

  constructor(specs: LabSpecs, options: LabOptions = {}) {
    const { clock = realClock, onEvent } = options;
    for (const name of Object.keys(specs)) if (name in this) throw reserved(name);
    this.clock = clock;
    this.#options = options;
    this.events$ = this.#events.asObservable();
    if (onEvent) this.#events.subscribe(onEvent);
    this.modules = Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [
        name,
        spec.role === 'actuator' ? new DaqMove(name, spec, clock) : new DaqViewer(name, spec, clock),
      ]),
    );
    for (const module of Object.values(this.modules)) this.#follow(module);
  }

  get whenMissing(): 'fail' | 'goOn' {
    return this.#options.whenMissing ?? 'fail';
  }

  /** Which modules there are, and how they stand now. */
  describe(): readonly ModuleInfo[] {
    return Object.values(this.modules).map(infoOf);
  }

  /** @throws DaqtorError `lab.settings` if there is no actuator of this name */
  getMove(name: string): DaqMove {
    const module = this.modules[name];
    if (module?.role === 'actuator') return module;
    throw this.#noSuch('actuator', name);
  }

  /** @throws DaqtorError `lab.settings` if there is no detector of this name */
  getViewer(name: string): DaqViewer {
    const module = this.modules[name];
    if (module?.role === 'detector') return module;
    throw this.#noSuch('detector', name);
  }

  #noSuch(role: Module['role'], name: string): DaqtorError {
    const names = Object.values(this.modules).filter((module) => module.role === role);
    return new DaqtorError('lab.settings', {
      problem: `there is no ${role} '${name}' in this lab`,
      advice: names.length > 0 ? `There are ${names.map((module) => module.name).join(', ')}` : `There is no ${role}`,
    });
  }

  /** What became of connecting, one line per module, in the order of the lab. */
  get connectReport(): readonly ConnectReport[] {
    return this.#report;
  }

  /** Connects, all at once, those that are not. Never rejects: the report says what became of each. */
  async connect(): Promise<readonly ConnectReport[]> {
    for (const supervisor of this.#supervisors.values()) supervisor.begin();
    const away = Object.values(this.modules).filter(({ state }) => state === 'offline' || state === 'faulted');
    this.#report = await connectAll(away, (module) => this.#connect(module), this.clock);
    return this.#report;
  }

  /**
   * Begins a scan. One at a time.
   *
   * @throws DaqtorError `scan.refused` while another scan is under way
   */
  scan(options: LabScanOptions): DaqScan {
    if (this.#scan && this.#scan.state !== 'ended') {
      throw new DaqtorError('scan.refused', {
        problem: 'another scan is under way',
        advice: 'Await its `done` first, or stop it',
      });
    }
    const scan = new DaqScan(
      { ...options, over: planOf(options.over, this.modules, options.base) },
      { clock: this.clock, reconnect: (module) => this.#connect(module) },
    );
    this.#scan = scan;
    this.#followScan(scan);
    return scan;
  }

  /**
   * Says what a scan would do: why it would be refused, how far it goes, how long it takes, how much it writes. Moves
   * nothing and opens no file.
   *
   * @throws DaqtorError `scan.refused` only for a scan that makes no sense in any lab
   */
  async dryRun(options: LabScanOptions): Promise<PreflightReport> {
    return await preflightReport({ ...options, over: planOf(options.over, this.modules, options.base) });
  }

  /**
   * Begins to log modules, each at its own pace, with all that happens in the lab as log lines.
   *
   * @returns the logger; closing the lab stops it
   * @throws DaqtorError `save.failed`, `lab.settings`; `module.state` for an actuator that was never connected
   */
  async log(options: LoggerOptions): Promise<DaqLogger> {
    const logger = new DaqLogger(options, this.clock, (fact) => {
      this.tell('log', fact);
      if (fact.type === 'logEnded' && logger.isOver) this.#loggers.delete(logger);
    });
    await logger.start();
    this.#loggers.add(logger);
    return logger;
  }

  /**
   * Aborts a scan that is under way, stops motors, all at once, and logs, then lets go of every instrument, the last one first.
   * A second call joins the first.
   *
   * @returns what could not be closed cleanly, e.g. a motor that could not be told to stop
   */
  async close(): Promise<readonly DaqtorError[]> {
    this.#closing ??= this.#close().finally(() => {
      this.#closing = undefined;
    });
    return await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Puts a fact of a scan or a log into the stream of events. */
  tell(source: string, fact: LabFact): void {
    const event: LabEvent = { ...fact, seq: this.#seq++, atEpochMs: this.clock.epochMs(), source };
    this.#events.next(event);
    if (!this.#scan && this.#loggers.size === 0) return;
    const line = logLineOf(event);
    if (!line) return;
    for (const logger of this.#loggers) logger.log(line);
    if (source !== 'scan') this.#scan?.log(line);
  }

  async #close(): Promise<readonly DaqtorError[]> {
    for (const supervisor of this.#supervisors.values()) supervisor.end();
    const stopping = this.#stopMotors();
    if (this.#scan && this.#scan.state !== 'ended') {
      this.#scan.abort();
      // Whoever awaits the scan learns how it ended; here it only has to be over.
      await this.#scan.done.catch(() => undefined);
    }
    const errors = [...(await stopping)];
    for (const logger of this.#loggers) {
      await logger.stop().catch((cause: unknown) => errors.push(DaqtorError.of(cause, 'log', 'ending the log')));
    }
    this.#loggers.clear();
    for (const module of Object.values(this.modules).reverse()) {
      const error = await module.close();
      if (error) errors.push(error);
    }
    return errors;
  }

  /** Brings to rest what moves. An axis whose link is in doubt is told to stop as it is let go, so that goes first too. */
  async #stopMotors(): Promise<readonly DaqtorError[]> {
    const ends = Object.values(this.modules).map(async (module) => {
      if (module.role === 'detector') return undefined;
      if (module.state === 'faulted') return await module.close();
      if (module.state !== 'moving' && module.state !== 'homing') return undefined;
      return await module.stop().then(
        () => undefined,
        (error: DaqtorError) => error,
      );
    });
    return (await Promise.all(ends)).filter((error) => error !== undefined);
  }

  #connect(module: Module): Promise<void> {
    return module.connect({ share: this.#shared.share.bind(this.#shared), trace: this.#options.trace });
  }

  /** Passes on what a module tells, to whoever listens, to its supervisor, and into the log of the scan under way. */
  #follow(module: Module): void {
    const { name } = module;
    const tell = (fact: LabFact) => this.tell(name, fact);
    const supervisor = this.#supervise(module, tell);
    const hear = (fact: LabFact) => {
      tell(withPosition(fact, module));
      if (fact.type === 'faulted') supervisor?.faulted(fact.error);
      if (fact.type === 'connected') supervisor?.connected();
    };
    if (module.role === 'actuator') module.actor.on('*', hear);
    else module.actor.on('*', hear);
  }

  #supervise(module: Module, tell: (fact: LabFact) => void): Supervisor | undefined {
    const { reconnect, reconnectEach = {} } = this.#options;
    const input = Object.hasOwn(reconnectEach, module.name) ? reconnectEach[module.name] : reconnect;
    if (!input) return undefined;
    const policy = parseSettings('reconnect', reconnectPolicy, input);
    const connect = () => this.#connect(module);
    const supervisor = new Supervisor({ module, policy, clock: this.clock, connect, tell });
    this.#supervisors.set(module.name, supervisor);
    return supervisor;
  }

  #followScan(scan: DaqScan): void {
    scan.actor.on('pointSaved', ({ measured }) => this.tell('scan', { type: 'pointSaved', measured }));
    scan.actor.on('pointSkipped', ({ skipped, error }) => this.tell('scan', { type: 'pointSkipped', skipped, error }));
    scan.actor.on('retrying', ({ attempt, inMs, error }) =>
      this.tell('scan', { type: 'scanRetries', attempt, inMs, error }),
    );
    scan.actor.on('paused', ({ error }) => {
      // A pause that nobody hears of would look like a scan that hangs.
      if (error && !this.#events.observed) console.warn(pausedText(error));
      this.tell('scan', { type: 'scanPaused', error });
    });
    scan.actor.on('resumed', () => this.tell('scan', { type: 'scanResumed' }));
    scan.actor.on('ended', ({ outcome, measured, error }) =>
      this.tell('scan', { type: 'scanEnded', outcome, measured, error }),
    );
  }
}

function reserved(name: string): DaqtorError {
  return new DaqtorError('lab.settings', {
    problem: `an instrument cannot be called '${name}': the lab itself uses that name`,
    advice: 'Choose another name',
  });
}

/** A motion's end with the position that was read back. */
function withPosition(fact: LabFact, module: Module): LabFact {
  if (module.role === 'detector' || (fact.type !== 'arrived' && fact.type !== 'stopped')) return fact;
  return { ...fact, position: module.position, units: module.units };
}
