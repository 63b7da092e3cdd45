import { type Observable, Subject } from 'rxjs';
import { DaqLogger, type LoggerOptions } from '../actors/daq-logger.ts';
import type { DaqMove } from '../actors/daq-move.ts';
import { DaqScan } from '../actors/daq-scan.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import { parseSettings } from '../contracts/parse-settings.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { planOf, type ScanPlan } from '../scan/plan.ts';
import { type PreflightReport, preflightReport } from '../scan/preflight.ts';
import { pointsAdded } from '../scan/scan-revision.ts';
import type { Clock } from '../time/clock.ts';
import { realClock } from '../time/real-clock.ts';
import { checkScanOptions } from './check-scan-options.ts';
import { type ConnectReport, connectAll } from './connect-report.ts';
import { followScan } from './follow-scan.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { type LabEvent, type LabFact, logLineOf } from './lab-event.ts';
import {
  buildModules,
  findModule,
  type Module,
  type Modules,
  reservedName,
  stopMotors,
  withPosition,
} from './lab-modules.ts';
import type { LabOptions, LabScanOptions, LabSpecs } from './lab-options.ts';
import { infoOf, type ModuleInfo } from './module-info.ts';
import { reconnectPolicy } from './reconnect-policy.ts';
import { SharedResources } from './shared-resources.ts';
import { Supervisor } from './supervisor.ts';

/** Whether the lab itself uses a name, so that no instrument can have it. */
export function isReserved(name: string): boolean {
  return name in new LabCore({});
}

/** What every lab has, whatever its instruments. */
export class LabCore implements AsyncDisposable {
  readonly clock: Clock;
  readonly modules: Modules;
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
    for (const name of Object.keys(specs)) if (name in this) throw reservedName(name);
    this.clock = clock;
    this.#options = options;
    this.events$ = this.#events.asObservable();
    if (onEvent) this.#events.subscribe(onEvent);
    this.modules = buildModules(specs, clock);
    for (const module of Object.values(this.modules)) this.#follow(module);
  }

  get whenMissing(): 'fail' | 'goOn' {
    return this.#options.whenMissing ?? 'fail';
  }

  /** Which modules there are, and how they stand now. */
  describe(): readonly ModuleInfo[] {
    return Object.values(this.modules).map(infoOf);
  }

  /** What may be set in a module, as JSON Schema. */
  settingsSchema(name: string): Readonly<Record<string, unknown>> {
    return jsonSchemaOf(this.getModule(name).spec.schema);
  }

  /** @throws DaqtorError `lab.settings` if there is no module of this name */
  getModule(name: string): Module {
    return findModule(this.modules, name);
  }

  /** @throws DaqtorError `lab.settings` if there is no actuator of this name */
  getMove(name: string): DaqMove {
    return findModule(this.modules, name, 'actuator');
  }

  /** @throws DaqtorError `lab.settings` if there is no detector of this name */
  getViewer(name: string): DaqViewer {
    return findModule(this.modules, name, 'detector');
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
   * @throws DaqtorError `scan.refused` while another scan is under way; `lab.settings` for options that nobody knows
   */
  scan(options: LabScanOptions): DaqScan {
    checkScanOptions(options, Object.keys(this.modules));
    if (this.#scan && this.#scan.state !== 'ended') {
      throw new DaqtorError('scan.refused', {
        problem: 'another scan is under way',
        advice: 'Await its `done` first, or stop it',
      });
    }
    const scan = new DaqScan(
      { modules: this.modules, ...options, over: this.#plan(options) },
      { clock: this.clock, reconnect: (module) => this.#connect(module) },
    );
    this.#scan = scan;
    followScan(
      scan,
      (fact) => this.tell('scan', fact),
      () => !this.#events.observed,
    );
    return scan;
  }

  /**
   * Says what a scan would do: why it would be refused, how far it goes, how long it takes, how much it writes. Moves
   * nothing and opens no file.
   *
   * @throws DaqtorError `scan.refused` only for a scan that makes no sense in any lab; `lab.settings` for options that
   *   nobody knows
   */
  async dryRun(options: LabScanOptions): Promise<PreflightReport> {
    checkScanOptions(options, Object.keys(this.modules));
    return await preflightReport({
      modules: this.modules,
      ...options,
      over: this.#plan(options),
    });
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
    const stopping = stopMotors(Object.values(this.modules));
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

  #plan({ over, base, revisions }: LabScanOptions): ScanPlan {
    return planOf(over, this.modules, base, pointsAdded(revisions));
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
}
