import type { PointStatus, ScanPoint } from '../contracts/scan-recorder.ts';
import type { DataToExport } from '../data/data-to-export.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { type Flight, isReversed, rampOf } from '../scan/fly/flight.ts';
import { type FlownBin, FlyBins } from '../scan/fly/fly-bins.ts';
import type { PlannedActuator, ScanPlan } from '../scan/plan.ts';
import type { Clock } from '../time/clock.ts';
import { convertUnits } from '../units/units.ts';
import type { DaqViewer } from './daq-viewer.ts';
import type { ScanInstruments } from './scan-instruments.ts';
import type { ScanSteps } from './scan-steps.ts';

export interface LineStepsOptions {
  readonly over: ScanPlan;
  readonly flight: Flight;
  readonly read: readonly DaqViewer[];
  readonly instruments: ScanInstruments;
  readonly clock: Clock;
  /** Time from frame to frame, of detectors that have to be asked. */
  readonly everyMs: number;
  /** How long before the middle between its time stamp and its arrival a frame was really measured. */
  readonly lagMs: number;
}

/** Steps of one line each: the detectors stream while an actuator ramps along its bins, at its own velocity. */
export class LineSteps implements ScanSteps {
  readonly perStep: number;
  readonly #options: LineStepsOptions;
  #line = 0;
  #targets: readonly number[] = [];
  /** Where the other axes are on this line. */
  #slow: readonly number[] = [];

  constructor(options: LineStepsOptions) {
    this.#options = options;
    this.perStep = options.flight.bins;
  }

  get targets(): readonly number[] {
    return this.#targets;
  }

  has(line: number): boolean {
    return line < this.#options.flight.lines;
  }

  dueMs(line: number): number | undefined {
    return this.#options.over.at(line * this.perStep).dueMs;
  }

  async approach(line: number): Promise<void> {
    const { over, flight, instruments } = this.#options;
    this.#line = line;
    const slow = over.at(line * this.perStep).targets.slice(0, -1);
    this.#targets = [...slow, rampOf(flight, line)[0]];
    const positions = await instruments.move(this.#targets);
    this.#slow = positions.slice(0, -1);
  }

  async measure(isWanted: () => boolean): Promise<readonly ScanPoint[] | undefined> {
    const bins = await this.#ramp(isWanted);
    if (!bins) return undefined;
    const toEpochMs = this.#options.clock.epochMs() - this.#options.clock.now();
    const flown = isReversed(this.#options.flight, this.#line) ? bins.toReversed() : bins;
    return flown.map(({ position, data, atMs }, k) => {
      const facts = { positions: [...this.#slow, position], data, atEpochMs: toEpochMs + atMs };
      return this.#point(k, data.length > 0 ? facts : { ...facts, status: 'passed' });
    });
  }

  async giveUp(status: PointStatus): Promise<readonly ScanPoint[]> {
    const atEpochMs = this.#options.clock.epochMs();
    return this.#without({ positions: await this.#options.instruments.readBack(), atEpochMs, status });
  }

  drop(line: number): readonly ScanPoint[] {
    this.#line = line;
    const positions = this.#options.over.actuators.map(() => Number.NaN);
    return this.#without({ positions, atEpochMs: this.#options.clock.epochMs(), status: 'dropped' });
  }

  /** The line without data. */
  #without(facts: Pick<ScanPoint, 'positions' | 'atEpochMs' | 'status'>): readonly ScanPoint[] {
    return Array.from({ length: this.perStep }, (_, k) => this.#point(k, { ...facts, data: [] }));
  }

  /** @param k - of the bins of this line, in the order in which they are passed */
  #point(k: number, facts: Omit<ScanPoint, 'step' | 'indexes' | 'targets'>): ScanPoint {
    const step = this.#line * this.perStep + k;
    const { indexes, targets } = this.#options.over.at(step);
    return { step, indexes, targets, ...facts, ...(k < this.perStep - 1 && { isPart: true }) };
  }

  /** @returns what came in each bin; undefined if nobody wants it any more */
  async #ramp(isWanted: () => boolean): Promise<readonly FlownBin[] | undefined> {
    const { over, flight, read, instruments, clock, everyMs, lagMs } = this.#options;
    const { actuator, units } = over.actuators.at(-1) as PlannedActuator;
    await instruments.untilFree();
    if (!isWanted()) return undefined;
    const bins = new FlyBins(flight, read.length);
    const taken = (detector: number, frame: DataToExport) => {
      const arrivedMs = clock.now();
      bins.frame(detector, arrivedMs - agoMs(frame, clock) / 2 - lagMs, frame);
    };
    const passed = (position: number) => bins.passed(clock.now(), convertUnits(position, actuator.units, units));
    const subscriptions = read.map((viewer, i) => viewer.data.live$.subscribe((frame) => taken(i, frame)));
    try {
      const streams = read.map((viewer) => endless(viewer, viewer.live({ everyMs, whenBehind: 'skip' }).done));
      subscriptions.push(actuator.position$.subscribe(passed));
      await Promise.race([instruments.moveSome({ [actuator.name]: rampOf(flight, this.#line)[1] }), ...streams]);
      if (!isWanted()) return undefined;
      // A frame that was begun on the way may still come.
      await Promise.all(read.map((viewer) => viewer.stop()));
    } finally {
      for (const subscription of subscriptions) subscription.unsubscribe();
    }
    const [silent] = bins.silent;
    if (silent === undefined) return bins.flown();
    throw new DaqtorError('scan.failed', {
      instrument: read[silent]?.name,
      problem: `it gave no frame while [${actuator.name}] was ramping`,
      advice: 'Let the actuator move more slowly, or the detector measure faster',
    });
  }
}

/** How long ago a frame was stamped. In seconds since 1970 a double is good to a quarter of a microsecond. */
function agoMs({ timestamp }: DataToExport, clock: Clock): number {
  return Math.round(1000 * (clock.epochMs() - 1000 * timestamp)) / 1000;
}

/** A stream that is not to end while a ramp is under way. */
function endless({ name }: DaqViewer, stream: Promise<unknown>): Promise<never> {
  const endless = stream.then(() => {
    throw new DaqtorError('module.stopped', {
      instrument: name,
      problem: 'it was stopped while the scan was reading it on the fly',
    });
  });
  endless.catch(() => undefined); // Where the ramp has ended, its streams are stopped.
  return endless;
}
