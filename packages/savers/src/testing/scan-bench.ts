import {
  Axis,
  BoundedQueue,
  DataToExport,
  DataWithAxes,
  grid,
  type LogLine,
  positions,
  type ScanDescription,
  type ScanOutcome,
  type ScanPoint,
  type ScanRecorder,
  type SkippedStatus,
  VirtualClock,
} from '@daqtor/core';
import { Subject } from 'rxjs';

/** A scan of 3 × 4 points over `ActX` and `ActY` with the detector `MyDet`, as in PyMoDAQ's files. */
export function scan2d(facts: Partial<ScanDescription> = {}): ScanDescription {
  const actuator = (name: string) => ({ name, kind: 'mock', title: 'Mock', units: 'mm', settings: {} });
  return {
    type: 'Scan2D',
    subType: 'Linear',
    shape: [3, 4],
    distribution: 'uniform',
    axes: [
      new Axis({ label: 'ActX', units: 'mm', index: 0, data: [0, 0.5, 1] }),
      new Axis({ label: 'ActY', units: 'mm', index: 1, data: [-1, 0, 1, 2] }),
    ],
    actuators: [actuator('ActX'), actuator('ActY')],
    detectors: [{ name: 'MyDet', kind: 'mock', title: 'Mock detector', units: '', settings: { gain: 2.5 } }],
    settings: { settleMs: 20 },
    scan: grid(positions('ActX', [0, 0.5, 1]), positions('ActY', [-1, 0, 1, 2])).value,
    startedEpochMs: Date.UTC(2026, 0, 1),
    ...facts,
  };
}

/** The same scan several times over, as `repeated` makes it. */
export function averaged2d(runs: number): ScanDescription {
  const [x, y] = [positions('ActX', [0, 0.5, 1], 'mm'), positions('ActY', [-1, 0, 1, 2], 'mm')];
  const { points } = grid(x, y).repeated(runs);
  const axes = points.axes.map(({ name, units = '' }, index) => {
    return new Axis({ label: name, units, index, data: points.coordinates(index) });
  });
  return scan2d({ shape: points.shape, axes });
}

/** What `MyDet` gives: 0D, 1D and 2D, as in PyMoDAQ's files. Values tell the step. */
export function myDet(step: number, timestamp = 1_700_000_016): DataToExport {
  const common = { origin: 'MyDet', timestamp };
  return new DataToExport({
    name: 'MyDet',
    data: [
      new DataWithAxes({ ...common, name: 'Power', data: [step + 0.5, -step], labels: ['A', 'B'], units: 'mW' }),
      new DataWithAxes({
        ...common,
        name: 'Spectrum',
        data: [Float64Array.of(step, 1, 2, 3, 4), Float64Array.of(-step, 1, 2, 3, 4)],
        labels: ['s1', 's2'],
        units: 'V',
        axes: [new Axis({ label: 'Wavelength', units: 'nm', data: [400, 410, 430, 470, 550] })],
      }),
      new DataWithAxes({
        ...common,
        name: 'Image',
        data: [new Float64Array(12).fill(step)],
        shape: [3, 4],
        labels: ['cam'],
        units: 'count',
        axes: [
          new Axis({ label: 'Y é', units: 'um', index: 0, data: [-1, 0, 1] }),
          new Axis({ label: 'X', units: 'mm', index: 1, data: [0, 0.1, 0.2, 0.3] }),
        ],
      }),
    ],
  });
}

export interface RunOptions {
  readonly description?: ScanDescription;
  /** How many points are measured; default all. */
  readonly points?: number;
  readonly outcome?: ScanOutcome;
  readonly dataAt?: (step: number) => DataToExport;
  readonly log?: readonly LogLine[];
  readonly clock?: VirtualClock;
  /** Steps that are not measured. */
  readonly skipped?: Readonly<Record<number, SkippedStatus>>;
}

/** Runs a scan against a recorder as DAQ_Scan does: each point waits until the one before is saved. */
export async function runScan(recorder: ScanRecorder, options: RunOptions = {}) {
  const {
    description = scan2d(),
    outcome = 'completed',
    dataAt = myDet,
    log = [],
    clock = new VirtualClock(),
  } = options;
  const total = description.shape.reduce((product, length) => product * length, 1);
  const log$ = new Subject<LogLine>();
  const queue = new BoundedQueue<ScanPoint>({ maxItems: 4 });
  const recording = await recorder.begin(description, { points: queue, log$ }, clock);
  const saved: number[] = [];
  let error: unknown;
  let wake = () => {};
  recording.saved$.subscribe({
    next: (step) => {
      saved.push(step);
      wake();
    },
    error: (reason: unknown) => {
      error = reason;
      wake();
    },
  });
  for (const line of log) log$.next(line);
  for (let step = 0; step < (options.points ?? total) && error === undefined; step++) {
    const isSaved = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const point = pointAt(description, step, dataAt(step));
    const status = options.skipped?.[step];
    await queue.put(status ? { ...point, data: [], status } : point);
    await isSaved;
  }
  queue.close();
  await recording.end(error === undefined ? outcome : 'failed');
  return { ...recording, saved, error };
}

export function pointAt(description: ScanDescription, step: number, data: DataToExport): ScanPoint {
  let rest = step;
  const indexes = description.shape
    .toReversed()
    .map((length) => {
      const index = rest % length;
      rest = Math.floor(rest / length);
      return index;
    })
    .reverse();
  return {
    step,
    indexes,
    targets: [step, -step],
    positions: [step + 0.001, -step - 0.001],
    data: [data],
    atEpochMs: description.startedEpochMs + 100 * step,
  };
}
