import type { Clock } from '@daqtor/core';
import { createRandom } from '../physics/random.ts';
import {
  type EventCommand,
  EventCommands,
  EventRefusal,
  eventIndex,
  eventNumber,
  eventRegister,
} from './event-commands.ts';
import { lineInstrument } from './line-instrument.ts';
import { LockInFilter, type LockInInput } from './lock-in-filter.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';
import { Sr830Buffer } from './sr830-buffer.ts';

export interface LockInOptions {
  readonly clock: Clock;
  /** Noise of each output, as a share of full scale, standard deviation; default 1e-6. */
  readonly noise?: number;
  readonly referenceHz?: number;
  readonly seed?: number;
}

/** Where an SR830 is plugged in: it answers by the interface that OUTX names, with the line ends of it. */
export interface Sr830Options extends LockInOptions {
  /** Default RS-232. */
  readonly interface?: 'rs232' | 'gpib';
}

export interface SimulatedLockIn extends SimulatedInstrument {
  /** Puts a signal at its input, from now on. */
  apply(input: LockInInput): void;
}

const IDENTITY = 'Stanford_Research_Systems,SR830,s/n38411,ver1.07';
/** Bits of the lock-in status (LIAS?); set ones stay until they are read. */
const STATUS = { input: 0x1, filter: 0x2, output: 0x4 } as const;
/** Bits of the status byte that it has for itself: no scan in progress, no command in progress, the lock-in status. */
const BYTE = { noScan: 0x1, noCommand: 0x2, lockIn: 0x8 } as const;
/** An output overloads beyond this share of full scale. */
const FULL = 1.09;
/** How much more than full scale the input takes, at a normal reserve. */
const RESERVE = 100;

/**
 * A Stanford Research SR830 lock-in on its RS-232 or its GPIB interface.
 *
 * Source: SR830 manual, data transfer commands (5-15, 5-16); the tables of SENS and OFLT as the SR850's manual has them
 * (6-7). Compared with PyMeasure's driver: these tables, bits 0 to 2 of LIAS?, the rates of SRAT; from memory: OUTX, the bits
 * of the status byte and LIAE. It comes up answering by GPIB, so that nothing is heard
 * on RS-232 before OUTX 0. Answers end with CR on RS-232, with LF on GPIB.
 */
export function simulatedSr830({
  clock,
  noise = 1e-6,
  referenceHz = 1000,
  seed = 1,
  interface: plug = 'rs232',
}: Sr830Options): SimulatedLockIn {
  const random = createRandom(seed, 'sr830');
  const end = plug === 'gpib' ? '\n' : '\r';
  const filter = new LockInFilter(clock);
  const settings = { outx: 1, sens: 26, oflt: 8, ofsl: 1, isrc: 0 };
  let [latched, statusEnable] = [0, 0];
  const fullScale = () => ([2, 5, 10][settings.sens % 3] ?? 1) * 10 ** (Math.floor(settings.sens / 3) - 9);
  const look = () => {
    const { x, y } = filter.output;
    const { x: inX, y: inY } = filter.input;
    if (Math.hypot(inX, inY) > RESERVE * fullScale()) latched |= STATUS.input;
    if (Math.max(Math.abs(x), Math.abs(y)) > FULL * fullScale()) latched |= STATUS.output;
    return { x, y };
  };
  const limited = (value: number) => Math.min(FULL * fullScale(), Math.max(-FULL * fullScale(), value));
  const noisy = (value: number) => limited(value + noise * fullScale() * random.normal());
  const parameter = (number: string | undefined) => {
    const { x, y } = look();
    switch (eventNumber(number, 1, 11)) {
      case 1:
        return noisy(x);
      case 2:
        return noisy(y);
      case 3:
        return Math.abs(noisy(Math.hypot(x, y)));
      case 4:
        return (Math.atan2(y, x) * 180) / Math.PI;
      case 9:
        return referenceHz;
      default:
        throw new EventRefusal('execution');
    }
  };
  const buffer = new Sr830Buffer(clock, () => {
    const { x, y } = look();
    return [noisy(x), noisy(y)];
  });
  const statusBits = () => {
    look();
    return BYTE.noCommand | (buffer.isScanning ? 0 : BYTE.noScan) | (latched & statusEnable ? BYTE.lockIn : 0);
  };
  const table: Record<string, EventCommand> = {
    '*IDN?': () => IDENTITY,
    ...eventRegister(
      'LIAE',
      () => statusEnable,
      (bits) => {
        statusEnable = bits;
      },
    ),
    ...eventIndex(
      'OUTX',
      1,
      () => settings.outx,
      (index) => {
        settings.outx = index;
      },
    ),
    ...eventIndex(
      'SENS',
      26,
      () => settings.sens,
      (index) => {
        settings.sens = index;
      },
    ),
    ...eventIndex(
      'OFLT',
      19,
      () => settings.oflt,
      (index) => {
        settings.oflt = index;
        filter.timeConstantS = (index % 2 === 1 ? 3 : 1) * 10 ** (Math.floor(index / 2) - 5);
      },
    ),
    ...eventIndex(
      'OFSL',
      3,
      () => settings.ofsl,
      (index) => {
        settings.ofsl = index;
        filter.stages = index + 1;
      },
    ),
    ...eventIndex(
      'ISRC',
      3,
      () => settings.isrc,
      (index) => {
        settings.isrc = index;
      },
    ),
    'FREQ?': () => String(referenceHz),
    'LIAS?': () => {
      look();
      const bits = latched;
      latched = 0;
      return String(bits);
    },
    'OUTP?': (number) => written(parameter(number)),
    'SNAP?': (...numbers) => {
      if (numbers.length < 2 || numbers.length > 6) throw new EventRefusal('command');
      return numbers.map((number) => written(parameter(number))).join(',');
    },
    DDEF: (...parameters) => {
      if (parameters.length !== 3) throw new EventRefusal('command');
      return undefined;
    },
    ...buffer.commands,
  };
  const commands = new EventCommands(table, statusBits);
  const instrument = lineInstrument({
    title: 'Stanford Research SR830',
    terminator: end,
    answerEnd: end,
    execute(line) {
      const answers = commands.execute(line);
      return settings.outx === (plug === 'gpib' ? 1 : 0) ? answers : undefined;
    },
  });
  return Object.assign(instrument, { messages: commands.messages, apply: (input: LockInInput) => filter.apply(input) });
}

const written = (value: number): string => String(Number(value.toPrecision(6)));
