import type { Clock } from '@daqtor/core';
import { createRandom } from '../physics/random.ts';
import { Keithley2000Meter, NPLC, RANGE } from './keithley2000-meter.ts';
import { type ScpiCommand, ScpiDevice } from './scpi/scpi-device.ts';
import { scientific } from './scpi/scpi-format.ts';
import {
  type ScpiRange,
  scpiBoolean,
  scpiInteger,
  scpiNumber,
  scpiShortForm,
  scpiString,
  scpiWord,
} from './scpi/scpi-parameters.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';

export interface Keithley2000Options {
  readonly clock: Clock;
  /** Voltage at the input terminals at this moment, in volts. */
  readonly input: () => number;
  /** Noise of the source: standard deviation of a reading over one power line cycle, in volts; default 0. */
  readonly inputNoiseV?: number;
  readonly seed?: number;
}

const IDENTITY = 'KEITHLEY INSTRUMENTS INC.,MODEL 2000,1120513,A20  /A02';
const FUNCTIONS = ['VOLTage:DC', 'VOLTage'];
const SAMPLE_COUNT: ScpiRange = { minimum: 1, maximum: 1024, default: 1 };
const TRIGGER_COUNT: ScpiRange = { minimum: 1, maximum: 9999, default: 1 };
const TRIGGER_DELAY: ScpiRange = { minimum: 0, maximum: 999999.999, default: 0 };
/** In the order in which they are sent. */
const ELEMENTS = ['READing', 'CHANnel', 'UNITs'];

/**
 * A Keithley Model 2000 multimeter that measures DC voltage.
 *
 * Source: Model 2000 User's Manual (Keithley 2000-900-01 Rev. J), the chapters on remote operation and on the SCPI commands.
 * As the real one it comes up with continuous initiation, during which :READ? and :INITiate are
 * refused with -213; *RST ends it. Other functions than DC voltage and binary data formats are refused with -224.
 */
export function simulatedKeithley2000({
  clock,
  input,
  inputNoiseV = 0,
  seed = 1,
}: Keithley2000Options): SimulatedInstrument {
  const meter = new Keithley2000Meter(clock, createRandom(seed, 'keithley2000'), {
    volts: input,
    noiseV: inputNoiseV,
  });
  const format = { elements: ['READ'] };
  const device = new ScpiDevice(
    {
      identity: IDENTITY,
      errorQueueLength: 10,
      reset: () => restore(meter, format, false),
      idle: (signal) => meter.idle(signal),
    },
    commandsOf(meter, format),
  );
  return { title: 'Keithley 2000', connect: (transmit) => device.connect(transmit), messages: device.status };
}

interface Format {
  elements: string[];
}

/** `*RST` and, with continuous initiation, `:SYSTem:PRESet`. */
function restore(meter: Keithley2000Meter, format: Format, preset: boolean): void {
  format.elements = ['READ'];
  configure(meter);
  meter.triggerCount = preset ? Number.POSITIVE_INFINITY : 1;
  meter.continuous = preset;
}

/** `:CONFigure`: the function's defaults, one reading per :READ?. */
function configure(meter: Keithley2000Meter, range?: string): void {
  meter.continuous = false;
  meter.discard();
  meter.nplc = NPLC.default;
  meter.sampleCount = 1;
  meter.triggerCount = 1;
  meter.triggerDelayS = 0;
  if (range === undefined || /^DEF(AULT)?$/i.test(range)) meter.autoRange = true;
  else meter.expect(scpiNumber(range, RANGE));
}

function commandsOf(meter: Keithley2000Meter, format: Format): ScpiCommand[] {
  const readings = async (signal: AbortSignal) => {
    const values = await meter.fetch(signal);
    return values.map((value) => formatted(value, format)).join(',');
  };
  const read = (signal: AbortSignal) => {
    meter.abort();
    meter.initiate();
    return readings(signal);
  };
  return [
    // Signal oriented measurement commands
    { header: ':CONFigure', ask: () => '"VOLT:DC"' },
    {
      header: ':CONFigure:VOLTage[:DC]',
      parameters: [0, 2],
      set: (range) => configure(meter, range),
    },
    {
      header: ':MEASure:VOLTage[:DC]',
      queryParameters: 2,
      ask: (signal, range) => {
        configure(meter, range);
        return read(signal);
      },
    },
    { header: ':FETCh', ask: readings },
    { header: ':READ', ask: read },

    // Trigger model
    { header: ':ABORt', set: () => meter.abort() },
    { header: ':INITiate[:IMMediate]', set: () => meter.initiate() },
    {
      header: ':INITiate:CONTinuous',
      parameters: [1, 1],
      set: (on) => {
        meter.continuous = scpiBoolean(on);
      },
      ask: () => flag(meter.continuous),
    },
    numeric(
      ':SAMPle:COUNt',
      SAMPLE_COUNT,
      (value) => {
        meter.sampleCount = Math.round(value);
      },
      () => String(meter.sampleCount),
    ),
    {
      header: ':TRIGger[:SEQuence]:COUNt',
      parameters: [1, 1],
      set: (count) => {
        const infinite = /^INF(INITE)?$/i.test(count);
        meter.triggerCount = infinite ? Number.POSITIVE_INFINITY : scpiInteger(count, TRIGGER_COUNT);
      },
      ask: () => (meter.triggerCount === Number.POSITIVE_INFINITY ? '+9.9e37' : String(meter.triggerCount)),
    },
    numeric(
      ':TRIGger[:SEQuence]:DELay',
      TRIGGER_DELAY,
      (value) => {
        meter.triggerDelayS = value;
      },
      () => String(meter.triggerDelayS),
    ),
    {
      header: ':TRIGger[:SEQuence]:SOURce',
      parameters: [1, 1],
      set: (source) => void scpiWord(source, ['IMMediate']),
      ask: () => 'IMM',
    },

    // Measurement
    {
      header: '[:SENSe]:FUNCtion',
      parameters: [1, 1],
      set: (name) => void scpiWord(scpiString(name), FUNCTIONS),
      ask: () => '"VOLT:DC"',
    },
    numeric(
      '[:SENSe]:VOLTage[:DC]:NPLCycles',
      NPLC,
      (value) => {
        meter.nplc = value;
      },
      () => String(meter.nplc),
    ),
    numeric(
      '[:SENSe]:VOLTage[:DC]:RANGe[:UPPer]',
      RANGE,
      (value) => meter.expect(value),
      () => String(meter.range),
    ),
    {
      header: '[:SENSe]:VOLTage[:DC]:RANGe:AUTO',
      parameters: [1, 1],
      set: (on) => {
        meter.autoRange = scpiBoolean(on);
      },
      ask: () => flag(meter.autoRange),
    },

    // Format
    {
      header: ':FORMat[:DATA]',
      parameters: [1, 2],
      set: (type) => void scpiWord(type, ['ASCii']),
      ask: () => 'ASC',
    },
    {
      header: ':FORMat:ELEMents',
      parameters: [1, ELEMENTS.length],
      set: (...names) => {
        const chosen = names.map((name) => scpiWord(name, ELEMENTS));
        format.elements = ELEMENTS.map(scpiShortForm).filter((name) => chosen.includes(name));
      },
      ask: () => format.elements.join(','),
    },

    // System
    { header: ':SYSTem:PRESet', set: () => restore(meter, format, true) },
    // Front panel keys are not simulated, so there is nothing to lock.
    { header: ':SYSTem:LOCal', set: () => undefined },
    { header: ':SYSTem:REMote', set: () => undefined },
    { header: ':SYSTem:RWLock', set: () => undefined },
  ];
}

/** A command with a number, and its query, which may also ask for MINimum, MAXimum or DEFault. */
function numeric(header: string, range: ScpiRange, set: (value: number) => void, get: () => string): ScpiCommand {
  return {
    header,
    parameters: [1, 1],
    queryParameters: 1,
    set: (value) => set(scpiNumber(value, range)),
    ask: (_, name) => (name === undefined ? get() : String(scpiNumber(name, range))),
  };
}

/** A reading with the chosen elements, e.g. `+1.23456700E+00` or `+1.23456700E+00VDC,0INTCHAN`. */
function formatted(value: number, { elements }: Format): string {
  const units = elements.includes('UNIT');
  const parts: string[] = [];
  if (elements.includes('READ')) parts.push(scientific(value, 8) + (units && value < 9e37 ? 'VDC' : ''));
  if (elements.includes('CHAN')) parts.push(units ? '0INTCHAN' : '0');
  return parts.join(',');
}

function flag(on: boolean): string {
  return on ? '1' : '0';
}
