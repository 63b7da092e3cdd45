import type { Clock } from '@daqtor/core';
import type { Random } from '../physics/random.ts';
import { ScpiError } from './scpi/scpi-error.ts';

export type SourceFunction = 'VOLT' | 'CURR';
/** Model 2400: largest levels, in V and A, and power in W. */
const MAXIMUM = { VOLT: 210, CURR: 1.05 } as const;
const MAX_POWER_W = 22;
/** Where 200 V are no longer allowed at this current. */
const POWER_CORNER = { VOLT: 21, CURR: 0.105 } as const;
/** Own noise of a reading over one period of the mains, as a share of the value, and at least that of a small range. */
const NOISE = { share: 2e-6, volts: 1e-6, amperes: 1e-11 } as const;
const LINE_HZ = 50;
const AUTO_DELAY_S = 0.001;

/** What is at the terminals. */
export interface TerminalState {
  readonly volts: number;
  readonly amperes: number;
  readonly inCompliance: boolean;
}

/** The source, its compliance and the measurement of a Model 2400 with a resistor between its terminals. */
export class Keithley2400Unit {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #ohms: () => number;
  function: SourceFunction = 'VOLT';
  readonly #levels = { VOLT: 0, CURR: 0 };
  /** Limits: of the current while voltage is sourced, and the other way round. */
  readonly #limits = { VOLT: 21, CURR: 105e-6 };
  nplc = 1;
  output = false;
  /** Readings of one `:READ?`. */
  triggerCount = 1;
  /** How the level goes from one of them to the next. */
  readonly modes: Record<SourceFunction, 'FIX' | 'SWE'> = { VOLT: 'FIX', CURR: 'FIX' };
  readonly sweeps = { VOLT: { start: 0, stop: 0 }, CURR: { start: 0, stop: 0 } };
  sweepPoints = 2500;
  /** Between a level of a sweep and its reading; undefined for automatic, which is a millisecond. */
  delayS: number | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(clock: Clock, random: Random, ohms: () => number) {
    this.#clock = clock;
    this.#random = random;
    this.#ohms = ohms;
  }

  /** `*RST`. */
  reset(): void {
    this.output = false;
    this.function = 'VOLT';
    this.nplc = 1;
    this.triggerCount = 1;
    this.sweepPoints = 2500;
    this.delayS = undefined;
    for (const of of ['VOLT', 'CURR'] as const) {
      this.modes[of] = 'FIX';
      Object.assign(this.sweeps[of], { start: 0, stop: 0 });
    }
    Object.assign(this.#levels, { VOLT: 0, CURR: 0 });
    Object.assign(this.#limits, { VOLT: 21, CURR: 105e-6 });
  }

  level(of: SourceFunction): number {
    return this.#levels[of];
  }

  /** @throws ScpiError 826 beyond the power of the source */
  setLevel(of: SourceFunction, value: number): void {
    this.#requirePower(of, value, this.#limits[other(of)]);
    this.#levels[of] = value;
  }

  limit(of: SourceFunction): number {
    return this.#limits[of];
  }

  setLimit(of: SourceFunction, value: number): void {
    this.#requirePower(other(of), this.#levels[other(of)], value);
    this.#limits[of] = value;
  }

  /** Choosing what is sourced turns the output off. */
  choose(wanted: SourceFunction): void {
    if (wanted !== this.function) this.output = false;
    this.function = wanted;
  }

  get terminals(): TerminalState {
    if (!this.output) return { volts: 0, amperes: 0, inCompliance: false };
    const ohms = this.#ohms();
    if (this.function === 'VOLT') {
      const wanted = this.#levels.VOLT / ohms;
      const amperes = clip(wanted, this.#limits.CURR);
      return {
        volts: amperes === wanted ? this.#levels.VOLT : amperes * ohms,
        amperes,
        inCompliance: amperes !== wanted,
      };
    }
    const wanted = this.#levels.CURR * ohms;
    const volts = clip(wanted, this.#limits.VOLT);
    return { volts, amperes: volts === wanted ? this.#levels.CURR : volts / ohms, inCompliance: volts !== wanted };
  }

  /**
   * As many readings as the trigger wants, each at its level where it sweeps.
   *
   * @throws ScpiError 803 while the output is off, 826 for a sweep beyond the power of the source
   */
  async read(signal: AbortSignal): Promise<TerminalState[]> {
    if (!this.output) throw new ScpiError(803);
    const readings: TerminalState[] = [];
    while (readings.length < this.triggerCount) {
      if (this.modes[this.function] === 'SWE') {
        const { start, stop } = this.sweeps[this.function];
        const share = (readings.length % this.sweepPoints) / (this.sweepPoints - 1);
        this.setLevel(this.function, start + share * (stop - start));
        await this.#clock.sleep(1000 * (this.delayS ?? AUTO_DELAY_S), signal);
      }
      readings.push(await this.#readOnce(signal));
    }
    return readings;
  }

  /** Integrates voltage and current, one after the other. */
  async #readOnce(signal: AbortSignal): Promise<TerminalState> {
    const integration = this.#clock.sleep((2 * 1000 * this.nplc) / LINE_HZ, signal);
    this.#reading = integration.catch(() => undefined);
    await integration;
    const { volts, amperes, inCompliance } = this.terminals;
    return { volts: this.#noisy(volts, NOISE.volts), amperes: this.#noisy(amperes, NOISE.amperes), inCompliance };
  }

  idle(): Promise<void> {
    return this.#reading;
  }

  #noisy(value: number, least: number): number {
    return value + (Math.hypot(NOISE.share * value, least) / Math.sqrt(this.nplc)) * this.#random.normal();
  }

  #requirePower(of: SourceFunction, level: number, limit: number): void {
    if (Math.abs(level) > MAXIMUM[of] || limit > MAXIMUM[other(of)]) throw new ScpiError(-222);
    const beyond = Math.abs(level) > POWER_CORNER[of] && limit > POWER_CORNER[other(of)];
    if (beyond && Math.abs(level) * limit > MAX_POWER_W) throw new ScpiError(826);
  }
}

const other = (one: SourceFunction): SourceFunction => (one === 'VOLT' ? 'CURR' : 'VOLT');
const clip = (value: number, limit: number): number => Math.min(limit, Math.max(-limit, value));
