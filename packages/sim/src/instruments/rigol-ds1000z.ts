import type { Clock } from '@daqtor/core';
import { createRandom } from '../physics/random.ts';
import { RIGOL_FIXED_SETTINGS } from './rigol-fixed-settings.ts';
import { RigolScope, type ScopeSignal } from './rigol-scope.ts';
import { type ScpiCommand, ScpiDevice } from './scpi/scpi-device.ts';
import { ScpiError } from './scpi/scpi-error.ts';
import { scpiBoolean, scpiInteger, scpiNumber, scpiWord } from './scpi/scpi-parameters.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';

export interface RigolDs1000zOptions {
  readonly clock: Clock;
  /** What is at an input, in volts, so many seconds after the trigger. */
  readonly signal: ScopeSignal;
  /** Time from `:SINGle` to the trigger, in ms; Infinity: none comes; default 5. */
  readonly triggerAfterMs?: () => number;
  /** Points of the memory; default 12000. */
  readonly memoryDepth?: number;
  readonly seed?: number;
}

const IDENTITY = 'RIGOL TECHNOLOGIES,DS1104Z,DS1ZA170801234,00.04.04.SP4';
const CHANNELS = [1, 2, 3, 4] as const;
/** Most points of one answer from the memory, in bytes. */
const POINTS_AT_ONCE = 250_000;

/**
 * A Rigol DS1104Z oscilloscope.
 *
 * Source: DS1000Z Programming Guide (:WAVeform:DATA?, :WAVeform:PREamble?, 2-136 to 2-140). From memory: the scale of a
 * screen (25 counts a division, 12 divisions, 1200 points), 250 000 points an answer,
 * that scales have steps of 1, 2 and 5. After :SINGle it reports STOP for some
 * time before it waits for its trigger, as users of the real one have met.
 */
export function simulatedRigolDs1000z({
  clock,
  signal,
  triggerAfterMs = () => 5,
  memoryDepth = 12_000,
  seed = 1,
}: RigolDs1000zOptions): SimulatedInstrument {
  const scope = new RigolScope(clock, createRandom(seed, 'rigol ds1000z'), signal, triggerAfterMs, memoryDepth);
  const device = new ScpiDevice(
    { identity: IDENTITY, errorQueueLength: 20, reset: () => scope.run(), idle: async () => undefined },
    commandsOf(scope),
  );
  return { title: 'Rigol DS1104Z', connect: (transmit) => device.connect(transmit), messages: device.status };
}

function commandsOf(scope: RigolScope): ScpiCommand[] {
  const wave = { channel: 1, raw: false, start: 1, stop: 1200 };
  const points = () => (wave.raw ? scope.memoryDepth : 1200);
  const preamble = () => {
    const { increment, origin } = scope.time(wave.raw);
    const { increment: volts, offset } = scope.vertical(wave.channel);
    return [
      0,
      wave.raw ? 2 : 0,
      points(),
      1,
      exponential(increment),
      exponential(origin),
      0,
      exponential(volts),
      offset,
      127,
    ];
  };
  return [
    { header: ':RUN', set: () => scope.run() },
    { header: ':STOP', set: () => scope.stop() },
    { header: ':SINGle', set: () => scope.single() },
    { header: ':TRIGger:STATus', ask: () => scope.triggerStatus },
    {
      header: ':WAVeform:SOURce',
      parameters: [1, 1],
      set: (name) => {
        const [, digit] = /^CHAN(?:NEL)?([1-4])$/i.exec(name) ?? [];
        if (digit === undefined) throw new ScpiError(-224);
        wave.channel = Number(digit);
      },
      ask: () => `CHAN${wave.channel}`,
    },
    {
      header: ':WAVeform:MODE',
      parameters: [1, 1],
      set: (mode) => {
        wave.raw = scpiWord(mode, ['NORMal', 'RAW']) === 'RAW';
      },
      ask: () => (wave.raw ? 'RAW' : 'NORM'),
    },
    { header: ':WAVeform:FORMat', parameters: [1, 1], set: (text) => void scpiWord(text, ['BYTE']), ask: () => 'BYTE' },
    ...(['start', 'stop'] as const).map(
      (key): ScpiCommand => ({
        header: key === 'start' ? ':WAVeform:STARt' : ':WAVeform:STOP',
        parameters: [1, 1],
        set: (text) => {
          wave[key] = scpiInteger(text, { minimum: 1, maximum: points(), default: 1 });
        },
        ask: () => String(wave[key]),
      }),
    ),
    { header: ':WAVeform:PREamble', ask: () => preamble().join(',') },
    // The same one by one, in the order in which the preamble has them, from its fifth value.
    ...['XINCrement', 'XORigin', 'XREFerence', 'YINCrement', 'YORigin', 'YREFerence'].map(
      (name, at): ScpiCommand => ({ header: `:WAVeform:${name}`, ask: () => String(preamble()[4 + at]) }),
    ),
    {
      header: ':WAVeform:DATA',
      ask: () => {
        const count = wave.stop - wave.start + 1;
        if (count < 1 || (wave.raw && (count > POINTS_AT_ONCE || scope.triggerStatus !== 'STOP'))) return '#9000000000';
        const data = scope.samples(wave.channel, wave.raw, wave.start - 1, count);
        return `#9${String(count).padStart(9, '0')}${data}`;
      },
    },
    {
      header: ':TIMebase[:MAIN]:SCALe',
      parameters: [1, 1],
      set: (text) => {
        scope.secondsPerDivision = scaleStep(scpiNumber(text, { minimum: 5e-9, maximum: 50, default: 1e-6 }));
      },
      ask: () => exponential(scope.secondsPerDivision),
    },
    { header: ':ACQuire:MDEPth', ask: () => String(scope.memoryDepth) },
    { header: ':ACQuire:SRATe', ask: () => exponential(1 / scope.time(true).increment) },
    ...RIGOL_FIXED_SETTINGS,
    ...CHANNELS.flatMap((channel) => channelCommands(scope, channel)),
  ];
}

function channelCommands(scope: RigolScope, number: number): ScpiCommand[] {
  const channel = scope.channel(number);
  return [
    {
      header: `:CHANnel${number}:DISPlay`,
      parameters: [1, 1],
      set: (text) => {
        channel.shown = scpiBoolean(text);
      },
      ask: () => (channel.shown ? '1' : '0'),
    },
    {
      header: `:CHANnel${number}:SCALe`,
      parameters: [1, 1],
      set: (text) => {
        channel.voltsPerDivision = scaleStep(scpiNumber(text, { minimum: 1e-3, maximum: 100, default: 1 }));
      },
      ask: () => exponential(channel.voltsPerDivision),
    },
    {
      header: `:CHANnel${number}:OFFSet`,
      parameters: [1, 1],
      set: (text) => {
        channel.offsetV = scpiNumber(text, { minimum: -100, maximum: 100, default: 0 });
      },
      ask: () => exponential(channel.offsetV),
    },
  ];
}

/** The step of 1, 2 or 5 that is not smaller. */
function scaleStep(value: number): number {
  const decade = Math.floor(Math.log10(value) + 1e-9);
  const mantissa = [1, 2, 5, 10].find((one) => value <= one * 10 ** decade * (1 + 1e-9)) ?? 10;
  return Number(`${mantissa}e${decade}`);
}

const exponential = (value: number): string => value.toExponential(6);
