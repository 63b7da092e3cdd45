import {
  Axis,
  BoundedQueue,
  type DaqtorError,
  DataToExport,
  DataWithAxes,
  type LogLine,
  realClock,
  type ScanDescription,
  type ScanOutcome,
  type ScanPoint,
  type ScanRecorder,
} from '@daqtor/core';
import { Subject } from 'rxjs';

const SPECTRUM = 64;
const IMAGE = [12, 16] as const;

/** What a torture scan tells as it goes on. */
export interface Told {
  begun?(file: string, group: string): void;
  /** A point is durable. */
  saved?(step: number): void;
  ended?(logLines: number): void;
  /** Saving waits for something. @returns whether the scan gives up over it */
  troubled?(trouble: DaqtorError): boolean;
}

export interface TortureScan {
  readonly shape: readonly [number, number];
  /** Number that all values of the scan are made of; check-file.py knows how. */
  readonly key: number;
  /** Points that may be under way at once. */
  readonly ahead: number;
  /** How many points are measured; default all. */
  readonly points?: number;
  /** Side of a square image, where the usual small one does not do. */
  readonly imageSide?: number;
}

/** The value that all data of a point are made of. */
export const baseOf = (key: number, step: number): number => key * 1000 + step + 1;

export const imageOf = (base: number, pixels: number = IMAGE[0] * IMAGE[1]): Uint16Array =>
  Uint16Array.from({ length: pixels }, (_, i) => ((base * 7 + i) % 65_535) + 1);

/**
 * Records a scan of 0D, 1D and 2D data and some log lines, without instruments.
 *
 * @returns once it has ended
 * @throws what the recorder failed with; the recording is ended then too
 */
export async function tortureScan(recorder: ScanRecorder, scan: TortureScan, told: Told = {}): Promise<void> {
  const { shape, key, ahead, points = shape[0] * shape[1] } = scan;
  const log$ = new Subject<LogLine>();
  const queue = new BoundedQueue<ScanPoint>({ maxItems: ahead });
  const description = describe(shape);
  const recording = await recorder.begin(description, { points: queue, log$ }, realClock);
  told.begun?.(recording.file, recording.group);
  let saved = 0;
  let fault: unknown;
  let wake = () => {};
  recording.saved$.subscribe({
    next: (step) => {
      told.saved?.(step);
      saved++;
      wake();
    },
    error: (error: unknown) => {
      fault = error;
      wake();
    },
  });
  recording.trouble$?.subscribe((trouble) => {
    if (!trouble || !told.troubled?.(trouble)) return;
    fault = trouble;
    wake();
  });
  const until = async (isDone: () => boolean) => {
    while (!isDone() && fault === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  let lines = 0;
  for (let step = 0; step < points; step++) {
    await until(() => step - saved < ahead);
    if (fault !== undefined) break;
    if (step % 3 === 0) {
      const text = `key ${key} line ${lines++}`;
      log$.next({ atEpochMs: description.startedEpochMs + step, source: 'torture', level: 'INFO', text });
    }
    await queue.put(pointOf(scan, step, description.startedEpochMs));
  }
  await until(() => saved === points);
  queue.close();
  const outcome: ScanOutcome =
    fault !== undefined ? 'failed' : points === shape[0] * shape[1] ? 'completed' : 'stopped';
  try {
    await recording.end(outcome);
  } catch (error) {
    fault ??= error;
  }
  if (fault !== undefined) throw fault;
  told.ended?.(lines);
}

function describe(shape: readonly [number, number]): ScanDescription {
  const actuator = (name: string) => ({ name, kind: 'torture', title: 'Torture', units: 'mm', settings: {} });
  return {
    type: 'Scan2D',
    subType: 'Linear',
    shape,
    distribution: 'uniform',
    axes: shape.map((size, index) => new Axis({ label: `a${index}`, units: 'mm', index, data: count(size) })),
    actuators: [actuator('a0'), actuator('a1')],
    detectors: [{ name: 'det', kind: 'torture', title: 'Torture', units: '', settings: {} }],
    settings: {},
    startedEpochMs: realClock.epochMs(),
  };
}

function pointOf({ shape, key, imageSide }: TortureScan, step: number, startedEpochMs: number): ScanPoint {
  const base = baseOf(key, step);
  const common = { origin: 'det', timestamp: 1 };
  const spectrum = (channel: number) =>
    Float64Array.from({ length: SPECTRUM }, (_, i) => base + channel + i / SPECTRUM);
  const image = imageSide === undefined ? IMAGE : ([imageSide, imageSide] as const);
  return {
    step,
    indexes: [Math.floor(step / shape[1]), step % shape[1]],
    targets: [base, base],
    positions: [base + 0.125, base + 0.25],
    data: [
      new DataToExport({
        name: 'det',
        data: [
          new DataWithAxes({ ...common, name: 'power', data: [base + 0.5, base + 0.75] }),
          new DataWithAxes({ ...common, name: 'spectrum', data: [spectrum(0), spectrum(1)] }),
          new DataWithAxes({ ...common, name: 'image', data: [imageOf(base, image[0] * image[1])], shape: image }),
        ],
      }),
    ],
    atEpochMs: startedEpochMs + base,
  };
}

const count = (size: number) => Float64Array.from({ length: size }, (_, i) => i);
