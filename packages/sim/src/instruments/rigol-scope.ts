import type { Clock } from '@daqtor/core';
import type { Random } from '../physics/random.ts';

/** Volts at an input (1 to 4), so many seconds after the trigger. */
export type ScopeSignal = (channel: number, seconds: number) => number;

export interface ScopeChannel {
  shown: boolean;
  voltsPerDivision: number;
  offsetV: number;
}

const DIVISIONS = 12;
const SCREEN_POINTS = 1200;
const COUNTS_PER_DIVISION = 25;
const REFERENCE = 127;
/** Time after :SINGle during which the old state is still reported. */
const ARMING_MS = 20;
/** Noise in counts. */
const NOISE = 0.4;

/** The acquiring half of a DS1000Z. */
export class RigolScope {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #signal: ScopeSignal;
  readonly #triggerAfterMs: () => number;
  readonly memoryDepth: number;
  secondsPerDivision = 1e-3;
  readonly #channels: ScopeChannel[] = [true, false, false, false].map((shown) => ({
    shown,
    voltsPerDivision: 1,
    offsetV: 0,
  }));
  #state: 'running' | 'stopped' | { readonly armedMs: number; readonly triggerMs: number } = 'running';

  constructor(clock: Clock, random: Random, signal: ScopeSignal, triggerAfterMs: () => number, memoryDepth: number) {
    this.#clock = clock;
    this.#random = random;
    this.#signal = signal;
    this.#triggerAfterMs = triggerAfterMs;
    this.memoryDepth = memoryDepth;
  }

  run(): void {
    this.#state = 'running';
  }

  stop(): void {
    this.#state = 'stopped';
  }

  single(): void {
    const armedMs = this.#clock.now() + ARMING_MS;
    this.#state = { armedMs, triggerMs: armedMs + this.#triggerAfterMs() };
  }

  get triggerStatus(): string {
    if (this.#state === 'running') return 'TD';
    if (this.#state === 'stopped') return 'STOP';
    const now = this.#clock.now();
    return now < this.#state.armedMs || now >= this.#state.triggerMs ? 'STOP' : 'WAIT';
  }

  channel(number: number): ScopeChannel {
    const channel = this.#channels[number - 1];
    if (!channel) throw new RangeError(`there is no channel ${number}`);
    return channel;
  }

  /** Seconds from one point to the next, and of the first after the trigger. */
  time(raw: boolean): { readonly increment: number; readonly origin: number } {
    const span = DIVISIONS * this.secondsPerDivision;
    return { increment: span / (raw ? this.memoryDepth : SCREEN_POINTS), origin: -span / 2 };
  }

  /** Volts a count, and the count that stands for 0 V, less the reference. */
  vertical(number: number): { readonly increment: number; readonly offset: number } {
    const { voltsPerDivision, offsetV } = this.channel(number);
    const increment = voltsPerDivision / COUNTS_PER_DIVISION;
    return { increment, offset: Math.round(offsetV / increment) };
  }

  /** As text, one character a byte. */
  samples(number: number, raw: boolean, first: number, count: number): string {
    const { increment, origin } = this.time(raw);
    const vertical = this.vertical(number);
    let text = '';
    for (let i = first; i < first + count; i++) {
      const volts = this.#signal(number, origin + i * increment);
      const value = volts / vertical.increment + NOISE * this.#random.normal() + vertical.offset + REFERENCE;
      text += String.fromCharCode(Math.min(255, Math.max(0, Math.round(value))));
    }
    return text;
  }
}
