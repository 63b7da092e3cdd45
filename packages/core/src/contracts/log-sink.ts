import type { Observable } from 'rxjs';
import type { DataToExport } from '../data/data-to-export.ts';
import type { BoundedQueue } from '../streams/bounded-queue.ts';
import type { Clock } from '../time/clock.ts';
import type { LogLine, ModuleRecord, ScanOutcome } from './scan-recorder.ts';

/** Where an actuator was at one moment. */
export interface PositionThen {
  /** Read back, in the actuator's units. */
  readonly position: number;
  readonly atEpochMs: number;
}

/** What a log is fed with: each module by a lossless queue of its own, which is closed after its last value. */
export interface LogStreams {
  readonly detectors: readonly { readonly module: ModuleRecord; readonly frames: BoundedQueue<DataToExport> }[];
  readonly actuators: readonly { readonly module: ModuleRecord; readonly positions: BoundedQueue<PositionThen> }[];
  /** What happens in the lab, as lines. To be subscribed to once. */
  readonly log$: Observable<LogLine>;
}

/** Something that became durable: name of its module, and its time in milliseconds since 1970. */
export interface Logged {
  readonly module: string;
  readonly atEpochMs: number;
}

/** A log that is being written. */
export interface LogRecording {
  /** Where it goes, for people: the path of a file, the address of a table. */
  readonly file: string;
  /** Each value once it is durable. Errors when one cannot be saved. */
  readonly saved$: Observable<Logged>;
  /**
   * Writes what still waits and lets go of everything. Call it once, also after a failure.
   *
   * @throws DaqtorError `save.failed` if the end cannot be written
   */
  end(outcome?: ScanOutcome): Promise<void>;
}

/** Somewhere to keep a log. `logFile(...)` of `@daqtor/savers` is one. */
export interface LogSink {
  /**
   * Opens a place for a log. Called again each time that the log is rotated; the recording before has ended by then.
   *
   * @throws DaqtorError `save.failed` if there is no place
   */
  begin(streams: LogStreams, clock: Clock): Promise<LogRecording>;
}
