import type { Clock } from '@daqtor/core';
import type { Random } from '../physics/random.ts';
import { ScpiError } from './scpi/scpi-error.ts';
import type { ScpiRange } from './scpi/scpi-parameters.ts';

/** What the input sees. */
export interface Keithley2000Input {
  /** Voltage at the terminals now, in volts. */
  volts(): number;
  /** Noise of the source, as standard deviation of a reading integrated over one power line cycle, in volts. */
  readonly noiseV: number;
}

export const NPLC: ScpiRange = { minimum: 0.01, maximum: 10, default: 1 };
/** Expected readings, in volts. */
export const RANGE: ScpiRange = { minimum: 0, maximum: 1010, default: 1010 };
/** Measurement ranges, in volts, and how far beyond its name each one reads (Model 2000 specifications, DC voltage). */
const RANGES = [0.1, 1, 10, 100, 1000] as const;
const overrange = (range: number) => (range === 1000 ? 1010 : 1.2 * range);

/** Line cycles per second of the simulated mains. */
const LINE_HZ = 50;
/** Time between two integrations, in ms. */
const OVERHEAD_MS = 1;
/** Own noise of a reading over one line cycle, and the last digit, as shares of the range. */
const NOISE = 1e-6;
const RESOLUTION = 1e-6;
/** What a reading beyond the range reads (manual, :FORMat:ELEMents). */
const OVERFLOW = 9.9e37;

interface Acquisition {
  readonly stop: AbortController;
  /** Resolves at the end, also of one that was stopped. */
  readonly ended: Promise<void>;
}

/**
 * The measuring half of a Model 2000: integration, ranges, and the trigger model from idle through `count` readings back
 * to idle. While it runs freely (continuous initiation, or an infinite count) no timer is set: what it would have
 * measured is worked out when someone asks.
 */
export class Keithley2000Meter {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #input: Keithley2000Input;
  nplc = NPLC.default;
  autoRange = true;
  #range: number = 1000;
  sampleCount = 1;
  /** Infinity for INFinite. */
  triggerCount = Number.POSITIVE_INFINITY;
  triggerDelayS = 0;
  #continuous = true;
  /** When it began to run freely; undefined while it does not. */
  #freeSinceMs: number | undefined;
  #acquisition: Acquisition | undefined;
  #readings: readonly number[] = [];
  #lastFree: { readonly cycle: number; readonly reading: number } | undefined;

  constructor(clock: Clock, random: Random, input: Keithley2000Input) {
    this.#clock = clock;
    this.#random = random;
    this.#input = input;
    this.#freeSinceMs = clock.now();
  }

  /** The present range, in volts. */
  get range(): number {
    return this.#range;
  }

  /** Chooses the smallest range that holds the expected reading. */
  expect(volts: number): void {
    this.#range = RANGES.find((range) => Math.abs(volts) <= overrange(range)) ?? 1000;
    this.autoRange = false;
  }

  get continuous(): boolean {
    return this.#continuous;
  }

  set continuous(on: boolean) {
    this.#continuous = on;
    this.abort();
  }

  /** @throws ScpiError -213 unless idle */
  initiate(): void {
    if (this.#continuous || this.#acquisition || this.#freeSinceMs !== undefined) throw new ScpiError(-213);
    const count = this.sampleCount * this.triggerCount;
    if (count === Number.POSITIVE_INFINITY) this.#runFreely();
    else this.#acquire(count);
  }

  /** Back to idle; with continuous initiation it starts again at once. */
  abort(): void {
    this.#acquisition?.stop.abort();
    this.#acquisition = undefined;
    this.#freeSinceMs = undefined;
    if (this.#continuous) this.#runFreely();
  }

  /** Forgets the readings: what was measured under other settings is not to be fetched. */
  discard(): void {
    this.#readings = [];
  }

  /**
   * The latest readings, once there are any.
   *
   * @throws ScpiError -230 if none were taken
   */
  async fetch(signal: AbortSignal): Promise<readonly number[]> {
    if (this.#freeSinceMs !== undefined) return [await this.#freeReading(this.#freeSinceMs, signal)];
    await this.idle(signal);
    if (this.#readings.length === 0) throw new ScpiError(-230);
    return this.#readings;
  }

  /** Resolves at the end of the readings under way. Running freely is not an operation that ends. */
  async idle(signal?: AbortSignal): Promise<void> {
    const acquisition = this.#acquisition;
    if (!acquisition) return;
    if (signal) await Promise.race([acquisition.ended, rejection(signal)]);
    else await acquisition.ended;
  }

  #runFreely(): void {
    this.#freeSinceMs = this.#clock.now();
    this.#lastFree = undefined;
  }

  #acquire(count: number): void {
    const stop = new AbortController();
    this.discard();
    const measure = async () => {
      const readings: number[] = [];
      for (let i = 0; i < count; i++) readings.push(await this.#integrate(stop.signal));
      this.#readings = readings;
      this.#acquisition = undefined;
    };
    const ended = measure().catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
    this.#acquisition = { stop, ended };
  }

  async #integrate(signal: AbortSignal): Promise<number> {
    const { delayMs, integrationMs } = this.#timing;
    // The mean over a short integration is close to the value in its middle.
    await this.#clock.sleep(delayMs + integrationMs / 2, signal);
    const reading = this.#read();
    await this.#clock.sleep(integrationMs / 2, signal);
    return reading;
  }

  async #freeReading(sinceMs: number, signal: AbortSignal): Promise<number> {
    const { delayMs, integrationMs } = this.#timing;
    const cycleMs = delayMs + integrationMs;
    if (this.#clock.now() - sinceMs < cycleMs) await this.#clock.sleep(sinceMs + cycleMs - this.#clock.now(), signal);
    const cycle = Math.floor((this.#clock.now() - sinceMs) / cycleMs);
    if (this.#lastFree?.cycle !== cycle) this.#lastFree = { cycle, reading: this.#read() };
    return this.#lastFree.reading;
  }

  get #timing() {
    return { delayMs: 1000 * this.triggerDelayS + OVERHEAD_MS, integrationMs: (1000 * this.nplc) / LINE_HZ };
  }

  #read(): number {
    const volts = this.#input.volts();
    if (this.autoRange) this.#range = RANGES.find((range) => Math.abs(volts) <= overrange(range)) ?? 1000;
    const noise = Math.hypot(NOISE * this.#range, this.#input.noiseV) / Math.sqrt(this.nplc);
    const reading = volts + noise * this.#random.normal();
    if (Math.abs(reading) > overrange(this.#range)) return OVERFLOW;
    const step = RESOLUTION * this.#range;
    return Math.round(reading / step) * step;
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
