import { type Observable, Subject } from 'rxjs';
import { DaqMove } from '../actors/daq-move.ts';
import { DaqScan, type ScanOptions } from '../actors/daq-scan.ts';
import { DaqViewer } from '../actors/daq-viewer.ts';
import type { ActuatorSpec } from '../contracts/define-actuator.ts';
import type { DetectorSpec } from '../contracts/define-detector.ts';
import type { TraceLine } from '../contracts/wire.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock } from '../time/clock.ts';
import { realClock } from '../time/real-clock.ts';
import { type LabEvent, logLineOf } from './lab-event.ts';
import { SharedResources } from './shared-resources.ts';

/** Instruments by the names that reach plots, errors and files. */
export type LabSpecs = Readonly<Record<string, ActuatorSpec | DetectorSpec>>;

export interface LabOptions {
  /** Default: real time. */
  readonly clock?: Clock;
  /** Receives a line for all that goes over a wire. */
  readonly trace?: (line: TraceLine) => void;
}

/** A lab whose instruments are its properties: `bench.x` is a DaqMove, `bench.power` a DaqViewer. */
export type Lab<Specs extends LabSpecs> = LabCore & {
  readonly [Name in keyof Specs]: Specs[Name] extends ActuatorSpec ? DaqMove : DaqViewer;
};

/**
 * Connects to all instruments at once.
 *
 * @param specs - name → instrument, e.g. `{ x: esp301({ port: 'serial:/dev/ttyUSB0', axis: 1 }) }`
 * @returns the lab; `await using` closes it at the end of its block
 * @throws DaqtorError why instruments did not answer, all of them; those that did are closed again
 */
export async function lab<Specs extends LabSpecs>(specs: Specs, options: LabOptions = {}): Promise<Lab<Specs>> {
  const core = new LabCore(specs, options.clock ?? realClock);
  for (const name of Object.keys(specs)) {
    if (name in core) {
      throw new DaqtorError('lab.settings', {
        problem: `an instrument cannot be called '${name}': the lab itself uses that name`,
        advice: 'Choose another name',
      });
    }
  }
  await core.connect(options.trace);
  return Object.assign(core, core.modules) as LabCore as Lab<Specs>;
}

/** What every lab has, whatever its instruments. */
export class LabCore implements AsyncDisposable {
  readonly clock: Clock;
  readonly modules: Readonly<Record<string, DaqMove | DaqViewer>>;
  readonly #events = new Subject<LabEvent>();
  /** All that happens to the modules, in order. */
  readonly events$: Observable<LabEvent> = this.#events.asObservable();
  readonly #shared = new SharedResources();
  #scan: DaqScan | undefined;

  constructor(specs: LabSpecs, clock: Clock) {
    this.clock = clock;
    this.modules = Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [
        name,
        spec.role === 'actuator' ? new DaqMove(name, spec, clock) : new DaqViewer(name, spec, clock),
      ]),
    );
    for (const module of Object.values(this.modules)) this.#follow(module);
  }

  /** @throws DaqtorError why instruments did not answer, all of them */
  async connect(trace?: (line: TraceLine) => void): Promise<void> {
    const share = this.#shared.share.bind(this.#shared);
    const all = Object.values(this.modules);
    const results = await Promise.allSettled(all.map((module) => module.connect({ share, trace })));
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as DaqtorError] : []));
    const [first] = failures;
    if (!first) return;
    await this.close();
    if (failures.length === 1) throw first;
    throw new DaqtorError('lab.connect', {
      problem: `${failures.length} of ${all.length} instruments did not connect:\n${failures.map((error) => `  ${error.message}`).join('\n')}\n`,
      cause: failures,
    });
  }

  /**
   * Begins a scan. One at a time.
   *
   * @throws DaqtorError `scan.refused` while another scan is under way
   */
  scan(options: ScanOptions): DaqScan {
    if (this.#scan && this.#scan.state !== 'ended') {
      throw new DaqtorError('scan.refused', {
        problem: 'another scan is under way',
        advice: 'Await its `done` first, or stop it',
      });
    }
    const scan = new DaqScan(options, this.clock);
    this.#scan = scan;
    return scan;
  }

  /**
   * Aborts a scan that is under way, stops motors, lets go of every instrument.
   *
   * @returns what could not be closed cleanly, e.g. a motor that could not be told to stop
   */
  async close(): Promise<readonly DaqtorError[]> {
    if (this.#scan && this.#scan.state !== 'ended') {
      this.#scan.abort();
      // Whoever awaits the scan learns how it ended; here it only has to be over.
      await this.#scan.done.catch(() => undefined);
    }
    const closings = Object.values(this.modules)
      .reverse()
      .map((module) => module.close());
    return (await Promise.all(closings)).filter((error) => error !== undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Passes on what a module tells, to whoever listens and into the log of the scan under way. */
  #follow(module: DaqMove | DaqViewer): void {
    const { name } = module;
    const tell = (event: { type: string; error?: DaqtorError }) => {
      const told: LabEvent = { atEpochMs: this.clock.epochMs(), source: name, type: event.type, error: event.error };
      if (this.#events.observed) this.#events.next(told);
      const line = this.#scan && logLineOf(told);
      if (line) this.#scan?.log(line);
    };
    if (module.role === 'actuator') module.actor.on('*', tell);
    else module.actor.on('*', tell);
  }
}
