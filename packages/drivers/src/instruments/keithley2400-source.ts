import { DaqtorError, defineActuator, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { portOrAddress } from '../transports/resolve-port.ts';
import { connectKeithley2400, type Keithley2400, SOURCES } from './keithley2400.ts';
import { Ramp } from './ramp.ts';

const settings = z.object({
  port: portOrAddress,
  source: z.enum(['voltage', 'current']).describe('What is sourced, and so the units of the positions: V or A'),
  compliance: z
    .number()
    .positive()
    .describe('Limit of the other quantity, in A for a voltage source and in V for a current source'),
  rampPerS: z
    .number()
    .positive()
    .optional()
    .describe('Change of the level in V/s or A/s, in steps as often as its arrival is asked for; left out, it jumps'),
  onCompliance: z
    .enum(['fault', 'accept'])
    .default('fault')
    .describe('Whether a level that is not reached, because compliance limits it, fails the move'),
  outputAtClose: z
    .enum(['off', 'on'])
    .default('off')
    .describe('What becomes of the output when the instrument is let go of'),
});
type Settings = z.output<typeof settings>;

/** What can be changed at any time; what is sourced cannot, since that turns the output off. */
const LIVE = ['compliance', 'rampPerS', 'onCompliance', 'outputAtClose'] as const;

/**
 * The source of a Keithley SourceMeter of the series 2400. Its position is what is measured at the terminals, which in
 * compliance is not the level that was asked for. Sources of the protocol: see `connectKeithley2400`.
 *
 * Connecting to an output that is on, as the same kind of source, leaves its level as it is. Any other is turned off, set
 * to 0 and turned on.
 */
export const keithley2400Source = defineActuator({
  kind: 'keithley2400-source',
  title: 'Keithley 2400 source',
  settings,
  connect: (settings, context) =>
    connectKeithley2400(context, settings.port, async (instrument) => {
      const { source } = settings;
      let now = settings;
      const { device, link, identity, levels } = instrument;
      const { path, units, limited, limitedUnits } = SOURCES[source];
      const level = `:SOUR:${path}:LEV`;
      const max = levels[units];
      const protection = `:SENS:${limited}:PROT`;
      const ramp = new Ramp(context.clock);
      const setLevel = async (value: number, signal: AbortSignal) => {
        await device.write(`${level} ${value}`, signal);
        await device.checkErrors(`the level ${value} ${units}`, signal);
      };
      const setCompliance = async (value: number, signal: AbortSignal) => {
        await device.write(`${protection} ${value}`, signal);
        await device.checkErrors(`the compliance ${value} ${limitedUnits}`, signal);
      };
      await turnOn(instrument, path, context.signal);
      await setCompliance(settings.compliance, context.signal);
      await device.write(':OUTP ON', context.signal);
      await device.checkErrors('turning the output on', context.signal);

      let closed = false;
      return {
        identity,
        units,
        limits: { min: -max, max },
        async readPosition(signal) {
          const { volts, amperes } = await instrument.read(signal);
          return source === 'voltage' ? volts : amperes;
        },
        async startMove(target, signal) {
          if (Math.abs(target) > max) {
            throw new DaqtorError('move.limit', {
              problem: `${target} ${units} is beyond the ±${max} ${units} of ${identity}`,
              advice: 'Choose a level that it can source',
            });
          }
          ramp.end();
          if (now.rampPerS === undefined) await setLevel(target, signal);
          else ramp.start(await device.queryNumber(`${level}?`, signal), target, now.rampPerS);
        },
        async isMoving(signal) {
          const step = ramp.step();
          if (step) await setLevel(step.value, signal);
          if (step && !step.last) return true;
          ramp.end();
          if (now.onCompliance === 'fault' && (await device.queryNumber(`${protection}:TRIP?`, signal)) !== 0) {
            throw new DaqtorError('instrument.fault', {
              problem: `the level is not reached: the source is in compliance, at its limit of ${now.compliance} ${limitedUnits}`,
              advice:
                "Raise 'compliance', check the wiring for a short or an open circuit, or set onCompliance to 'accept'",
            });
          }
          return false;
        },
        // The level stays where the ramp has come to.
        stop: async () => ramp.end(),
        adjust: liveSettings<Settings, (typeof LIVE)[number]>({
          names: LIVE,
          async apply(wanted, changed, signal) {
            if (changed.has('compliance')) await setCompliance(wanted.compliance, signal);
            now = wanted;
          },
          async read(signal) {
            const compliance = await device.queryNumber(`${protection}?`, signal);
            now = { ...now, compliance };
            return { compliance };
          },
        }),
        async close() {
          if (closed) return;
          closed = true;
          // Out of turn, since an instrument that has stopped answering has to be turned off too. Where the wire is gone
          // there is nobody to tell it to, and whoever lets go is not to be held up.
          if (now.outputAtClose === 'off') await link.send(':OUTP OFF\n', new AbortController().signal).catch(() => {});
          await link.close();
        },
      };
    }),
});

/** Makes it a source of this kind, at 0 unless it is one already and on. */
async function turnOn({ device }: Keithley2400, path: 'VOLT' | 'CURR', signal: AbortSignal): Promise<void> {
  const isOn = (await device.queryNumber(':OUTP?', signal)) !== 0;
  const isSame = async () =>
    (await device.query(':SOUR:FUNC?', signal)).startsWith(path) &&
    (await device.query(`:SOUR:${path}:MODE?`, signal)).startsWith('FIX');
  if (isOn && (await isSame())) return;
  await device.write(':OUTP OFF', signal);
  await device.write(`:SOUR:FUNC ${path}`, signal);
  await device.write(`:SOUR:${path}:MODE FIX`, signal);
  await device.write(`:SOUR:${path}:RANG:AUTO ON`, signal);
  await device.write(`:SOUR:${path}:LEV 0`, signal);
  await device.checkErrors('the configuration of the source', signal);
}
