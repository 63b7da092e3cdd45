import type { Clock } from '@daqtor/core';
import type { Random } from '../physics/random.ts';
import { ScpiError } from './scpi/scpi-error.ts';

/** A function of the meter: its header and name in answers, what it measures, its ranges. */
export interface Hp34401aFunction {
  readonly header: string;
  readonly name: string;
  readonly quantity: 'V' | 'A' | 'ohm';
  readonly ac: boolean;
  readonly ranges: readonly number[];
}

const VOLTS = [0.1, 1, 10, 100];
const OHMS = [100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
export const FUNCTIONS: readonly Hp34401aFunction[] = [
  { header: 'VOLTage[:DC]', name: 'VOLT', quantity: 'V', ac: false, ranges: [...VOLTS, 1000] },
  { header: 'VOLTage:AC', name: 'VOLT:AC', quantity: 'V', ac: true, ranges: [...VOLTS, 750] },
  { header: 'CURRent[:DC]', name: 'CURR', quantity: 'A', ac: false, ranges: [0.01, 0.1, 1, 3] },
  { header: 'CURRent:AC', name: 'CURR:AC', quantity: 'A', ac: true, ranges: [1, 3] },
  { header: 'RESistance', name: 'RES', quantity: 'ohm', ac: false, ranges: OHMS },
  { header: 'FRESistance', name: 'FRES', quantity: 'ohm', ac: false, ranges: OHMS },
];
/** Integration times in periods of the mains; one in between is rounded up. */
const NPLCS = [0.02, 0.2, 1, 10, 100];
/** Time of an AC reading, in ms, by the lowest frequency of the filter, in Hz. */
const AC_MS: Readonly<Record<number, number>> = { 3: 7000, 20: 1000, 200: 600 };
const LINE_HZ = 50;
const OVERLOAD = 9.9e37;
/** Own noise of a reading over one period of the mains, as a share of the range. */
const NOISE = 1.5e-6;

/** The measuring half of a 34401A: function, range, integration, single readings on command. */
export class Hp34401aMeter {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #input: (quantity: 'V' | 'A' | 'ohm') => number;
  function: Hp34401aFunction = FUNCTIONS[0] as Hp34401aFunction;
  #range = 10;
  autoRange = true;
  #nplc = 10;
  filterHz = 20;
  sampleCount = 1;
  #stop: AbortController | undefined;
  #ended: Promise<void> = Promise.resolve();
  #readings: readonly number[] = [];

  constructor(clock: Clock, random: Random, input: (quantity: 'V' | 'A' | 'ohm') => number) {
    this.#clock = clock;
    this.#random = random;
    this.#input = input;
  }

  get range(): number {
    return this.#range;
  }

  get nplc(): number {
    return this.#nplc;
  }

  set nplc(periods: number) {
    this.#nplc = NPLCS.find((choice) => periods <= choice) ?? 100;
  }

  /** Defaults of a function, automatic range. */
  configure(chosen: Hp34401aFunction): void {
    this.abort();
    this.function = chosen;
    this.autoRange = true;
    this.#nplc = 10;
    this.filterHz = 20;
    this.sampleCount = 1;
    this.#readings = [];
  }

  /** The smallest range that holds the value. Ranges go to 120 % of their name but the largest of volts and amperes. */
  expect(value: number): void {
    this.#range = this.#rangeFor(value);
    this.autoRange = false;
  }

  /** @throws ScpiError -213 while readings are under way */
  initiate(): void {
    if (this.#stop) throw new ScpiError(-213);
    const stop = new AbortController();
    this.#stop = stop;
    this.#readings = [];
    this.#ended = this.#acquire(stop.signal).finally(() => {
      if (this.#stop === stop) this.#stop = undefined;
    });
  }

  /** Breaks off what is under way. */
  abort(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  /** @throws ScpiError -230 if there are no readings */
  async fetch(signal: AbortSignal): Promise<readonly number[]> {
    const stop = this.#stop;
    await this.idle(signal);
    // Nobody is left to be answered, or to be told of an error.
    if (stop?.signal.aborted) return [];
    if (this.#readings.length === 0) throw new ScpiError(-230);
    return this.#readings;
  }

  async idle(signal?: AbortSignal): Promise<void> {
    const interrupted = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      if (signal?.aborted) reject(signal.reason);
    });
    await Promise.race([this.#ended, interrupted]);
  }

  async #acquire(signal: AbortSignal): Promise<void> {
    const readings: number[] = [];
    for (let i = 0; i < this.sampleCount; i++) {
      // Signal and, with autozero, the zero after it.
      const integrationMs = this.function.ac ? (AC_MS[this.filterHz] ?? 1000) : (1000 * this.#nplc) / LINE_HZ;
      try {
        await this.#clock.sleep(integrationMs / 2, signal);
        readings.push(this.#read());
        await this.#clock.sleep(integrationMs / 2 + (this.function.ac ? 0 : integrationMs), signal);
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
    }
    this.#readings = readings;
  }

  #read(): number {
    const value = this.#input(this.function.quantity);
    if (this.autoRange) this.#range = this.#rangeFor(value);
    const noise = (NOISE * this.#range) / Math.sqrt(this.function.ac ? 1 : this.#nplc);
    const reading = value + noise * this.#random.normal();
    return Math.abs(reading) > this.#top(this.#range) ? Math.sign(reading) * OVERLOAD : reading;
  }

  #rangeFor(value: number): number {
    const { ranges } = this.function;
    return ranges.find((range) => Math.abs(value) <= this.#top(range)) ?? (ranges.at(-1) as number);
  }

  #top(range: number): number {
    return range === 1000 || range === 750 || range === 3 ? range : 1.2 * range;
  }
}
