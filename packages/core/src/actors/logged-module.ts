import { type Subscription, skip } from 'rxjs';
import type { PositionThen } from '../contracts/log-sink.ts';
import type { ModuleRecord } from '../contracts/scan-recorder.ts';
import type { DataToExport } from '../data/data-to-export.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { recordOf } from '../scan/describe-scan.ts';
import { BoundedQueue } from '../streams/bounded-queue.ts';
import type { Clock } from '../time/clock.ts';
import type { DaqMove } from './daq-move.ts';
import type { DaqViewer } from './daq-viewer.ts';
import { atPace } from './pace.ts';

/** Room for what is not yet durable, and for what comes while one file is ended and the next is begun. */
const ROOM = { maxItems: 8192 };
const FRAMES = {
  ...ROOM,
  maxBytes: 256 * 2 ** 20,
  bytesOf: ({ data }: DataToExport) =>
    data.reduce((sum, each) => sum + each.data.reduce((bytes, array) => bytes + array.byteLength, 0), 0),
};

/** A detector that is logged: grabbed at a pace; grabs that others make are logged too. */
export class LoggedDetector {
  readonly #viewer: DaqViewer;
  readonly #record: ModuleRecord;
  readonly #ended: Promise<void>;
  #frames: BoundedQueue<DataToExport> | undefined;

  constructor(viewer: DaqViewer, everyMs: number, clock: Clock, signal: AbortSignal) {
    this.#viewer = viewer;
    this.#record = recordOf(viewer, '');
    // A failure is told by the module's facts, and the next grab waits until it is connected again.
    const grab = async () => viewer.state === 'idle' && (await viewer.grab().catch(() => undefined));
    this.#ended = atPace(everyMs, grab, clock, signal);
  }

  /** As it is now: its settings may change between two files. */
  get module(): ModuleRecord {
    return { ...this.#record, settings: this.#viewer.settings };
  }

  /** A queue for all that comes from now on; the one before is closed. */
  next(): { readonly module: ModuleRecord; readonly frames: BoundedQueue<DataToExport> } {
    const frames = this.#viewer.data.attach(FRAMES);
    this.drop();
    this.#frames = frames;
    return { module: this.module, frames };
  }

  /** After the signal was aborted: resolves when the last grab is in the queue. */
  async end(): Promise<void> {
    await this.#ended;
    this.drop();
  }

  /** Nothing goes anywhere until `next`. */
  drop(): void {
    if (this.#frames) this.#viewer.data.detach(this.#frames);
    this.#frames = undefined;
  }
}

/** An actuator that is logged: read at a pace while it is at rest, and as it is read on the way. */
export class LoggedActuator {
  readonly #move: DaqMove;
  readonly #record: ModuleRecord;
  readonly #subscription: Subscription;
  #positions: BoundedQueue<PositionThen> | undefined;

  /** @throws DaqtorError `module.state` if it was never connected, so that its units are not known */
  constructor(move: DaqMove, everyMs: number, clock: Clock) {
    if (move.units === '') {
      throw new DaqtorError('module.state', {
        instrument: move.name,
        problem: 'cannot log it before it is connected, for its units are not known',
        advice: 'Connect it first, or log without it',
      });
    }
    this.#move = move;
    this.#record = recordOf(move, move.units);
    // The first one was read before: it has no time of its own.
    this.#subscription = move
      .watch$(everyMs)
      .pipe(skip(1))
      .subscribe((position) => this.#put({ position, atEpochMs: clock.epochMs() }));
  }

  /** As it is now. */
  get module(): ModuleRecord {
    return { ...this.#record, settings: this.#move.settings };
  }

  next(): { readonly module: ModuleRecord; readonly positions: BoundedQueue<PositionThen> } {
    const positions = new BoundedQueue<PositionThen>(ROOM);
    this.drop();
    this.#positions = positions;
    return { module: this.module, positions };
  }

  async end(): Promise<void> {
    this.#subscription.unsubscribe();
    this.drop();
  }

  drop(): void {
    this.#positions?.close();
    this.#positions = undefined;
  }

  #put(then: PositionThen): void {
    const queue = this.#positions;
    if (!queue || queue.tryPut(then)) return;
    this.#positions = undefined;
    const problem = `${ROOM.maxItems} positions wait to be saved, and there is no room for more`;
    const advice = 'Read it less often; the disk may be too slow';
    queue.close(new DaqtorError('stream.overflow', { instrument: this.module.name, problem, advice }));
  }
}
