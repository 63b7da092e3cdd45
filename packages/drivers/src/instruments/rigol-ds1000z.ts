import { Axis, type Clock, DaqtorError, DataWithAxes, defineDetector, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { asciiNumber } from '../protocols/ascii-number.ts';
import { overScpi } from '../protocols/over-scpi.ts';
import { recogniseBy, type Scpi } from '../protocols/scpi.ts';
import { portOrAddress } from '../transports/resolve-port.ts';

const settings = z.object({
  port: portOrAddress,
  channels: z
    .array(z.number().int().min(1).max(4))
    .min(1)
    .refine((channels) => new Set(channels).size === channels.length, 'a channel stands there twice')
    .default([1])
    .describe('Channels to read, 1 to 4; they have to be shown on the screen'),
  trigger: z
    .enum(['single', 'none'])
    .default('single')
    .describe(
      'single: each grab waits for a trigger of its own; none: it reads what is there, and stops the scope for memory',
    ),
  triggerTimeoutMs: z.number().positive().default(5000).describe('Longest time to wait for a trigger'),
  depth: z.enum(['screen', 'memory']).default('screen').describe('The 1200 points of the screen, or the whole memory'),
  secondsPerDivision: z
    .number()
    .positive()
    .optional()
    .describe('Time base in s per division, of which there are 12; left out, as the scope is set'),
  voltsPerDivision: z
    .number()
    .positive()
    .optional()
    .describe('Scale of the channels that are read, in V per division; left out, as the scope is set'),
});
type Settings = z.output<typeof settings>;

const LIVE = ['trigger', 'triggerTimeoutMs', 'secondsPerDivision', 'voltsPerDivision'] as const;
type LiveName = (typeof LIVE)[number];

/** Most points of the memory in one answer, in bytes (from memory; the guide gives it for other formats alike). */
const POINTS_AT_ONCE = 250_000;
const TRIGGER_POLL_MS = 10;
/** STOP that is reported so long after :SINGle is not that of before it. */
const ARMED_AFTER_MS = 250;

/**
 * Rigol DS1000Z oscilloscopes, by their socket (`tcp://scope.lab:5555`).
 *
 * Source: DS1000Z Programming Guide, :WAVeform:DATA? and :WAVeform:PREamble? (2-136 to 2-140), :TRIGger:STATus?. Volts are
 * (count - yorigin - yreference) × yincrement. Not yet tried on a real scope.
 *
 * Scales and time base are left as they are set where the settings do not say them, the trigger always. Samples at either end of the converter are counted as clipped.
 */
export const rigolDs1000z = defineDetector({
  kind: 'rigol-ds1000z',
  title: 'Rigol DS1000Z oscilloscope',
  settings,
  connect(settings, context) {
    const { channels, depth } = settings;
    const recognition = recogniseBy('a Rigol DS1000Z', ({ model }) => /^(DS|MSO)1\d\d\dZ/i.test(model), {
      before: '*CLS\n',
      mostLines: POINTS_AT_ONCE,
    });
    const options = { maker: 'Rigol', recognition, timeoutMs: 3000 };
    return overScpi(context, settings.port, options, async ({ device, link, identity }) => {
      for (const channel of channels) await requireShown(device, channel, context.signal);
      await device.write(':WAV:FORM BYTE', context.signal);
      await device.write(`:WAV:MODE ${depth === 'memory' ? 'RAW' : 'NORM'}`, context.signal);
      await device.checkErrors('the format of the waveforms', context.signal);
      await setScales(device, settings, () => true, context.signal);
      let now = settings;
      return {
        identity,
        async grab(signal) {
          if (now.trigger === 'single') await single(device, context.clock, now.triggerTimeoutMs, signal);
          else if (depth === 'memory') await device.write(':STOP', signal);
          const waves: Waveform[] = [];
          for (const channel of channels) waves.push(await readWaveform(device, channel, depth, signal));
          const labels = channels.map((channel) => `CH${channel}`);
          const time = new Axis({ label: 'time', units: 's', data: waves[0]?.seconds ?? [] });
          return [
            new DataWithAxes({
              name: 'waveform',
              data: waves.map(({ volts }) => volts),
              labels,
              units: 'V',
              axes: [time],
            }),
            new DataWithAxes({ name: 'clipped', data: waves.map(({ clipped }) => clipped), labels, units: 'count' }),
          ];
        },
        adjust: liveSettings<Settings, LiveName>({
          names: LIVE,
          async apply(wanted, changed, signal) {
            await setScales(device, wanted, (name) => changed.has(name), signal);
            now = wanted;
          },
          read: (signal) => readScales(device, channels, signal),
        }),
        close: () => link.close(),
      };
    });
  },
});

/** Sets the scales that are given. The scope has steps of 1, 2 and 5: it takes one that is near. */
async function setScales(
  device: Scpi,
  { channels, secondsPerDivision, voltsPerDivision }: Settings,
  isMeant: (name: LiveName) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const commands: string[] = [];
  if (secondsPerDivision !== undefined && isMeant('secondsPerDivision'))
    commands.push(`:TIM:SCAL ${secondsPerDivision}`);
  if (voltsPerDivision !== undefined && isMeant('voltsPerDivision'))
    commands.push(...channels.map((channel) => `:CHAN${channel}:SCAL ${voltsPerDivision}`));
  if (commands.length === 0) return;
  for (const command of commands) await device.write(command, signal);
  await device.checkErrors('setting the scales', signal);
}

/** What the scope has; no volts where its channels differ. */
async function readScales(device: Scpi, channels: readonly number[], signal: AbortSignal) {
  const secondsPerDivision = await device.queryNumber(':TIM:SCAL?', signal);
  const volts = new Set<number>();
  for (const channel of channels) volts.add(await device.queryNumber(`:CHAN${channel}:SCAL?`, signal));
  const [voltsPerDivision] = volts;
  return { secondsPerDivision, voltsPerDivision: volts.size === 1 ? voltsPerDivision : undefined };
}

interface Waveform {
  /** Times after the trigger, and voltages, shape `[points]`. */
  readonly seconds: Float64Array;
  readonly volts: Float64Array;
  /** Samples beyond the range of the converter. */
  readonly clipped: number;
}

async function requireShown(device: Scpi, channel: number, signal: AbortSignal): Promise<void> {
  if ((await device.queryNumber(`:CHAN${channel}:DISP?`, signal)) !== 0) return;
  throw new DaqtorError('instrument.fault', {
    problem: `channel ${channel} is not shown, so it acquires nothing`,
    advice: `Turn channel ${channel} on at the oscilloscope, or leave it out of 'channels'`,
  });
}

/**
 * Takes one acquisition. The scope still reports the STOP of before for a moment after `:SINGle`; taken for the end, the
 * last waveform would be read again as a new one.
 */
async function single(device: Scpi, clock: Clock, timeoutMs: number, signal: AbortSignal): Promise<void> {
  await device.write(':SING', signal);
  const startMs = clock.now();
  for (let armed = false; ; ) {
    const state = await device.query(':TRIG:STAT?', signal);
    const waitedMs = clock.now() - startMs;
    if (state !== 'STOP') armed = true;
    else if (armed || waitedMs >= ARMED_AFTER_MS) return;
    if (waitedMs >= timeoutMs) {
      throw new DaqtorError('instrument.timeout', {
        problem: `no trigger came within ${timeoutMs} ms (the oscilloscope reports ${state})`,
        advice: 'Check source and level of the trigger, or raise triggerTimeoutMs',
      });
    }
    await clock.sleep(TRIGGER_POLL_MS, signal);
  }
}

async function readWaveform(
  device: Scpi,
  channel: number,
  depth: 'screen' | 'memory',
  signal: AbortSignal,
): Promise<Waveform> {
  await device.write(`:WAV:SOUR CHAN${channel}`, signal);
  const { points, xIncrement, xOrigin, yIncrement, yOrigin, yReference } = await readPreamble(device, signal);
  const atOnce = depth === 'memory' ? POINTS_AT_ONCE : points;
  const volts = new Float64Array(points);
  let clipped = 0;
  for (let at = 0; at < points; at += atOnce) {
    const count = Math.min(atOnce, points - at);
    await device.write(`:WAV:STAR ${at + 1}`, signal);
    await device.write(`:WAV:STOP ${at + count}`, signal);
    const bytes = await device.queryBlock(':WAV:DATA?', signal, { timeoutMs: 10_000, maxBytes: count });
    if (bytes.length !== count) {
      throw new DaqtorError('instrument.protocol', {
        problem: `channel ${channel} gave ${bytes.length} points, where ${count} were asked for`,
        advice: 'Check that the scope is stopped, and that nobody changes its settings meanwhile',
      });
    }
    for (const [i, count] of bytes.entries()) {
      volts[at + i] = (count - yOrigin - yReference) * yIncrement;
      if (count === 0 || count === 255) clipped++;
    }
  }
  return { seconds: volts.map((_, i) => xOrigin + i * xIncrement), volts, clipped };
}

/** Longest memory of the series. */
const MOST_POINTS = 24_000_000;

async function readPreamble(device: Scpi, signal: AbortSignal) {
  const answer = await device.query(':WAV:PRE?', signal);
  const values = answer.split(',').map((text) => asciiNumber(text, ':WAV:PRE?'));
  const [format, , points = 0, , xIncrement = 0, xOrigin = 0, , yIncrement = 0, yOrigin = 0, yReference = 0] = values;
  if (values.length !== 10 || format !== 0 || !Number.isInteger(points) || points < 1 || points > MOST_POINTS) {
    throw new DaqtorError('instrument.protocol', {
      problem: `':WAV:PRE?' was answered with ${values.length} numbers, format ${format}, ${points} points`,
      advice: 'Check that nothing else configures the oscilloscope (:WAV:FORM BYTE)',
    });
  }
  return { points, xIncrement, xOrigin, yIncrement, yOrigin, yReference };
}
