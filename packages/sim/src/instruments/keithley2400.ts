import type { Clock } from '@daqtor/core';
import { createRandom } from '../physics/random.ts';
import { Keithley2400Unit, type SourceFunction, type TerminalState } from './keithley2400-unit.ts';
import { type ScpiCommand, ScpiDevice } from './scpi/scpi-device.ts';
import { scientific } from './scpi/scpi-format.ts';
import { scpiBoolean, scpiInteger, scpiNumber, scpiString, scpiWord } from './scpi/scpi-parameters.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';

export interface Keithley2400Options {
  readonly clock: Clock;
  /** Resistance between the terminals at this moment, in ohms; default 1 kΩ. */
  readonly ohms?: () => number;
  readonly seed?: number;
}

export interface SimulatedKeithley2400 extends SimulatedInstrument {
  /** What is at the terminals now, whatever the instrument says. */
  readonly terminals: TerminalState;
}

const IDENTITY = 'KEITHLEY INSTRUMENTS INC.,MODEL 2400,0801342,C30   Mar 17 2006 09:29:29/A02  /K/J';
const ELEMENTS = ['VOLTage', 'CURRent', 'RESistance', 'TIME', 'STATus'];
const NO_VALUE = 9.91e37;
/** Bits of the status word (from memory): compliance, what is measured, what is sourced. */
const STATUS = { compliance: 1 << 3, measures: (1 << 11) | (1 << 12), VOLT: 1 << 14, CURR: 1 << 15 } as const;

/**
 * A Keithley Model 2400 SourceMeter with a resistor between its terminals.
 *
 * Source: Series 2400 SourceMeter User's Manual, 2400S-900-01: commands (chapter 18), errors (appendix B). It
 * comes up with its output off, as a voltage source at 0 V with a compliance of 105 µA; :READ? is then refused with +803. Fixed
 * sources, linear sweeps and ASCII data are simulated.
 */
export function simulatedKeithley2400({
  clock,
  ohms = () => 1000,
  seed = 1,
}: Keithley2400Options): SimulatedKeithley2400 {
  const unit = new Keithley2400Unit(clock, createRandom(seed, 'keithley2400'), ohms);
  const device = new ScpiDevice(
    { identity: IDENTITY, errorQueueLength: 10, reset: () => unit.reset(), idle: () => unit.idle() },
    commandsOf(unit, clock),
  );
  return {
    title: 'Keithley 2400',
    messages: device.status,
    connect: (transmit) => device.connect(transmit),
    get terminals() {
      return unit.terminals;
    },
  };
}

function commandsOf(unit: Keithley2400Unit, clock: Clock): ScpiCommand[] {
  let elements: readonly string[] = ELEMENTS.map((name) => scpiWord(name, ELEMENTS));
  const startMs = clock.now();
  const read = async (signal: AbortSignal) => {
    const readings = await unit.read(signal);
    return readings.map(asElements).join(',');
  };
  const asElements = ({ volts, amperes, inCompliance }: TerminalState) => {
    const status = (inCompliance ? STATUS.compliance : 0) | STATUS.measures | STATUS[unit.function];
    const values: Readonly<Record<string, number>> = {
      VOLT: volts,
      CURR: amperes,
      RES: NO_VALUE,
      TIME: (clock.now() - startMs) / 1000,
      STAT: status,
    };
    return elements.map((name) => scientific(values[name] ?? NO_VALUE, 6)).join(',');
  };
  return [
    { header: ':READ', ask: read },
    { header: ':ABORt', set: () => undefined },
    {
      header: ':FORMat:ELEMents[:SENSe]',
      parameters: [1, ELEMENTS.length],
      set: (...names) => {
        const chosen = names.map((name) => scpiWord(name, ELEMENTS));
        // Whatever the order in which they are asked for.
        elements = ELEMENTS.map((name) => scpiWord(name, ELEMENTS)).filter((name) => chosen.includes(name));
      },
      ask: () => elements.join(','),
    },
    { header: ':FORMat[:DATA]', parameters: [1, 2], set: (type) => void scpiWord(type, ['ASCii']), ask: () => 'ASC' },
    flag(
      ':OUTPut[:STATe]',
      () => unit.output,
      (on) => {
        unit.output = on;
      },
    ),
    {
      header: ':SOURce:FUNCtion[:MODE]',
      parameters: [1, 1],
      set: (name) => unit.choose(scpiWord(name, ['VOLTage', 'CURRent']) as SourceFunction),
      ask: () => unit.function,
    },
    flag(
      '[:SENSe]:FUNCtion:CONCurrent',
      () => true,
      () => undefined,
    ),
    {
      header: '[:SENSe]:FUNCtion[:ON]',
      parameters: [1, 3],
      set: (...names) => {
        for (const name of names) scpiWord(scpiString(name).replace(/:DC$/i, ''), ['VOLTage', 'CURRent']);
      },
      ask: () => '"VOLT:DC","CURR:DC"',
    },
    ...sweepCommands(unit),
    ...sourceCommands(unit, 'VOLT', 'VOLTage', 210),
    ...sourceCommands(unit, 'CURR', 'CURRent', 1.05),
  ];
}

/** Sweeps on a linear scale, and how many readings there are. */
function sweepCommands(unit: Keithley2400Unit): ScpiCommand[] {
  const count = { minimum: 1, maximum: 2500, default: 1 };
  const word = (header: string, words: readonly string[], value: string): ScpiCommand => ({
    header,
    parameters: [1, 1],
    set: (text) => void scpiWord(text, words),
    ask: () => value,
  });
  return [
    word(':SOURce:SWEep:SPACing', ['LINear'], 'LIN'),
    word(':SOURce:SWEep:RANGing', ['BEST', 'AUTO'], 'BEST'),
    {
      header: ':SOURce:SWEep:POINts',
      parameters: [1, 1],
      set: (text) => {
        unit.sweepPoints = scpiInteger(text, { ...count, minimum: 2 });
      },
      ask: () => String(unit.sweepPoints),
    },
    {
      header: ':TRIGger:COUNt',
      parameters: [1, 1],
      set: (text) => {
        unit.triggerCount = scpiInteger(text, count);
      },
      ask: () => String(unit.triggerCount),
    },
    number(
      ':SOURce:DELay',
      { minimum: 0, maximum: 9999.998, default: 0 },
      () => unit.delayS ?? 0,
      (value) => {
        unit.delayS = value;
      },
    ),
    flag(
      ':SOURce:DELay:AUTO',
      () => unit.delayS === undefined,
      (on) => {
        unit.delayS = on ? undefined : (unit.delayS ?? 0);
      },
    ),
  ];
}

/** What there is for voltage and for current alike. */
function sourceCommands(unit: Keithley2400Unit, of: SourceFunction, name: string, maximum: number): ScpiCommand[] {
  const level = { minimum: -maximum, maximum, default: 0 };
  const limit = { minimum: 0, maximum, default: of === 'VOLT' ? 21 : 105e-6 };
  return [
    number(
      `:SOURce:${name}[:LEVel][:IMMediate][:AMPLitude]`,
      level,
      () => unit.level(of),
      (value) => unit.setLevel(of, value),
    ),
    {
      header: `:SOURce:${name}:MODE`,
      parameters: [1, 1],
      set: (mode) => {
        unit.modes[of] = scpiWord(mode, ['FIXed', 'SWEep']) as 'FIX' | 'SWE';
      },
      ask: () => unit.modes[of],
    },
    ...(['start', 'stop'] as const).map((end) =>
      number(
        `:SOURce:${name}:${end === 'start' ? 'STARt' : 'STOP'}`,
        level,
        () => unit.sweeps[of][end],
        (value) => {
          unit.sweeps[of][end] = value;
        },
      ),
    ),
    flag(
      `:SOURce:${name}:RANGe:AUTO`,
      () => true,
      () => undefined,
    ),
    number(
      `[:SENSe]:${name}[:DC]:PROTection[:LEVel]`,
      limit,
      () => unit.limit(of),
      (value) => unit.setLimit(of, value),
    ),
    {
      header: `[:SENSe]:${name}[:DC]:PROTection:TRIPped`,
      // Only the quantity that is not sourced can be limited.
      ask: () => (unit.function !== of && unit.terminals.inCompliance ? '1' : '0'),
    },
    number(
      `[:SENSe]:${name}[:DC]:NPLCycles`,
      { minimum: 0.01, maximum: 10, default: 1 },
      () => unit.nplc,
      (value) => {
        unit.nplc = value;
      },
    ),
  ];
}

function number(
  header: string,
  range: { readonly minimum: number; readonly maximum: number; readonly default: number },
  get: () => number,
  set: (value: number) => void,
): ScpiCommand {
  return { header, parameters: [1, 1], set: (text) => set(scpiNumber(text, range)), ask: () => scientific(get(), 6) };
}

function flag(header: string, get: () => boolean, set: (on: boolean) => void): ScpiCommand {
  return { header, parameters: [1, 1], set: (text) => set(scpiBoolean(text)), ask: () => (get() ? '1' : '0') };
}
