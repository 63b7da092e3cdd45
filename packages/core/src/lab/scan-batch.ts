import { type Observable, Subject } from 'rxjs';
import type { DaqScan } from '../actors/daq-scan.ts';
import type { ScanResult } from '../actors/scan-result.ts';
import type { ScanRecorder } from '../contracts/scan-recorder.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { ScanFile } from '../scan/scan-file.ts';
import type { LabCore } from './lab-core.ts';
import type { LabScanOptions } from './lab-options.ts';

/** One of several scans: what `bench.scan` takes, with a name for people. */
export interface BatchScan extends LabScanOptions {
  readonly name?: string;
}

export interface BatchOptions {
  /** Where those are kept that do not say so themselves, e.g. `dataset('./data')`: all in one file. */
  readonly save?: ScanRecorder;
  /** What becomes of the others when a scan fails: `stop` begins no more of them (default), `goOn` does. */
  readonly whenOneFails?: 'stop' | 'goOn';
}

/** What became of one of the scans. */
export interface BatchEntry {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'completed' | 'stopped' | 'failed';
  /** Of one that was completed or stopped. */
  readonly result?: ScanResult;
  /** Of one that failed. */
  readonly error?: DaqtorError;
}

export interface BatchResult {
  /** `stopped`: somebody stopped a scan, and those after it were not begun. */
  readonly outcome: 'completed' | 'stopped';
  readonly entries: readonly BatchEntry[];
}

/** A scan of a batch that has just begun. */
export interface BatchRun {
  readonly index: number;
  readonly name: string;
  readonly run: DaqScan;
}

/**
 * Begins scans one after the other. Before the first one moves anything, all are looked at. An error ends a scan, unless
 * its `onError` says otherwise.
 *
 * @example
 * const { entries } = await batch(bench, [{ name: 'map', over, read }, { name: 'line', over: fly(bench.x, 0, 1, 50), read }], {
 *   save: dataset('./data'),
 * }).done;
 */
export function batch(lab: LabCore, scans: readonly BatchScan[], options: BatchOptions = {}): ScanBatch {
  return new ScanBatch(lab, scans, options);
}

/**
 * The scans of a file, for the instruments of a lab.
 *
 * @throws DaqtorError `lab.settings` if a module that is read is not in the lab
 */
export function scansOf({ scans }: Pick<ScanFile, 'scans'>, lab: LabCore): BatchScan[] {
  return scans.map(({ read, baseline, ...scan }) => {
    const modules = { read: read.map((name) => lab.getViewer(name)) };
    return {
      ...scan,
      ...modules,
      ...(baseline && { baseline: baseline.map((name) => lab.getModule(name)) }),
    } as BatchScan;
  });
}

/** Nobody stands by to resume a scan of a batch: an error ends it, unless it has a policy of its own. */
function completed(scan: BatchScan, { save }: BatchOptions): BatchScan {
  return { onError: 'abort', ...scan, ...(save && !scan.save && { save }) };
}

/** A batch under way: it began when it was made. */
export class ScanBatch {
  /** Each scan as it begins. */
  readonly runs$: Observable<BatchRun>;
  /**
   * Resolves when the last scan has ended.
   *
   * @throws DaqtorError `scan.refused` with the reasons against each scan, before anything has moved; `scan.failed` if
   *   scans have failed: the others are in `entries` all the same
   */
  readonly done: Promise<BatchResult>;
  readonly #lab: LabCore;
  readonly #scans: readonly BatchScan[];
  readonly #options: BatchOptions;
  readonly #runs = new Subject<BatchRun>();
  readonly #entries: BatchEntry[];
  #current: DaqScan | undefined;
  #isStopped = false;

  constructor(lab: LabCore, scans: readonly BatchScan[], options: BatchOptions) {
    this.#lab = lab;
    this.#scans = scans.map((scan) => completed(scan, options));
    this.#options = options;
    this.#entries = scans.map(({ name }, i) => ({ name: name ?? `scan ${i + 1}`, state: 'waiting' }));
    this.runs$ = this.#runs.asObservable();
    this.done = this.#run();
  }

  /** How the scans stand, in their order. */
  get entries(): readonly BatchEntry[] {
    return [...this.#entries];
  }

  /** The scan under way. */
  get current(): DaqScan | undefined {
    return this.#current;
  }

  /** Ends the scan under way after its current point, and begins no other. */
  stop(): void {
    this.#isStopped = true;
    if (this.#current?.state !== 'ended') this.#current?.stop();
  }

  /** Ends the scan under way now, and begins no other. */
  abort(): void {
    this.#isStopped = true;
    if (this.#current?.state !== 'ended') this.#current?.abort();
  }

  async #run(): Promise<BatchResult> {
    try {
      await this.#look();
      for (const [index, scan] of this.#scans.entries()) {
        if (this.#isStopped) break;
        const { state } = await this.#one(index, scan);
        if (state === 'stopped' || (state === 'failed' && this.#options.whenOneFails !== 'goOn')) break;
      }
    } finally {
      this.#runs.complete();
    }
    this.#throwFailures();
    const isComplete = this.#entries.every(({ state }) => state === 'completed');
    return { outcome: isComplete ? 'completed' : 'stopped', entries: this.entries };
  }

  async #look(): Promise<void> {
    const reports = await Promise.all(this.#scans.map((scan) => this.#lab.dryRun(scan)));
    const reasons = reports.flatMap((report, i) =>
      report.reasons.map((reason) => `${this.#entries[i]?.name}: ${reason}`),
    );
    if (reasons.length === 0) return;
    throw new DaqtorError('scan.refused', {
      problem: `the batch cannot run: ${reasons.join('; ')}`,
      advice: 'Nothing has moved',
    });
  }

  async #one(index: number, scan: BatchScan): Promise<BatchEntry> {
    const { name } = this.#entries[index] as BatchEntry;
    this.#entries[index] = { name, state: 'running' };
    this.#entries[index] = await this.#outcomeOf(index, name, scan);
    this.#current = undefined;
    return this.#entries[index];
  }

  async #outcomeOf(index: number, name: string, scan: BatchScan): Promise<BatchEntry> {
    try {
      const run = this.#lab.scan(scan);
      this.#current = run;
      this.#runs.next({ index, name, run });
      const result = await run.done;
      return { name, state: result.outcome, result };
    } catch (cause) {
      const error = DaqtorError.is(cause) ? cause : DaqtorError.of(cause, 'batch', `beginning ${name}`);
      return { name, state: 'failed', error };
    }
  }

  #throwFailures(): void {
    const failed = this.#entries.filter(({ state }) => state === 'failed');
    const [first] = failed;
    if (!first) return;
    const waiting = this.#entries.filter(({ state }) => state === 'waiting').length;
    throw new DaqtorError('scan.failed', {
      problem:
        `${failed.length} of ${this.#entries.length} scans failed: ` +
        failed.map(({ name, error }) => `${name}: ${error?.message}`).join('; '),
      advice: waiting > 0 ? `${waiting} were not begun; whenOneFails: 'goOn' would have begun them` : undefined,
      cause: first.error,
    });
  }
}
