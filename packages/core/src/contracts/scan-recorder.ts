import type { Observable } from 'rxjs';
import type { Axis } from '../data/axis.ts';
import type { DataToExport } from '../data/data-to-export.ts';
import type { DataDistribution } from '../data/data-with-axes.ts';
import type { DaqtorError } from '../errors/daqtor-error.ts';
import type { DeadTime } from '../scan/dead-time.ts';
import type { ScanRevision } from '../scan/scan-revision.ts';
import type { ScanValue } from '../scan/scan-value.ts';
import type { BoundedQueue } from '../streams/bounded-queue.ts';
import type { Clock } from '../time/clock.ts';

/** A module as it goes into the file: its name, its plugin and its settings. */
export interface ModuleRecord {
  readonly name: string;
  readonly kind: string;
  readonly title: string;
  /** Units of an actuator's positions; '' for a detector. */
  readonly units: string;
  readonly identity?: string | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A module of the baseline, as it goes into the file. */
export interface BaselineModule extends ModuleRecord {
  readonly role: 'actuator' | 'detector';
}

/** What the modules of the baseline gave when the scan began, or when it ended. */
export interface BaselineReading {
  readonly at: 'begin' | 'end';
  /** When it was begun, in milliseconds since 1970. */
  readonly atEpochMs: number;
  /**
   * In the order of the description's `baseline`; of an actuator its position, as 0D data of its name. Undefined for one
   * that could not be read.
   */
  readonly values: readonly (DataToExport | undefined)[];
}

/** A scan as it is written down before its first point. Plain data. */
export interface ScanDescription {
  /** PyMoDAQ's names, e.g. `Scan2D` and `LinearBackForce`. */
  readonly type: string;
  readonly subType: string;
  /** Length of each scan dimension, slowest first. */
  readonly shape: readonly number[];
  readonly distribution: DataDistribution;
  /**
   * Whether points are decided while they are measured: then `axes` hold those of an even scan, which the targets of each
   * point replace. There may be fewer points than places.
   */
  readonly isAdaptive?: boolean;
  /** Navigation axes: one per actuator, in the order of `actuators`. */
  readonly axes: readonly Axis[];
  readonly actuators: readonly ModuleRecord[];
  readonly detectors: readonly ModuleRecord[];
  /** What is read once before the first point and once after the last; default nothing. */
  readonly baseline?: readonly BaselineModule[];
  /** The scan whose points these are added to: its file and the path of its group. */
  readonly follows?: { readonly file: string; readonly group: string };
  /** Options of the scan, e.g. `settleMs`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The scan itself, by which it can be resumed; a recording that is not of one leaves it out. */
  readonly scan?: ScanValue;
  /** Where the actuators of a relative scan were when it began, by name, in the units of the scan. */
  readonly base?: Readonly<Record<string, number>>;
  /** When the scan began, in milliseconds since 1970. */
  readonly startedEpochMs: number;
}

/** What becomes of a scan that points are added to. */
export type LargerScan = Pick<ScanDescription, 'shape' | 'axes'>;

/**
 * Why a point has no data: what failed in moving, in settling or in grabbing, a person who gave it up, or who has edited
 * the scan so that it is not in it any more (`dropped`).
 */
export type SkippedStatus = 'skippedMoving' | 'skippedSettling' | 'skippedGrabbing' | 'skippedByHand' | 'dropped';

/** What became of a point. `passed`: a bin of a fly scan that was passed between two frames. */
export type PointStatus = 'measured' | SkippedStatus | 'passed';

/** One point of a scan, measured or skipped. */
export interface ScanPoint {
  /** Order in which the point was visited, from 0. */
  readonly step: number;
  /** Where it belongs in the arrays: one index per scan dimension. */
  readonly indexes: readonly number[];
  /** Positions asked for, in the order of the description's actuators and in their units. */
  readonly targets: readonly number[];
  /** Positions read back after arrival, same order; NaN where a skipped point's could not be read. */
  readonly positions: readonly number[];
  /** What each detector gave, in the order of the description's detectors; empty for a point that was not measured. */
  readonly data: readonly DataToExport[];
  /** When the grab began, or the point was given up, in milliseconds since 1970. */
  readonly atEpochMs: number;
  /** Of an adaptive scan: the number that the next points were decided from. */
  readonly signal?: number;
  /** Default: `measured`. */
  readonly status?: PointStatus;
  /** Whether the next point belongs to it, as the bins of a line do: then they become durable together, or not at all. */
  readonly isPart?: boolean;
}

/** A line of the run's log. */
export interface LogLine {
  readonly atEpochMs: number;
  /** Module that speaks. */
  readonly source: string;
  readonly level: 'INFO' | 'WARNING' | 'ERROR';
  readonly text: string;
}

/** How a scan ended. `completed`: every point was measured, or skipped as its status says. */
export type ScanOutcome = 'completed' | 'stopped' | 'failed';

/** What a recorder is fed with. Arrays travel by reference and are never changed after they were published. */
export interface ScanStreams {
  /** Lossless: the scan waits when it is full. Closed after the last point. */
  readonly points: BoundedQueue<ScanPoint>;
  readonly log$: Observable<LogLine>;
}

/** A recording under way. */
export interface ScanRecording {
  /** The file that is written, as a path. */
  readonly file: string;
  /** Path of the scan's group in the file, e.g. `/RawData/Scan000`. */
  readonly group: string;
  /**
   * How many points may be measured that are not durable yet; default 1: the scan waits for each. A recording that makes
   * many points durable at once lets the scan go ahead.
   */
  readonly ahead?: number;
  /** The `step` of each point once it is durable in the file, in order. Errors when the point cannot be saved. */
  readonly saved$: Observable<number>;
  /**
   * What saving waits for at present, e.g. room on the disk, and goes on by itself once it is there; undefined while all
   * goes well. A recording without it never waits.
   */
  readonly trouble$?: Observable<DaqtorError | undefined>;
  /**
   * Writes a reading of the baseline; resolves once it is durable. A recording without it cannot keep a scan that has one.
   *
   * @throws DaqtorError `save.failed`, `data.shape` if it does not fit the one before
   */
  keepBaseline?(reading: BaselineReading): Promise<void>;
  /** Whether points can be added to it: then `revise` is told what the scan becomes. Default not. */
  readonly grows?: boolean;
  /**
   * Writes that the scan was changed; resolves once that is durable. A scan whose recording lacks it cannot be changed.
   *
   * @param larger - the scan with the points that were added, if any were: what is kept keeps its indexes
   * @throws DaqtorError `save.failed`
   */
  revise?(revision: ScanRevision, larger?: LargerScan): Promise<void>;
  /**
   * Writes how the scan ended, closes the file and lets go of everything. Call it once, also after a failure.
   *
   * @param outcome - `completed` marks the scan as done
   * @param deadTime - where its time went until now
   * @throws DaqtorError `save.failed` if the end cannot be written
   */
  end(outcome: ScanOutcome, deadTime?: DeadTime): Promise<void>;
}

/** Somewhere to keep a scan. `dataset(...)` of `@daqtor/savers` is one. */
export interface ScanRecorder {
  /** How much room there is where scans are saved, in bytes; undefined if that cannot be told. Never rejects. */
  freeBytes?(): Promise<number | undefined>;
  /**
   * Opens a place for this scan. Resolves once the description is durable.
   *
   * @throws DaqtorError `save.failed` if there is no place; nothing has moved by then
   */
  begin(description: ScanDescription, streams: ScanStreams, clock: Clock): Promise<ScanRecording>;
}
