import type { DetectorDriver } from '../contracts/detector-driver.ts';
import { DataToExport } from '../data/data-to-export.ts';
import { RunningMean } from '../processing/running-mean.ts';
import type { Clock } from '../time/clock.ts';
import { checkedData } from './checked-detector.ts';
import type { TaskWatch } from './command-desk.ts';
import { DriverTurn } from './driver-turn.ts';

/** Asks a detector's driver for data, one thing at a time, and signs what it gives. */
export class FrameSource {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #turn = new DriverTurn();

  /** @param name - the module's, which its data bear as their origin */
  constructor(name: string, clock: Clock) {
    this.#name = name;
    this.#clock = clock;
  }

  /** Whether the driver has not yet settled what it was asked. */
  get isBusy(): boolean {
    return this.#turn.isTaken;
  }

  /** Resolves when the driver has settled what it was asked, also what nobody waits for any more. */
  async whenFree(signal: AbortSignal): Promise<void> {
    await this.#turn.whenFree(signal);
  }

  /** Asks the driver for something else than data, in its turn. */
  async ask<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return await this.#turn.take(ask, signal);
  }

  /** For a driver that takes the place of another. */
  reset(): void {
    this.#turn.reset();
  }

  /** One measurement: the mean of `average` exposures, by the instrument itself where it can. */
  async measure(driver: DetectorDriver, average: number, signal: AbortSignal, watch: TaskWatch): Promise<DataToExport> {
    if (this.#turn.isTaken) await this.#turn.whenFree(signal);
    if (average === 1) return await this.#once(() => driver.grab(signal));
    const { grabMean } = driver;
    if (grabMean) return await this.#once(() => grabMean.call(driver, average, signal));
    const mean = new RunningMean();
    while (mean.count < average) {
      mean.add(await this.#once(() => driver.grab(signal)));
      signal.throwIfAborted();
      watch.answered();
    }
    return mean.mean() as DataToExport;
  }

  /**
   * What a driver that runs by itself delivers, as frames.
   *
   * @param live - the driver's own; the turn is taken until it has ended
   * @param average - asked for every frame: a mean that was begun for another number of frames begins anew
   * @returns the same with a turn, and what makes a frame of each delivery: undefined while it still averages
   */
  relay(live: NonNullable<DetectorDriver['live']>, average: () => number) {
    const mean = new RunningMean();
    let wanted = average();
    return {
      live: (...[deliver, signal, lost]: Parameters<typeof live>) => this.#turn.hold(live(deliver, signal, lost)),
      accept: (given: unknown): DataToExport | undefined => {
        const frame = this.#signed(given, this.#clock.epochMs() / 1000);
        if (wanted !== average()) mean.reset();
        wanted = average();
        if (wanted === 1) return frame;
        mean.add(frame);
        if (mean.count < wanted) return undefined;
        const averaged = mean.mean();
        mean.reset();
        return averaged;
      },
    };
  }

  async #once(ask: () => ReturnType<DetectorDriver['grab']>): Promise<DataToExport> {
    const timestamp = this.#clock.epochMs() / 1000;
    return this.#signed(await this.#turn.hold(ask()), timestamp);
  }

  /** Data with what the driver left out: who measured them and when. */
  #signed(given: unknown, timestamp: number): DataToExport {
    const data = checkedData(given).map((one) => {
      if (one.origin !== '' && !Number.isNaN(one.timestamp)) return one;
      return one.with({
        origin: one.origin || this.#name,
        timestamp: Number.isNaN(one.timestamp) ? timestamp : one.timestamp,
      });
    });
    return new DataToExport({ name: this.#name, data });
  }
}
