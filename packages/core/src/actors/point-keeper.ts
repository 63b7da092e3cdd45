import { BehaviorSubject, type Observable, Subject } from 'rxjs';
import type {
  BaselineReading,
  LargerScan,
  LogLine,
  ScanDescription,
  ScanOutcome,
  ScanPoint,
  ScanRecorder,
  ScanRecording,
} from '../contracts/scan-recorder.ts';
import type { DataToExport } from '../data/data-to-export.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { DeadTime } from '../scan/dead-time.ts';
import type { ScanRevision } from '../scan/scan-revision.ts';
import { Hub } from '../streams/hub.ts';
import type { Clock } from '../time/clock.ts';

/** Room for points that were measured but are not yet durable. */
const QUEUE = { maxItems: 256, maxBytes: 256 * 2 ** 20, bytesOf: bytesOfPoint };

/** Hands the points of a scan and the lines of its log to whoever shows or keeps them, and knows what is durable. */
export class PointKeeper {
  readonly points$: Observable<ScanPoint>;
  /** What saving waits for at present, e.g. room on the disk; undefined while all goes well. */
  readonly trouble$ = new BehaviorSubject<DaqtorError | undefined>(undefined);
  readonly #points = new Hub<ScanPoint>();
  readonly #log = new Subject<LogLine>();
  readonly #clock: Clock;
  #opening: Promise<void> | undefined;
  #recording: ScanRecording | undefined;
  /** Told when the step that is waited for is durable, or why it cannot be. */
  #awaited:
    | { readonly step: number; readonly resolve: () => void; readonly reject: (error: unknown) => void }
    | undefined;
  #lastSaved: number;
  #error: unknown;
  #ending: Promise<void> | undefined;

  /** @param from - the first point; those before it are durable */
  constructor(clock: Clock, from = 0) {
    this.#clock = clock;
    this.#lastSaved = from - 1;
    this.points$ = this.#points.live$;
  }

  /** The recording, once it is open. */
  get recording(): Pick<ScanRecording, 'file' | 'group'> | undefined {
    return this.#recording;
  }

  /** Puts a line into the scan's log, and so into its file. */
  log(line: LogLine): void {
    this.#log.next(line);
  }

  /** Opens a place for the points. Without it they are only shown. */
  async open(recorder: ScanRecorder, description: ScanDescription): Promise<void> {
    this.#opening = this.#open(recorder, description);
    await this.#opening;
  }

  async #open(recorder: ScanRecorder, description: ScanDescription): Promise<void> {
    const points = this.#points.attach(QUEUE);
    this.#recording = await recorder.begin(description, { points, log$: this.#log }, this.#clock);
    if (description.baseline && !this.#recording.keepBaseline) {
      throw new DaqtorError('save.failed', {
        problem: 'what saves this scan cannot keep a baseline',
        advice: 'Leave the baseline out, or save to something that keeps it, e.g. `dataset`',
      });
    }
    this.#recording.trouble$?.subscribe((trouble) => this.trouble$.next(trouble));
    this.#recording.saved$.subscribe({
      next: (step) => {
        this.#lastSaved = step;
        if (this.#awaited && step >= this.#awaited.step) this.#awaited.resolve();
      },
      error: (error: unknown) => {
        this.#error = error;
        this.#awaited?.reject(error);
      },
    });
  }

  /**
   * Gives points away, and waits until the next ones may be measured.
   *
   * @param points - of one step, in their order; at least one
   * @throws DaqtorError `save.failed`
   */
  async keep(points: readonly ScanPoint[]): Promise<void> {
    for (const point of points) {
      const room = this.#points.publish(point);
      if (room) await room;
    }
    if (!this.#recording) return;
    if (this.#error !== undefined) throw this.#error;
    const step = (points.at(-1) as ScanPoint).step + 1 - (this.#recording.ahead ?? 1);
    if (this.#lastSaved >= step) return;
    await new Promise<void>((resolve, reject) => {
      this.#awaited = { step, resolve, reject };
    });
  }

  /**
   * Gives a reading of the baseline away, and waits until it is durable.
   *
   * @throws DaqtorError `save.failed`, `data.shape`
   */
  async keepBaseline(reading: BaselineReading): Promise<void> {
    await this.#recording?.keepBaseline?.(reading);
  }

  /** Whether points can be added to what is kept. */
  get grows(): boolean {
    return this.#recording ? (this.#recording.grows ?? false) : true;
  }

  /**
   * Has a change of the scan kept, before it takes effect.
   *
   * @param larger - the scan with the points that were added, if any were
   * @throws DaqtorError `save.failed`
   */
  async revise(revision: ScanRevision, larger?: LargerScan): Promise<void> {
    if (!this.#recording) return;
    if (!this.#recording.revise) {
      throw new DaqtorError('save.failed', {
        problem: 'what saves this scan cannot record that it is changed',
        advice: 'Stop it and begin another one, or save to something that keeps revisions, e.g. `dataset`',
      });
    }
    await this.#recording.revise(revision, larger);
  }

  /**
   * No more points: says how the scan ended, and closes the file. A second call joins the first.
   *
   * @throws DaqtorError `save.failed` if the end cannot be written, or a point that was given away before
   */
  async end(outcome: ScanOutcome, deadTime?: DeadTime): Promise<void> {
    this.#ending ??= this.#end(outcome, deadTime);
    await this.#ending;
  }

  async #end(outcome: ScanOutcome, deadTime: DeadTime | undefined): Promise<void> {
    // A scan may be aborted while its file is being opened; why that fails is told by whoever opens it.
    await this.#opening?.catch(() => undefined);
    this.#points.close();
    this.#log.complete();
    await this.#recording?.end(outcome, deadTime);
    if (this.#error !== undefined && outcome !== 'failed') throw this.#error;
  }
}

function bytesOfPoint({ data }: ScanPoint): number {
  return data.reduce((sum, one) => sum + bytesOfExport(one), 0);
}

function bytesOfExport({ data }: DataToExport): number {
  return data.reduce((sum, one) => sum + one.data.reduce((bytes, array) => bytes + array.byteLength, 0), 0);
}
