import type { Clock } from '@daqtor/core';
import { createRandom } from '../physics/random.ts';
import { EventCommands, EventRefusal, eventIndex, eventNumber } from './event-commands.ts';
import { LakeShorePlant } from './lake-shore-plant.ts';
import { lineInstrument } from './line-instrument.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';

export interface LakeShore335Options {
  readonly clock: Clock;
  /** Temperature of both stages when the heaters are off, in kelvin; default 77. */
  readonly coldK?: number;
  /** Time constant of both stages, in seconds; default 20. */
  readonly timeConstantS?: number;
  /** Standard deviation of a reading, in kelvin; default 0.001. */
  readonly noiseK?: number;
  readonly seed?: number;
}

export interface SimulatedLakeShore335 extends SimulatedInstrument {
  /** Breaks the wires of a sensor, or mends them. */
  breakSensor(input: 'A' | 'B', broken: boolean): void;
}

const IDENTITY = 'LSCI,MODEL335,335A4XF/#######,2.0';
/** A bit of RDGST?: the sensor reads more than its range, as an open one does. */
const OVERRANGE = 0x80;
const OUTPUTS = 2;

/**
 * A Lake Shore 335 temperature controller: output 1 heats what input A measures, output 2 what input B does.
 *
 * Source: the Model 331 and 340 manuals, whose commands and bits of RDGST? it shares (331: 6-28 to 6-37); RANGE
 * with the number of the output, as PyMeasure's driver has it. Commands that it refuses set bits of *ESR? and are not answered.
 */
export function simulatedLakeShore335({
  clock,
  coldK = 77,
  timeConstantS = 20,
  noiseK = 0.001,
  seed = 1,
}: LakeShore335Options): SimulatedLakeShore335 {
  const random = createRandom(seed, 'lake shore 335');
  const plants = Array.from({ length: OUTPUTS }, () => new LakeShorePlant(clock, coldK, timeConstantS));
  const ramps = Array.from({ length: OUTPUTS }, () => ({ on: false, kPerMin: 0 }));
  const broken = { A: false, B: false };
  const output = (text: string | undefined) => eventNumber(text, 1, OUTPUTS) - 1;
  const plantOf = (text: string | undefined) => plants[output(text)] as LakeShorePlant;
  const inputOf = (text: string | undefined): 'A' | 'B' => {
    const name = text?.toUpperCase();
    if (name !== 'A' && name !== 'B') throw new EventRefusal('execution');
    return name;
  };
  const reading = (input: 'A' | 'B', offsetK: number) => {
    if (broken[input]) return '+000.000';
    const kelvin = (plants[input === 'A' ? 0 : 1] as LakeShorePlant).temperatureK + noiseK * random.normal();
    return signed(kelvin + offsetK);
  };
  const commands = new EventCommands({
    '*IDN?': () => IDENTITY,
    'KRDG?': (input) => reading(inputOf(input), 0),
    'CRDG?': (input) => reading(inputOf(input), -273.15),
    'RDGST?': (input) => String(broken[inputOf(input)] ? OVERRANGE : 0).padStart(3, '0'),
    'SETP?': (number) => signed(plantOf(number).setpointK),
    SETP: (number, value) => {
      const ramp = ramps[output(number)];
      plantOf(number).goTo(eventNumber(value, 0, 1505), ramp?.on && ramp.kPerMin > 0 ? ramp.kPerMin : undefined);
      return undefined;
    },
    'RAMP?': (number) => {
      const ramp = ramps[output(number)];
      return `${ramp?.on ? 1 : 0},${signed(ramp?.kPerMin ?? 0)}`;
    },
    RAMP: (number, on, kPerMin) => {
      ramps[output(number)] = { on: eventNumber(on, 0, 1) === 1, kPerMin: eventNumber(kPerMin, 0, 100) };
      return undefined;
    },
    'RAMPST?': (number) => (plantOf(number).ramping ? '1' : '0'),
    'RANGE?': (number) => String(plantOf(number).heater),
    RANGE: (number, range) => {
      plantOf(number).switchHeater(eventNumber(range, 0, 3));
      return undefined;
    },
    'HTR?': (number) => signed(plantOf(number).heater > 0 ? 40 : 0),
    ...eventIndex(
      'MODE',
      2,
      () => 0,
      () => undefined,
    ),
  });
  const instrument = lineInstrument({
    title: 'Lake Shore 335',
    terminator: '\n',
    answerEnd: '\r\n',
    execute: (line) => commands.execute(line),
  });
  return Object.assign(instrument, {
    breakSensor: (input: 'A' | 'B', on: boolean) => {
      broken[input] = on;
    },
  });
}

/** As `+077.350`. */
const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3).padStart(7, '0')}`;
