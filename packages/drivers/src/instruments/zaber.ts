import { DaqtorError, defineActuator, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { asciiNumber } from '../protocols/ascii-number.ts';
import { stopTwice } from '../protocols/stop-twice.ts';
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
  velocity: z
    .number()
    .positive()
    .optional()
    .describe('Velocity of moves in `units` per second (maxspeed); left out, as the device is set'),
  acceleration: z
    .number()
    .positive()
    .optional()
    .describe('Acceleration of moves in `units` per second squared (accel); left out, as the device is set'),
});
type Settings = z.output<typeof settings>;

/**
 * How the device has velocity and acceleration: the name of its setting, and how many of it are one microstep per second, or
 * per second squared.
 */
const TRAJECTORY = [
  { name: 'velocity', setting: 'maxspeed', perMicrostep: 1.6384 },
  { name: 'acceleration', setting: 'accel', perMicrostep: 1.6384e-4 },
] as const;
type TrajectoryName = (typeof TRAJECTORY)[number]['name'];

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

/**
 * One axis of a Zaber device that speaks the ASCII protocol. Sources: see `ZaberTalk`; the texts of flags from
 * memory. Not yet tried on a real device. Devices leave the factory with 115200 baud.
 *
 * Before the first move after power-on the reference has to be searched (home); connecting does not, since it would move.
 */
export const zaber = defineActuator({
  kind: 'zaber',
  title: 'Zaber axis',
  settings,
  connect(settings, context) {
    const { port, device, axis, microstep, units } = settings;
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
      await talk.command('warnings clear', 'forgetting old warnings', signal);
      const setTrajectory = async (
        wanted: Settings,
        isMeant: (name: TrajectoryName) => boolean,
        signal: AbortSignal,
      ) => {
        for (const { name, setting, perMicrostep } of TRAJECTORY) {
          const value = wanted[name];
          if (value === undefined || !isMeant(name)) continue;
          // 0 is not the slowest: for the acceleration it means that it is not limited.
          const data = Math.max(1, Math.round((value / microstep) * perMicrostep));
          await talk.command(`set ${setting} ${data}`, `setting the ${name} ${value}`, signal);
        }
      };
      const readTrajectory = async (signal: AbortSignal) => {
        const held: { [Name in TrajectoryName]?: number } = {};
        for (const { name, setting, perMicrostep } of TRAJECTORY) {
          const { value } = await number(setting, signal);
          // An acceleration of 0 is none that is limited.
          if (value > 0) held[name] = (value / perMicrostep) * microstep;
        }
        return held;
      };
      await setTrajectory(settings, () => true, signal);
      let now = await readTrajectory(signal);
      return {
        identity: `Zaber device ${model}, firmware ${firmware}`,
        units,
        limits: min < max ? { min, max } : undefined,
        readPosition: async (signal) => (await number('pos', signal)).value * microstep,
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
          await stopTwice(
            () => talk.send('stop', signal),
            () => talk.command('stop', 'stopping', signal),
          );
        },
        moveMs: (from, to) =>
          trapezoidMs(
            to - from,
            now.velocity ?? Number.POSITIVE_INFINITY,
            now.acceleration ?? Number.POSITIVE_INFINITY,
          ),
        adjust: liveSettings<Settings, TrajectoryName>({
          names: TRAJECTORY.map(({ name }) => name),
          apply: (wanted, changed, signal) => setTrajectory(wanted, (name) => changed.has(name), signal),
          async read(signal) {
            now = await readTrajectory(signal);
            return now;
          },
        }),
        startHome: async (signal) => void (await talk.command('home', 'the search for the reference', signal)),
        close: () => link.close(),
      };
    });
  },
});
