import type { Clock } from '@daqtor/core';
import { type EventCommand, EventRefusal, eventNumber } from './event-commands.ts';

const KILOBYTE = 1024;
/** Data are written in blocks, the last of which is filled with zeros. */
const BLOCK = 2 * KILOBYTE;
const FLOAT = 4;
const HIGHEST_HZ = 1.25e6;
const CONFIGURATIONS: readonly string[] = ['X', 'XY', 'RT', 'XYRT'];
const START = { ONE: 0, ONESHOT: 0, 0: 0, IMM: 0, IMMEDIATE: 0 } as const;

/**
 * The capture buffer of an SR860, for X and for X and Y, started at once and stopped when it is full. Samples are computed when somebody asks
 * for them, from the outputs at their times.
 */
export class Sr860Capture {
  readonly #clock: Clock;
  readonly #sample: () => readonly [number, number];
  readonly #timeConstantS: () => number;
  #channels: 1 | 2 = 1;
  #kilobytes = 256;
  #halvings = 0;
  #floats: number[] = [];
  #capturing: object | undefined;
  #state = 0;

  constructor(clock: Clock, sample: () => readonly [number, number], timeConstantS: () => number) {
    this.#clock = clock;
    this.#sample = sample;
    this.#timeConstantS = timeConstantS;
  }

  get commands(): Readonly<Record<string, EventCommand>> {
    const set = (change: () => void) => {
      if (this.#capturing) throw new EventRefusal('execution');
      change();
      return undefined;
    };
    return {
      'CAPTURECFG?': () => String(this.#channels - 1),
      CAPTURECFG: (which) =>
        set(() => {
          const named = CONFIGURATIONS.indexOf(which?.toUpperCase() ?? '');
          const channels = (named >= 0 ? named : eventNumber(which, 0, 3)) + 1;
          if (channels > 2) throw new EventRefusal('execution');
          this.#channels = channels as 1 | 2;
          this.#floats = [];
        }),
      'CAPTURELEN?': () => String(this.#kilobytes),
      CAPTURELEN: (kilobytes) =>
        set(() => {
          this.#kilobytes = 2 * Math.ceil(eventNumber(kilobytes, 1, 4096) / 2);
        }),
      'CAPTURERATEMAX?': () => String(this.#highestHz),
      'CAPTURERATE?': () => String(this.#rateHz),
      CAPTURERATE: (halvings) =>
        set(() => {
          this.#halvings = Math.round(eventNumber(halvings, 0, 20));
        }),
      CAPTURESTART: (shots, trigger) =>
        set(() => {
          if (!((shots?.toUpperCase() ?? '') in START) || !((trigger?.toUpperCase() ?? '') in START))
            throw new EventRefusal('execution');
          this.#start();
        }),
      CAPTURESTOP: () => {
        this.#capturing = undefined;
        this.#state &= ~1;
        return undefined;
      },
      'CAPTURESTAT?': () => String(this.#state),
      'CAPTUREBYTES?': () => String(this.#floats.length * FLOAT),
      'CAPTUREPROG?': () => String((Math.ceil((this.#floats.length * FLOAT) / BLOCK) * BLOCK) / KILOBYTE),
      'CAPTUREGET?': (offset, length) => {
        if (this.#capturing) throw new EventRefusal('execution');
        const first = Math.round(eventNumber(offset, 0, this.#kilobytes)) * KILOBYTE;
        return this.#block(first, Math.round(eventNumber(length, 1, 64)) * KILOBYTE);
      },
    };
  }

  /** From memory: it follows the time constant in powers of two, some ten points in each. */
  get #highestHz(): number {
    const halvings = Math.max(0, Math.ceil(Math.log2((HIGHEST_HZ * this.#timeConstantS()) / 10)));
    return HIGHEST_HZ / 2 ** halvings;
  }

  get #rateHz(): number {
    return this.#highestHz / 2 ** this.#halvings;
  }

  #start(): void {
    const run = {};
    this.#capturing = run;
    this.#floats = [];
    this.#state = 3;
    const full = (this.#kilobytes * KILOBYTE) / FLOAT;
    const startMs = this.#clock.now();
    let samples = 0;
    const next = () => {
      if (this.#capturing !== run) return;
      // All that are due, since no timer is as fast as its rate may be.
      const due = Math.floor(((this.#clock.now() - startMs) * this.#rateHz) / 1000) + 1;
      for (; samples < due && this.#floats.length < full; samples++)
        this.#floats.push(...this.#sample().slice(0, this.#channels));
      if (this.#floats.length < full) this.#clock.setTimeout(next, Math.max(1, 1000 / this.#rateHz));
      else {
        this.#capturing = undefined;
        this.#state = 6;
      }
    };
    next();
  }

  /** As text, one character a byte. */
  #block(first: number, bytes: number): string {
    const view = new DataView(new ArrayBuffer(bytes));
    for (let i = 0; i < bytes / FLOAT; i++) view.setFloat32(i * FLOAT, this.#floats[first / FLOAT + i] ?? 0, true);
    const data = Array.from(new Uint8Array(view.buffer), (byte) => String.fromCharCode(byte)).join('');
    return `#${String(bytes).length}${bytes}${data}`;
  }
}
