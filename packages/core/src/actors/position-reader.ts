import { Observable } from 'rxjs';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock, TimerHandle } from '../time/clock.ts';
import { CommandDesk } from './command-desk.ts';
import { isLost } from './is-lost.ts';

export interface PositionReaderOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly timeoutMs: () => number;
  readonly read: (signal: AbortSignal) => Promise<number>;
  readonly seen: (position: number) => void;
  /** Told when a reading fails: `lost` if the instrument cannot be trusted any more. */
  readonly failed: (type: 'lost' | 'misread', error: DaqtorError) => void;
}

/**
 * Reads positions that no command asked for, beside the module's machine. One reading at a time; a command that comes
 * meanwhile waits for its end by `whenFree`, since a driver is asked one thing at a time.
 */
export class PositionReader {
  readonly #options: PositionReaderOptions;
  readonly #desk: CommandDesk;
  #reading: Promise<DaqtorError | undefined> | undefined;

  constructor(options: PositionReaderOptions) {
    const { name, clock, failed } = options;
    this.#options = options;
    this.#desk = new CommandDesk(name, clock, (event) => {
      if (event.type === 'failed') failed(isLost(event.error) ? 'lost' : 'misread', event.error);
    });
  }

  get isBusy(): boolean {
    return this.#reading !== undefined;
  }

  /**
   * Resolves when no reading is under way.
   *
   * @throws `signal.reason` if whoever waits is not wanted any more by then
   */
  async whenFree(signal: AbortSignal): Promise<void> {
    await this.#reading;
    signal.throwIfAborted();
  }

  /** Gives up the reading that is under way: its driver is let go. */
  abort(): void {
    const problem = 'the driver was let go';
    const reason = new DaqtorError('module.stopped', { instrument: this.#options.name, problem });
    this.#reading = undefined;
    this.#desk.interrupt(reason)?.reject(reason);
  }

  /**
   * @param position$ - every position that is read, by whomever
   * @param isFree - whether the axis may be asked now
   * @param misread - told why a position that this looker asked for could not be read
   */
  watch$(
    everyMs: number,
    position$: Observable<number>,
    isFree: () => boolean,
    misread?: (error: DaqtorError) => void,
  ): Observable<number> {
    return new Observable((taker) => {
      let timer: TimerHandle | undefined;
      const positions = position$.subscribe(taker);
      const look = async () => {
        const error = isFree() ? await this.#read() : undefined;
        if (error && !taker.closed) misread?.(error);
        if (!taker.closed) timer = this.#options.clock.setTimeout(() => void look(), everyMs);
      };
      void look();
      return () => {
        positions.unsubscribe();
        if (timer) this.#options.clock.clearTimeout(timer);
      };
    });
  }

  /** Takes one reading, or joins the one that is under way. Never rejects: a failure is given, and told to `failed`. */
  #read(): Promise<DaqtorError | undefined> {
    const { name, timeoutMs, read, seen } = this.#options;
    if (this.#reading) return this.#reading;
    const { id, answer } = this.#desk.take({ tried: 'reading the position', timeoutMs, run: read });
    const reading = answer
      .then(
        (position) => {
          seen(position);
          return undefined;
        },
        (error: unknown) => DaqtorError.of(error, name, 'reading the position'),
      )
      .finally(() => {
        if (this.#reading === reading) this.#reading = undefined;
      });
    this.#reading = reading;
    this.#desk.begin(id);
    return reading;
  }
}
