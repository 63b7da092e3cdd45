import type { DetectorDriver } from '../contracts/detector-driver.ts';
import type { DataToExport } from '../data/data-to-export.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Hub } from '../streams/hub.ts';
import type { Clock } from '../time/clock.ts';
import type { TaskWatch } from './command-desk.ts';
import type { FrameSource } from './frame-source.ts';
import { isLost } from './is-lost.ts';
import type { LiveOptions, LiveResult } from './live-grab.ts';
import { orAborted } from './or-aborted.ts';
import type { SettingsAmid } from './settings-desk.ts';
import { loopFrames, relayFrames } from './stream-frames.ts';

/** The viewer whose detector is live. */
export interface LiveRunOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly hub: Hub<DataToExport>;
  readonly source: FrameSource;
  readonly driver: DetectorDriver;
  /** How many grabs are averaged into one, as it is set now. */
  readonly average: () => number;
  /** What is made of every measurement. */
  readonly finish: (raw: DataToExport) => DataToExport;
  /** Told when the instrument refuses new settings, and the frames go on. */
  readonly refused: (error: DaqtorError) => void;
}

/** A change of settings that waits for its turn between two frames. */
interface Change {
  readonly tried: string;
  run(signal: AbortSignal): Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * A live grab: frame after frame, by the instrument itself where it can, and changes of settings between two of them. An
 * instrument that runs freely is stopped for a change, and begins anew.
 */
export class LiveRun implements SettingsAmid {
  readonly #viewer: LiveRunOptions;
  readonly #options: LiveOptions;
  readonly #counts = { frames: 0, skipped: 0 };
  readonly #changes: Change[] = [];
  #wake: () => void = () => {};

  constructor(viewer: LiveRunOptions, options: LiveOptions) {
    this.#viewer = viewer;
    this.#options = options;
  }

  /** Whether settings are left alone until it ends. */
  get isFixed(): boolean {
    return this.#options.fixed ?? false;
  }

  /** Until now. */
  get result(): LiveResult {
    return { ...this.#counts };
  }

  change(tried: string, run: Change['run']): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#changes.push({ tried, run, resolve, reject });
      this.#wake();
    });
  }

  /** Runs until it is aborted or fails; then no change is made any more. */
  async run(signal: AbortSignal, watch: TaskWatch): Promise<never> {
    const { driver, source } = this.#viewer;
    const refuse = () => {
      for (const { reject } of this.#changes.splice(0)) reject(signal.reason);
    };
    signal.addEventListener('abort', refuse, { once: true });
    if (source.isBusy) await source.whenFree(signal);
    const live = driver.live?.bind(driver);
    return live ? await this.#relay(live, signal, watch) : await this.#loop(signal, watch);
  }

  async #loop(signal: AbortSignal, watch: TaskWatch): Promise<never> {
    const { driver, source, average, finish } = this.#viewer;
    const take = async () => finish(await source.measure(driver, average(), signal, watch));
    const between = {
      asked: () => this.#asked(),
      work: () => (this.#changes.length > 0 ? this.#makeChanges(signal, watch) : undefined),
    };
    return await loopFrames(take, this.#options.everyMs ?? 0, { ...this.#stream, between }, signal, watch);
  }

  async #relay(live: NonNullable<DetectorDriver['live']>, signal: AbortSignal, watch: TaskWatch): Promise<never> {
    const { source, average, finish } = this.#viewer;
    for (;;) {
      const round = new AbortController();
      const reason = new DaqtorError('module.stopped', { problem: 'its settings change' });
      void this.#asked().then(() => round.abort(reason));
      const relayed = source.relay(live, average);
      const finished = (given: unknown) => {
        const raw = relayed.accept(given);
        return raw && finish(raw);
      };
      try {
        const until = AbortSignal.any([signal, round.signal]);
        await relayFrames(relayed.live, finished, (count) => this.#behind(count), this.#stream, until, watch);
      } catch (error) {
        if (signal.aborted || !round.signal.aborted) throw error;
      }
      await this.#makeChanges(signal, watch);
    }
  }

  get #stream() {
    const { hub, clock } = this.#viewer;
    return { hub, clock, published: () => this.#counts.frames++ };
  }

  /** @throws DaqtorError `stream.overflow` unless frames may be skipped */
  #behind(count: number): void {
    if (this.#options.whenBehind !== 'skip') {
      throw new DaqtorError('stream.overflow', {
        problem: 'frames come faster than they are saved, and there is no room for more',
        advice: "Slow the instrument down, average, or go live with whenBehind: 'skip'",
      });
    }
    this.#counts.skipped += count;
  }

  /** Resolves when a change waits. One waits for it at a time. */
  #asked(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#changes.length > 0) resolve();
    });
  }

  /** @throws DaqtorError what cost the link; what the instrument refuses is told, and harms nobody else */
  async #makeChanges(signal: AbortSignal, watch: TaskWatch): Promise<void> {
    for (let change = this.#changes.shift(); change; change = this.#changes.shift()) {
      const { tried, run, resolve, reject } = change;
      watch.answered();
      try {
        await orAborted(run(signal), signal);
        resolve();
      } catch (cause) {
        const error = DaqtorError.of(cause, this.#viewer.name, tried);
        reject(error);
        if (signal.aborted || isLost(error)) throw error;
        this.#viewer.refused(error);
      }
      watch.answered();
    }
  }
}
