import { afterPromises, BoundedQueue, type Clock, DaqtorError, type LogLine, type ScanOutcome } from '@daqtor/core';
import type { Observable } from 'rxjs';
import { createActor, toPromise, waitFor } from 'xstate';
import type { H5Backend } from '../h5/h5-backend.ts';
import type { H5Operation, RawNode } from '../h5/h5-operation.ts';
import { grown } from '../layout/grown-attributes.ts';
import { LogLinesSaver } from './log-lines-saver.ts';
import type { Saver } from './saver.ts';
import { type SaverActor, type SaverWork, saverMachine } from './saver-machine.ts';
import { committed, QueueWork, type QueueWorkOptions, type Receipts } from './saver-work.ts';

const MAX_LOG_LINES = 4096;

/** A saver and where its values come from. */
export interface Feed<T> {
  readonly saver: Saver<T>;
  /** Lossless: its producer waits when it is full. */
  readonly queue: BoundedQueue<T>;
  /** Whether a value becomes durable together with the next one, or not at all; default none does. */
  readonly isPart?: (value: T) => boolean;
  readonly receipts?: Receipts<T>;
}

/** A feed that waits to be told the file it goes to. */
export type ReadyFeed = (
  target: Pick<QueueWorkOptions<unknown>, 'file' | 'clock' | 'begun' | 'first' | 'onFault'>,
) => SaverWork;

/** Makes feeds of different values fit into one list. */
export function feed<T>(options: Feed<T>): ReadyFeed {
  return (target) => new QueueWork<T>({ ...options, ...target });
}

export interface SessionOptions {
  readonly clock: Clock;
  /** What else has to be in the file before the first value. */
  readonly first: readonly H5Operation[];
  readonly log$: Observable<LogLine>;
  /** Called when a saver gives up; the others go on. */
  readonly onFault: (error: unknown) => void;
  /** What is written at the end, after all values. */
  readonly last?: (outcome: ScanOutcome) => readonly H5Operation[];
}

/** Savers at work on one open file. */
export class SavingSession {
  readonly #file: H5Backend;
  readonly #options: SessionOptions;
  readonly #actors: SaverActor[] = [];
  #logFault: unknown;
  #unsubscribe = () => {};

  private constructor(file: H5Backend, options: SessionOptions) {
    this.#file = file;
    this.#options = options;
  }

  /**
   * Starts one actor per feed, and one for the log. The file is theirs from now on: they close it.
   *
   * @throws DaqtorError `save.failed` if what comes first cannot be written
   */
  static async start(file: H5Backend, feeds: readonly ReadyFeed[], options: SessionOptions): Promise<SavingSession> {
    const session = new SavingSession(file, options);
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    try {
      for (const [i, work] of feeds.entries()) await session.#add(work, begun, i === 0 ? options.first : []);
    } catch (error) {
      begin();
      await session.#finish('failed');
      throw error;
    }
    session.#takeLog();
    session.#file.bePatient();
    void options.clock.outside(new Promise<void>(afterPromises)).then(begin);
    return session;
  }

  /**
   * Writes what still waits, then how it ended, and closes the file, also after a failure.
   *
   * @returns what went wrong in that, or in saving the log
   */
  async end(outcome: ScanOutcome): Promise<unknown> {
    if (outcome !== 'completed') this.#file.giveUp();
    this.#unsubscribe();
    const error = await this.#finish(outcome);
    return error ?? this.#logFault;
  }

  /**
   * Writes something that no queue brings; resolves once it is durable.
   *
   * @param growing - paths of arrays that have grown by it
   * @throws DaqtorError `save.failed`
   */
  async write(operations: readonly H5Operation[], growing: () => readonly string[]): Promise<void> {
    await committed(this.#file, operations);
    await committed(this.#file, await grown(this.#file, growing()));
  }

  /**
   * A group as it is in the file, with all that was written until now.
   *
   * @throws DaqtorError `save.failed`
   */
  async tree(path: string): Promise<RawNode> {
    return await this.#file.ask({ ask: 'tree', path });
  }

  /** What saving waits for at present, a full disk; undefined while all goes well. */
  get trouble$(): Observable<DaqtorError | undefined> {
    return this.#file.trouble$;
  }

  async #add(work: ReadyFeed, begun: Promise<void>, first: readonly H5Operation[]): Promise<void> {
    const { onFault, clock } = this.#options;
    const actor = createActor(saverMachine, { input: work({ file: this.#file, clock, begun, first, onFault }) });
    this.#actors.push(actor);
    actor.start();
    const { context } = await waitFor(actor, (state) => state.matches('ready') || state.matches('faulted'));
    if (context.error !== undefined) throw context.error;
  }

  #takeLog(): void {
    const file = this.#file;
    const queue = new BoundedQueue<LogLine>({ maxItems: MAX_LOG_LINES });
    const actor = createActor(saverMachine, {
      input: new QueueWork<LogLine>({
        saver: new LogLinesSaver(),
        file,
        clock: this.#options.clock,
        queue,
        onFault: (error) => {
          this.#logFault = error;
        },
      }),
    });
    actor.start();
    this.#actors.unshift(actor); // The log ends first: it is closed by nobody else.
    const subscription = this.#options.log$.subscribe({
      next: (line) => {
        if (this.#logFault !== undefined || queue.tryPut(line)) return;
        queue.close(
          new DaqtorError('stream.overflow', {
            problem: `${MAX_LOG_LINES} lines of the log wait to be saved in ${file.path}`,
            advice: 'Its disk may be too slow; the data themselves are not affected',
          }),
        );
      },
    });
    this.#unsubscribe = () => subscription.unsubscribe();
  }

  /** @returns the first thing that went wrong in closing */
  async #finish(outcome: ScanOutcome): Promise<unknown> {
    const errors: unknown[] = [];
    for (const actor of this.#actors) {
      const closed = toPromise(actor);
      actor.send({ type: 'close', outcome });
      errors.push((await closed).error);
    }
    try {
      const isWhole = errors.every((error) => error === undefined);
      const last = this.#options.last?.(isWhole ? outcome : 'failed') ?? [];
      await committed(this.#file, last);
    } catch (error) {
      errors.push(error);
    }
    try {
      await this.#file.close();
    } catch (error) {
      errors.push(error);
    }
    return errors.find((error) => error !== undefined);
  }
}
