import { Axis, DaqtorError, DataWithAxes, defineDetector, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { portOrAddress } from '../transports/resolve-port.ts';
import { keithleyNplc } from './keithley-nplc.ts';
import { connectKeithley2400, type Keithley2400, SOURCES } from './keithley2400.ts';

const settings = z.object({
  port: portOrAddress,
  source: z.enum(['voltage', 'current']).describe('What is swept, and so the units of the levels: V or A'),
  compliance: z
    .number()
    .positive()
    .describe('Limit of the other quantity, in A for a voltage source and in V for a current source'),
  start: z.number().describe('First level, in V or A'),
  stop: z.number().describe('Last level, in V or A'),
  points: z.int().min(2).max(2500).describe('Levels, evenly distributed, both ends included'),
  delayS: z
    .number()
    .nonnegative()
    .max(9999)
    .optional()
    .describe('Pause between a level and its reading, in s; left out, the instrument chooses it by its range'),
  nplc: keithleyNplc,
});
type Settings = z.output<typeof settings>;

/** The number of points stays, since it is the shape of the data. */
const LIVE = ['compliance', 'start', 'stop', 'delayS', 'nplc'] as const;

/** At 9600 baud three numbers take 45 ms. */
const TRANSFER_MS = 60;

/**
 * A sweep of a Keithley SourceMeter of the series 2400, which it times by itself: each grab turns the output on, goes through all levels
 * and turns it off. Sources of the protocol: see `connectKeithley2400`; sweeps: 2400S-900-01, 18-18 and 18-84 ff.
 *
 * It gives `voltage`, `current` and `compliance` (1 where the level is not reached), shape `[points]`, over the levels that were asked for.
 * Not to be connected beside `keithley2400Source` or its meter: they configure the same trigger.
 */
export const keithley2400Sweep = defineDetector({
  kind: 'keithley2400-sweep',
  title: 'Keithley 2400 sweep',
  settings,
  connect: (settings, context) =>
    connectKeithley2400(context, settings.port, async (instrument) => {
      const { device, link, identity } = instrument;
      let now = settings;
      await configure(instrument, settings, context.signal);
      const turnOff = (before = '') =>
        // Out of turn, and whatever has become of the wire.
        link.send(`${before}:OUTP OFF\n`, new AbortController().signal).catch(() => {});
      let closed = false;
      return {
        identity,
        grabMs: () => sweepMs(now),
        async grab(signal) {
          try {
            await device.write(':OUTP ON', signal);
            const longestMs = 2 * sweepMs(now) + TRANSFER_MS * now.points + 5000;
            const readings = await instrument.readMany(now.points, longestMs, signal);
            await device.write(':OUTP OFF', signal);
            return dataOf(now, readings);
          } catch (error) {
            // The device clear ends the sweep that may be under way.
            await turnOff('\x18\n:ABOR;');
            throw error;
          }
        },
        adjust: liveSettings<Settings, (typeof LIVE)[number]>({
          names: LIVE,
          async apply(wanted, _, signal) {
            await configure(instrument, wanted, signal);
            now = wanted;
          },
          async read(signal) {
            const { path, limited } = SOURCES[now.source];
            const isAuto = (await device.queryNumber(':SOUR:DEL:AUTO?', signal)) === 1;
            const held = {
              compliance: await device.queryNumber(`:SENS:${limited}:PROT?`, signal),
              start: await device.queryNumber(`:SOUR:${path}:STAR?`, signal),
              stop: await device.queryNumber(`:SOUR:${path}:STOP?`, signal),
              delayS: isAuto ? undefined : await device.queryNumber(':SOUR:DEL?', signal),
              nplc: await device.queryNumber(`:SENS:${limited}:NPLC?`, signal),
            };
            now = { ...now, ...held };
            return held;
          },
        }),
        async close() {
          if (closed) return;
          closed = true;
          await turnOff();
          await link.close();
        },
      };
    }),
});

async function configure({ device, levels }: Keithley2400, settings: Settings, signal: AbortSignal): Promise<void> {
  const { source, compliance, start, stop, points, delayS, nplc } = settings;
  const { path, units, limited } = SOURCES[source];
  if (Math.max(Math.abs(start), Math.abs(stop)) > levels[units]) {
    throw new DaqtorError('lab.settings', {
      problem: `a sweep from ${start} to ${stop} ${units} is beyond the ±${levels[units]} ${units} of the instrument`,
      advice: 'Choose levels that it can source',
    });
  }
  const commands = [
    ':OUTP OFF',
    `:SOUR:FUNC ${path}`,
    `:SENS:${limited}:PROT ${compliance}`,
    `:SENS:${limited}:NPLC ${nplc}`,
    `:SOUR:${path}:STAR ${start}`,
    `:SOUR:${path}:STOP ${stop}`,
    ':SOUR:SWE:SPAC LIN',
    ':SOUR:SWE:RANG BEST',
    `:SOUR:SWE:POIN ${points}`,
    delayS === undefined ? ':SOUR:DEL:AUTO ON' : `:SOUR:DEL ${delayS}`,
    `:SOUR:${path}:MODE SWE`,
    `:TRIG:COUN ${points}`,
  ];
  for (const command of commands) await device.write(command, signal);
  await device.checkErrors(`the sweep from ${start} to ${stop} ${units}`, signal);
}

/** Two integrations a level, with 50 Hz mains 20 ms per period each. */
const sweepMs = ({ points, nplc, delayS = 0.001 }: Settings): number => points * (2 * 20 * nplc + 1000 * delayS);

function dataOf({ source, start, stop, points }: Settings, readings: Awaited<ReturnType<Keithley2400['readMany']>>) {
  const level = new Axis({
    label: 'level',
    units: SOURCES[source].units,
    data: Float64Array.from({ length: points }, (_, i) => start + (i / (points - 1)) * (stop - start)),
  });
  const one = (name: string, units: string, value: (reading: (typeof readings)[number]) => number) =>
    new DataWithAxes({ name, units, data: [Float64Array.from(readings, value)], axes: [level] });
  return [
    one('voltage', 'V', ({ volts }) => volts),
    one('current', 'A', ({ amperes }) => amperes),
    one('compliance', '', ({ inCompliance }) => (inCompliance ? 1 : 0)),
  ];
}
