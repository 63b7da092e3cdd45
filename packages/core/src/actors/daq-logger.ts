import type { LogRecording, LogSink } from '../contracts/log-sink.ts';
import type { LogLine } from '../contracts/scan-recorder.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { LateLines } from '../streams/late-lines.ts';
import type { Clock } from '../time/clock.ts';
import type { DaqMove } from './daq-move.ts';
import type { DaqViewer } from './daq-viewer.ts';
import { LoggedActuator, LoggedDetector } from './logged-module.ts';
import { atPace } from './pace.ts';

export interface LoggerOptions {
  /** What is logged, each at its own pace. */
  readonly modules: readonly { readonly module: DaqMove | DaqViewer; readonly everyMs: number }[];
  /** Where it goes, e.g. `logFile('./data')`. */
  readonly to: LogSink;
  /** After how long a new file is begun; left out, all goes into one. */
  readonly rotateEveryMs?: number;
}

/** What a logger tells. */
export type LoggerFact =
  | { readonly type: 'logBegan' | 'logEnded'; readonly place: string }
  /** Values of one module that are durable now. */
  | { readonly type: 'saved'; readonly module: string; readonly values: number }
  | { readonly type: 'logFailed'; readonly error: DaqtorError };

/**
 * Logs any set of modules together until it is stopped. A module that faults leaves a gap, and is logged again once it
 * is connected; the others do not notice.
 */
export class DaqLogger {
  readonly #sink: LogSink;
  readonly #clock: Clock;
  readonly #tell: (fact: LoggerFact) => void;
  readonly #detectors: readonly LoggedDetector[];
  readonly #actuators: readonly LoggedActuator[];
  readonly #stop = new AbortController();
  readonly #counts = new Map<string, number>();
  readonly #untold = new Map<string, number>();
  #lines = new LateLines<LogLine>();
  #recording: LogRecording | undefined;
  /** Beginnings and ends of recordings, one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;

  constructor({ modules, to, rotateEveryMs }: LoggerOptions, clock: Clock, tell: (fact: LoggerFact) => void) {
    for (const [name, everyMs] of [
      ...modules.map(({ module, everyMs }) => [module.name, everyMs] as const),
      ['rotateEveryMs', rotateEveryMs ?? 1] as const,
    ]) {
      if (everyMs > 0) continue;
      throw new DaqtorError('lab.settings', { problem: `'${name}' cannot be logged every ${everyMs} ms` });
    }
    this.#sink = to;
    this.#clock = clock;
    this.#tell = tell;
    const { signal } = this.#stop;
    // An actuator may refuse to be logged: detectors, which begin to grab at once, come after.
    const isMove = (module: DaqMove | DaqViewer) => module.role === 'actuator';
    this.#actuators = modules
      .filter(({ module }) => isMove(module))
      .map(({ module, everyMs }) => new LoggedActuator(module as DaqMove, everyMs, clock));
    this.#detectors = modules
      .filter(({ module }) => !isMove(module))
      .map(({ module, everyMs }) => new LoggedDetector(module as DaqViewer, everyMs, clock, signal));
    if (rotateEveryMs !== undefined) void this.#rotateAtPace(rotateEveryMs, signal);
  }

  /** Where it goes; undefined while nothing is open. */
  get file(): string | undefined {
    return this.#recording?.file;
  }

  get isOver(): boolean {
    return this.#stop.signal.aborted;
  }

  /** How many values of a module are durable, in all files of this log. */
  saved(module: string): number {
    return this.#counts.get(module) ?? 0;
  }

  /** Puts a line into the log. */
  log(line: LogLine): void {
    this.#lines.add(line);
  }

  /**
   * Begins to write.
   *
   * @throws DaqtorError `save.failed` if there is no place; nothing is logged then
   */
  async start(): Promise<void> {
    try {
      await this.#inTurn(() => this.#begin());
    } catch (error) {
      this.#stop.abort();
      await this.#endModules();
      throw error;
    }
  }

  /**
   * Ends this file and begins another. Nothing that comes meanwhile is lost.
   *
   * @throws DaqtorError `save.failed`
   */
  async rotate(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#stop.signal.aborted) return;
      await this.#begin();
    });
  }

  /**
   * Writes what still waits and closes the file. A second call joins the first.
   *
   * @throws DaqtorError `save.failed` if that cannot be written
   */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#stopping ??= this.#inTurn(async () => {
      await this.#endModules();
      this.#lines.end();
      await this.#end();
    });
    await this.#stopping;
  }

  async #begin(): Promise<void> {
    const lines = new LateLines<LogLine>();
    const before = this.#lines;
    const streams = {
      detectors: this.#detectors.map((detector) => detector.next()),
      actuators: this.#actuators.map((actuator) => actuator.next()),
      log$: lines.lines$,
    };
    this.#lines = lines;
    before.end();
    await this.#end().catch((cause: unknown) => this.#tellFailure(cause));
    try {
      this.#recording = await this.#sink.begin(streams, this.#clock);
    } catch (error) {
      // A queue that nobody empties would hold its module back in the end.
      for (const logged of this.#all) logged.drop();
      throw error;
    }
    const recording = this.#recording;
    recording.saved$.subscribe({
      next: ({ module }) => this.#count(module),
      error: (cause: unknown) => this.#dropFailed(this.#tellFailure(cause)),
    });
    this.#tell({ type: 'logBegan', place: recording.file });
  }

  /** Counts a value, and tells of all that became durable at once when the last of them is counted. */
  #count(module: string): void {
    this.#counts.set(module, this.saved(module) + 1);
    if (this.#untold.size === 0) queueMicrotask(() => this.#tellSaved());
    this.#untold.set(module, (this.#untold.get(module) ?? 0) + 1);
  }

  #tellSaved(): void {
    const saved = [...this.#untold];
    this.#untold.clear();
    for (const [module, values] of saved) this.#tell({ type: 'saved', module, values });
  }

  async #end(): Promise<void> {
    const recording = this.#recording;
    if (!recording) return;
    this.#recording = undefined;
    await recording.end('completed');
    this.#tell({ type: 'logEnded', place: recording.file });
  }

  async #endModules(): Promise<void> {
    await Promise.all(this.#all.map((logged) => logged.end()));
  }

  get #all() {
    return [...this.#detectors, ...this.#actuators];
  }

  #tellFailure(cause: unknown): DaqtorError {
    const error = DaqtorError.of(cause, 'log', 'logging');
    this.#tell({ type: 'logFailed', error });
    return error;
  }

  /** What cannot be saved any more must not hold its module back; the next file takes it again. */
  #dropFailed({ instrument }: DaqtorError): void {
    const one = this.#all.filter(({ module }) => module.name === instrument);
    for (const logged of one.length > 0 ? one : this.#all) logged.drop();
  }

  async #rotateAtPace(everyMs: number, signal: AbortSignal): Promise<void> {
    let isFirst = true;
    const rotate = async () => {
      if (!isFirst) await this.rotate();
      isFirst = false;
    };
    await atPace(everyMs, () => rotate().catch((cause: unknown) => this.#tellFailure(cause)), this.#clock, signal);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}
