import { DaqtorError, defineActuator } from '@daqtor/core';
import { z } from 'zod';
import { asciiNumber } from '../protocols/ascii-number.ts';
import { ZaberTalk, zaberResync } from '../protocols/zaber-talk.ts';
import { overLink } from '../transports/over-link.ts';
import { portOrAddress } from '../transports/resolve-port.ts';
import { trapezoidMs } from './trapezoid-ms.ts';

const settings = z.object({
  port: portOrAddress,
  device: z.number().int().min(1).max(99).default(1).describe('Address of the device on its chain, 1 to 99'),
  axis: z.number().int().min(1).max(9).default(1).describe('Number of the axis of the device, 1 to 9'),
  microstep: z
    .number()
    .positive()
    .describe(
      'Size of a microstep in `units`, from the data sheet, e.g. 0.000047625 mm for an X-LSM with 64 of a step',
    ),
  units: z.enum(['mm', 'deg']).default('mm').describe('Units of the positions'),
});

/** Faults that end a motion, by their flags (protocol manual, warning flags). */
const FAULTS: Readonly<Record<string, string>> = {
  FF: 'critical system error',
  FD: 'driver disabled',
  FQ: 'encoder error',
  FS: 'stalled, and stopped',
  FT: 'excessive twist',
  FB: 'stream bound error',
  FE: 'limit error',
};
const NO_REFERENCE = 'WR';
/** Microsteps per second in one of `maxspeed`; ten thousand times as many per second squared are one of `accel`. */
const SPEED_UNIT = 1 / 1.6384;

/**
 * One axis of a Zaber device that speaks the ASCII protocol. Sources: see `ZaberTalk`; the texts of flags from memory. Not
 * yet tried on a real device. Devices leave the factory with 115200 baud.
 *
 * Before the first move after power-on the reference has to be searched (home); connecting does not, since it would move.
 */
export const zaber = defineActuator({
  kind: 'zaber',
  title: 'Zaber axis',
  settings,
  connect({ port, device, axis, microstep, units }, context) {
    const options = { serial: { baudRate: 115_200 }, resync: zaberResync(device) };
    return overLink(context, port, options, async (link) => {
      const talk = new ZaberTalk(link, device, axis);
      const number = async (setting: string, signal: AbortSignal) => {
        const { data, flag } = await talk.command(`get ${setting}`, `asking for ${setting}`, signal);
        return { value: asciiNumber(data, `get ${setting}`), flag };
      };
      const { signal } = context;
      const model = (await number('deviceid', signal)).value;
      const firmware = (await talk.command('get version', 'asking for the version', signal)).data;
      const min = (await number('limit.min', signal)).value * microstep;
      const max = (await number('limit.max', signal)).value * microstep;
      const perS = (await number('maxspeed', signal)).value * SPEED_UNIT * microstep;
      const perS2 = (await number('accel', signal)).value * 10_000 * SPEED_UNIT * microstep;
      await talk.command('warnings clear', 'forgetting old warnings', signal);
      return {
        identity: `Zaber device ${model}, firmware ${firmware}`,
        units,
        limits: min < max ? { min, max } : undefined,
        readPosition: async (signal) => (await number('pos', signal)).value * microstep,
        // An acceleration of 0 stands for none that takes time.
        moveMs: (from, to) => trapezoidMs(to - from, perS, perS2 || Number.POSITIVE_INFINITY),
        async startMove(target, signal) {
          const { flag } = await talk.command('', 'asking for the status', signal);
          if (flag === NO_REFERENCE) {
            throw new DaqtorError('instrument.fault', {
              problem: `the move to ${target} ${units} failed: the axis has no reference (warning ${flag})`,
              advice: 'Search the reference first (home)',
            });
          }
          await talk.command(`move abs ${Math.round(target / microstep)}`, `the move to ${target} ${units}`, signal);
        },
        async isMoving(signal) {
          const { busy, flag } = await talk.command('', 'asking for the status', signal);
          if (busy || !flag.startsWith('F')) return busy;
          await talk.command('warnings clear', 'forgetting the fault', signal);
          throw new DaqtorError('instrument.fault', {
            problem: `the motion failed: ${FAULTS[flag] ?? 'fault'} (${flag})`,
            advice: 'Check that the axis can move freely, then search the reference again',
          });
        },
        async stop(signal) {
          // At once, without waiting for an answer that may still be owed, or may never come.
          await talk.send('stop', signal);
          // And in turn, since a move of this axis that was waiting for its turn has gone out in between.
          await talk.command('stop', 'stopping', signal);
        },
        startHome: async (signal) => void (await talk.command('home', 'the search for the reference', signal)),
        close: () => link.close(),
      };
    });
  },
});
