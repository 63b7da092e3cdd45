import { DaqtorError, defineActuator, type Limits, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { decimal } from '../protocols/decimal.ts';
import { GRBL, type GrblStatus, GrblTalk } from '../protocols/grbl-talk.ts';
import { resyncBy } from '../protocols/line-talk.ts';
import { stopTwice } from '../protocols/stop-twice.ts';
import { overLink } from '../transports/over-link.ts';
import { portOrAddress } from '../transports/resolve-port.ts';
import { trapezoidMs } from './trapezoid-ms.ts';

const AXES = ['X', 'Y', 'Z'] as const;

const settings = z.object({
  port: portOrAddress,
  axis: z.enum(AXES).describe('Axis of the stage'),
  feedMmPerMin: z.number().positive().default(500).describe('Speed of the moves, in mm/min'),
});

const JOG_CANCEL = '\x85';
const SOFT_RESET = '\x18';

const ALARMS: Readonly<Record<number, string>> = {
  1: 'an end switch was hit',
  2: 'the target lies beyond the travel',
  3: 'it was reset while it moved',
  6: 'the search for the reference was broken off',
  8: 'the end switch was not released while searching the reference',
  9: 'no end switch was found while searching the reference',
};

/**
 * One axis of a stage with GRBL 1.1, in machine positions in mm. Sources: see `GrblTalk`; meanings of alarms from memory.
 * Tried on the firmware of GRBL 1.1h in an emulated Arduino, not yet on a stage. GRBL has 115200 baud.
 *
 * Moves are jogs, since those can be cancelled without losing the position. A stop stops all axes: GRBL knows no other.
 * An axis whose move ended before its target, since another was stopped, says so. Homing searches the reference of all axes. With
 * end switches GRBL is locked after power-on until it was homed; connecting does not home, since it would move.
 */
export const grbl = defineActuator({
  kind: 'grbl',
  title: 'GRBL 1.1 axis',
  settings,
  connect({ port, axis, feedMmPerMin }, context) {
    let feed = feedMmPerMin;
    const options = { serial: { baudRate: 115_200 }, resync: resyncBy(GRBL) };
    return overLink(context, port, options, async (link) => {
      const talk = new GrblTalk(link);
      const index = AXES.indexOf(axis);
      await talk.awake(context.signal);
      const machine = parseSettings(await talk.command('$$', 'asking for the settings', context.signal));
      const { state } = await talk.status(context.signal);
      // $I is answered at rest only; another axis may be moving.
      const about =
        state === 'Idle' || state === 'Alarm' ? await talk.command('$I', 'asking who it is', context.signal) : [];
      // Reported positions have three decimals, of whole steps.
      const toleranceMm = 1.5 / (machine.get(100 + index) ?? 100) + 0.001;
      // In mm/min and mm/s².
      const fastest = machine.get(110 + index) ?? Number.POSITIVE_INFINITY;
      const acceleration = machine.get(120 + index) ?? 0;
      let target: number | undefined;
      const at = ({ machine }: GrblStatus) => machine[index] ?? Number.NaN;
      return {
        identity: `GRBL ${/^\[VER:([^:\]]*)/.exec(about.find((line) => line.startsWith('[VER:')) ?? '')?.[1] ?? '1.1'}`,
        units: 'mm',
        limits: limitsOf(machine, index),
        readPosition: async (signal) => at(await talk.status(signal)),
        ...(acceleration > 0 && {
          moveMs: (from: number, to: number) => trapezoidMs(to - from, Math.min(feed, fastest) / 60, acceleration),
        }),
        async startMove(position, signal) {
          const line = `$J=G90G21G53${axis}${decimal(position, 4)}F${decimal(feed, 3)}`;
          await talk.command(line, `the move to ${position} mm`, signal);
          target = position;
        },
        async isMoving(signal) {
          const status = await talk.status(signal);
          if (status.state !== 'Idle' && status.state !== 'Alarm') return true;
          const wanted = target;
          target = undefined;
          if (status.alarm !== undefined || (status.state === 'Alarm' && wanted !== undefined)) {
            throw new DaqtorError('instrument.fault', {
              problem: `the motion failed: ${describeAlarm(status.alarm)}`,
              advice: 'Check the stage, reset GRBL if it asks for that, then search the reference again',
            });
          }
          if (wanted !== undefined && Math.abs(at(status) - wanted) > toleranceMm) {
            throw new DaqtorError('instrument.fault', {
              problem: `the motion ended at ${at(status)} mm, before its target of ${wanted} mm`,
              advice: 'Stopping an axis stops all; move again',
            });
          }
          return false;
        },
        async stop(signal) {
          target = undefined;
          const { state } = await stopTwice(
            () => talk.send(JOG_CANCEL, signal),
            () => talk.status(signal, JOG_CANCEL),
          );
          // Nothing less ends the search for the reference.
          if (state === 'Home') await talk.send(SOFT_RESET, signal);
        },
        async startHome(signal) {
          target = undefined;
          await talk.home(signal);
        },
        adjust: liveSettings<z.output<typeof settings>, 'feedMmPerMin'>({
          names: ['feedMmPerMin'],
          // It goes with each move.
          async apply({ feedMmPerMin }) {
            feed = feedMmPerMin;
          },
        }),
        close: () => link.close(),
      };
    });
  },
});

const describeAlarm = (number: number | undefined): string =>
  number === undefined
    ? 'it is in alarm'
    : `alarm ${number}, ${ALARMS[number] ?? 'see the list of alarms of GRBL 1.1'}`;

/** Numbers of the settings and their values, e.g. 130 → 200. */
function parseSettings(lines: readonly string[]): ReadonlyMap<number, number> {
  return new Map(
    lines.flatMap((line) => {
      const [, number, value] = /^\$(\d+)=(-?[\d.]+)/.exec(line) ?? [];
      return number === undefined || value === undefined ? [] : [[Number(number), Number(value)] as const];
    }),
  );
}

/** From -travel to 0 where soft limits ($20) are on, else unknown: then GRBL does not refuse either. */
function limitsOf(settings: ReadonlyMap<number, number>, index: number): Limits | undefined {
  const travel = settings.get(130 + index);
  return settings.get(20) === 1 && travel !== undefined && travel > 0 ? { min: -travel, max: 0 } : undefined;
}
