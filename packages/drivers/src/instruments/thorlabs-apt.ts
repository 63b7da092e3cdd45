import { type ActuatorDriver, type ConnectContext, DaqtorError, defineActuator } from '@daqtor/core';
import { z } from 'zod';
import type { AptInfo } from '../protocols/apt-message.ts';
import { type AptFamily, AptTalk, aptResync, askAptInfo } from '../protocols/apt-talk.ts';
import type { Link } from '../transports/link.ts';
import { overLink } from '../transports/over-link.ts';
import { portOrAddress } from '../transports/resolve-port.ts';
import { APT_STAGES, type AptStage } from './apt-stages.ts';
import { aptTrajectory } from './apt-trajectory.ts';

const settings = z.object({
  port: portOrAddress,
  stage: z
    .enum(Object.keys(APT_STAGES) as (keyof typeof APT_STAGES)[])
    .optional()
    .describe('The stage, which the controller does not tell; or give `countsPerUnit`'),
  countsPerUnit: z
    .number()
    .positive()
    .optional()
    .describe('Encoder counts or microsteps in one of `units`, from the data sheet of the stage'),
  units: z.enum(['mm', 'deg']).optional().describe('Units of the positions; left out, those of the stage, or mm'),
  channel: z.number().int().min(1).max(4).default(1).describe('Channel of the controller'),
  bay: z
    .number()
    .int()
    .min(1)
    .max(10)
    .optional()
    .describe('Bay of the card in a rack; left out, a controller of its own'),
  velocity: z
    .number()
    .positive()
    .optional()
    .describe('Velocity of moves in units of the stage per second; left out, as the controller is set'),
  acceleration: z
    .number()
    .positive()
    .optional()
    .describe('Acceleration of moves in units of the stage per second squared; left out, as the controller is set'),
});
type Settings = z.output<typeof settings>;

/**
 * One channel of a Thorlabs APT or Kinesis motor controller: DC servos (TDC001, KDC101, KBD101, BBD series) and steppers
 * (TST001, KST101, BSC series and stages that have one inside).
 *
 * Sources: see `AptTalk`, `APT_STAGES` and `aptScaleOf`; from memory: which models are steppers. Not yet tried on a real
 * controller. It has a USB converter by FTDI that shows as a serial port of 115,200 baud with RTS/CTS.
 *
 * Before the first move after power-on the reference has to be searched (home); connecting does not, since it would move.
 * Connecting enables a channel that is disabled. The controller tells no limits: give them in the settings.
 */
export const thorlabsApt = defineActuator({
  kind: 'thorlabs-apt',
  title: 'Thorlabs APT or Kinesis axis',
  settings,
  async connect(settings, context) {
    const stage = stageOf(settings);
    const destination = settings.bay === undefined ? SINGLE_UNIT : FIRST_BAY + settings.bay - 1;
    const options = { serial: { baudRate: 115_200, flow: 'rtscts' }, resync: aptResync(destination) } as const;
    return overLink(context, settings.port, options, async (link) => {
      const info = await link.exchange((io) => askAptInfo(io, destination), context.signal);
      const talk = new AptTalk(link, destination, settings.channel, familyOf(info));
      const driver = await driverOf(link, talk, stage, info, context);
      return { ...driver, ...(await aptTrajectory(talk, info, stage, settings, context.signal)) };
    });
  },
});

async function driverOf(
  link: Link,
  talk: AptTalk,
  stage: AptStage,
  info: AptInfo,
  context: ConnectContext,
): Promise<ActuatorDriver> {
  const { clock, signal } = context;
  const { units, countsPerUnit } = stage;
  const { bits } = await talk.status(signal);
  if ((bits & BIT.enabled) === 0) await talk.enable(signal);
  /** What was begun and is not known to be over. */
  let begun:
    | { readonly atMs: number; readonly from: number; readonly to: number | undefined; hasMoved: boolean }
    | undefined;
  return {
    identity: `Thorlabs ${info.model}, serial ${info.serial}, firmware ${info.firmware}`,
    units,
    readPosition: async (signal) => (await talk.status(signal)).position / countsPerUnit,
    async startMove(target, signal) {
      const to = countsOf(target, stage);
      const { bits, position } = await talk.moveTo(to, `the move to ${target} ${units}`, signal);
      begun = { atMs: clock.now(), from: position, to, hasMoved: (bits & MOVING) !== 0 };
    },
    async isMoving(signal) {
      const { bits, position } = await talk.status(signal);
      if ((bits & MOVING) !== 0) {
        if (begun) begun.hasMoved = true;
        return true;
      }
      if (!begun) return false;
      const { atMs, from, to, hasMoved } = begun;
      const left = to === undefined ? Number.POSITIVE_INFINITY : Math.abs(position - to);
      // Between the command and the first turn of the motor the bits say that nothing moves.
      if (!hasMoved && left > NEAR && clock.now() - atMs < STARTS_WITHIN_MS) return true;
      begun = undefined;
      const fault = FAULTS.find(([bit]) => (bits & bit) !== 0)?.[1];
      const stuck = to !== undefined && !hasMoved && left > Math.max(NEAR, Math.abs(to - from) / 2);
      if (fault === undefined && !stuck) return false;
      throw new DaqtorError('instrument.fault', {
        problem: `the motion failed: ${fault ?? 'the axis did not move'}`,
        advice: 'Check that the stage is connected and can move freely, and that it does not stand at its end',
      });
    },
    async stop(signal) {
      await talk.stop(signal);
      begun = undefined;
    },
    async startHome(signal) {
      const { bits, position } = await talk.home(signal);
      begun = { atMs: clock.now(), from: position, to: undefined, hasMoved: (bits & MOVING) !== 0 };
    },
    close: () => link.close(),
  };
}

const SINGLE_UNIT = 0x50;
const FIRST_BAY = 0x21;
const BIT = { enabled: 0x80000000 } as const;
/** Moving, jogging or homing, in either direction. */
const MOVING = 0x10 | 0x20 | 0x40 | 0x80 | 0x200;
const FAULTS = [
  [0x4000, 'the position is too far from where it should be (motion error)'],
  [0x1000000, 'the motor needs more current than it may have (overload)'],
] as const;
/** Counts that do not count: less than any of these stages repeats. */
const NEAR = 10;
const STARTS_WITHIN_MS = 500;

function stageOf({ stage, countsPerUnit, units }: Settings): AptStage {
  const known = stage && APT_STAGES[stage];
  const counts = countsPerUnit ?? known?.countsPerUnit;
  if (counts !== undefined) return { countsPerUnit: counts, units: units ?? known?.units ?? 'mm' };
  throw new DaqtorError('lab.settings', {
    problem: 'neither the stage nor its counts per unit are given, and the controller does not tell them',
    advice: `Give stage (${Object.keys(APT_STAGES).join(', ')}), or countsPerUnit from its data sheet`,
  });
}

function countsOf(target: number, { countsPerUnit, units }: AptStage): number {
  const counts = Math.round(target * countsPerUnit);
  if (Math.abs(counts) < 2 ** 31) return counts;
  throw new DaqtorError('instrument.fault', {
    problem: `the move to ${target} ${units} failed: that is more than the controller can count`,
    advice: 'Move within the travel of the stage',
  });
}

const familyOf = ({ model }: AptInfo): AptFamily =>
  /^(TST|KST|BSC|SCC|OST|MST|LTS|MLJ|K10CR|L490)/i.test(model) ? 'stepper' : 'servo';
