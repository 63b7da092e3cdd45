import { defineDetector, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { portOrAddress } from '../transports/resolve-port.ts';
import { recorded, requirePoints, waitForPoints } from './recording.ts';
import { overSr830 } from './sr830-link.ts';

/** Samples per second, by their numbers in the command SRAT. */
const RATES = Array.from({ length: 14 }, (_, i) => 0.0625 * 2 ** i);
/** Points of one question: at 9600 baud they take a second and a half. */
const POINTS_AT_ONCE = 100;

const settings = z.object({
  port: portOrAddress,
  points: z.number().int().min(1).max(16_383).describe('Points to record'),
  rateHz: z
    .number()
    .refine((rate) => RATES.includes(rate), `one of ${RATES.join(', ')}`)
    .default(512)
    .describe('Points per second: 0.0625 to 512 in powers of two'),
});

/**
 * The buffers of an SR830: a grab records X and Y at a fixed rate, then reads them. Settings of the input are left as they
 * are.
 *
 * Source: SR830 manual, SPTS? and TRCA? (5-16); from memory: SRAT, SEND, REST, STRT, PAUS, DDEF.
 */
export const sr830Recorder = defineDetector({
  kind: 'sr830-recorder',
  title: 'Stanford Research SR830 recorder',
  settings,
  connect: ({ port, points, ...initial }, context) =>
    overSr830(context, port, async (talk, link, identity) => {
      const { clock, signal } = context;
      await talk.command('DDEF 1,0,0', 'showing X on display 1', signal);
      await talk.command('DDEF 2,0,0', 'showing Y on display 2', signal);
      let { rateHz } = initial;
      const setRate = async (hertz: number, signal: AbortSignal) => {
        await talk.command(`SRAT ${RATES.indexOf(hertz)}`, `the rate ${hertz} Hz`, signal);
        rateHz = hertz;
      };
      await setRate(rateHz, signal);
      await talk.command('SEND 0', 'storing once, not in a loop', signal);
      const read = async (channel: number, signal: AbortSignal) => {
        const values = new Float64Array(points);
        for (let at = 0; at < points; at += POINTS_AT_ONCE) {
          const count = Math.min(POINTS_AT_ONCE, points - at);
          values.set(await talk.queryNumbers(`TRCA?${channel},${at},${count}`, count, signal, 10_000), at);
        }
        return values;
      };
      return {
        identity,
        async grab(signal) {
          await talk.command('REST', 'emptying the buffers', signal);
          await talk.command('STRT', 'starting to store', signal);
          const stored = (signal: AbortSignal) => talk.queryNumber('SPTS?', signal);
          const count = await waitForPoints({ points, rateHz, stored }, clock, signal);
          await talk.command('PAUS', 'ending to store', signal);
          requirePoints(count, points);
          const x = await read(1, signal);
          const y = await read(2, signal);
          return recorded(x, y, rateHz);
        },
        grabMs: () => (1000 * points) / rateHz,
        adjust: liveSettings<z.output<typeof settings>, 'rateHz'>({
          names: ['rateHz'],
          apply: (wanted, _, signal) => setRate(wanted.rateHz, signal),
          async read(signal) {
            rateHz = RATES[await talk.queryNumber('SRAT?', signal)] ?? Number.NaN;
            return { rateHz };
          },
        }),
        close: () => link.close(),
      };
    }),
});
