import { DaqtorError, defineActuator, type Limits, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { asciiNumber } from '../protocols/ascii-number.ts';
import { decimal } from '../protocols/decimal.ts';
import {
  type LineEnds,
  type LineTalk,
  lineTalk,
  type Recognition,
  recognise,
  resyncBy,
  shown,
} from '../protocols/line-talk.ts';
import { stopTwice } from '../protocols/stop-twice.ts';
import type { Link } from '../transports/link.ts';
import type { LinkIo } from '../transports/link-io.ts';
import { overLink } from '../transports/over-link.ts';
import { portOrAddress } from '../transports/resolve-port.ts';
import { adviceFor, type Esp301Error, parseEsp301Error } from './esp301-errors.ts';
import { trapezoidMs } from './trapezoid-ms.ts';

const settings = z.object({
  port: portOrAddress,
  axis: z.number().int().min(1).max(3).describe('Number of the axis on the controller, 1 to 3'),
  homeMode: z
    .number()
    .int()
    .min(0)
    .max(6)
    .optional()
    .describe('How the reference is searched (command OR, 0 to 6); left out, as the controller is set (command OM)'),
  velocity: z
    .number()
    .positive()
    .optional()
    .describe('Velocity of moves in units of the controller per second (VA); left out, as the controller is set'),
  acceleration: z
    .number()
    .positive()
    .optional()
    .describe(
      'Acceleration and deceleration of moves in units of the controller per second squared (AC, AG); left out, as it is set',
    ),
});
type Settings = z.output<typeof settings>;

/**
 * One axis of a Newport ESP301 motion controller.
 *
 * Source: the command set that the ESP301 shares with Newport's ESP300 (pages of the ESP300 user's manual, and public
 * drivers such as pymeasure's `esp300`). Not yet tried on a real controller; unconfirmed are RTS/CTS as its default and the
 * format of `TB?`. By USB the controller is a serial port of 921600 baud (`?baud=921600`).
 *
 * Connecting turns the motor on, closing leaves it as it is: a vertical stage without power falls.
 */
export const esp301 = defineActuator({
  kind: 'esp301',
  title: 'Newport ESP301 axis',
  settings,
  async connect(settings, context) {
    const { port, axis, homeMode } = settings;
    const options = { serial: { baudRate: 19_200, flow: 'rtscts' }, resync: resyncBy(ESP301) } as const;
    return overLink(context, port, options, async (link) => {
      const controller = new Controller(link, axis);
      const { signal } = context;
      const identity = `Newport ${await link.exchange((io) => recognise(io, ESP301), signal)}`;
      await controller.forget(signal);
      await controller.command('MO', 'turning the motor on', signal);
      const units = await readUnits(controller, signal);
      const limits = await readLimits(controller, signal);
      await setTrajectory(controller, settings, () => true, signal);
      const trajectory = async (signal: AbortSignal) => ({
        velocity: await controller.number('VA?', signal),
        acceleration: await controller.number('AC?', signal),
      });
      let now = await trajectory(signal);
      return {
        identity,
        units,
        limits,
        readPosition: (signal) => controller.number('TP?', signal),
        startMove: (target, signal) =>
          controller.command(`PA${decimal(target)}`, `the move to ${target} ${units}`, signal),
        moveMs: (from, to) => trapezoidMs(to - from, now.velocity, now.acceleration),
        async isMoving(signal) {
          const moving = (await controller.number('MD?', signal)) === 0;
          // A motion that fails ends, so errors are asked for at the end only.
          if (!moving) await controller.checkErrors('the motion', signal);
          return moving;
        },
        async stop(signal) {
          await stopTwice(
            () => link.send(`${axis}ST\r`, signal),
            () => controller.command('ST', 'stopping', signal),
          );
        },
        startHome: (signal) => controller.command(`OR${homeMode ?? ''}`, 'the search for the reference', signal),
        adjust: liveSettings<Settings, TrajectoryName>({
          names: ['velocity', 'acceleration'],
          apply: (wanted, changed, signal) => setTrajectory(controller, wanted, (name) => changed.has(name), signal),
          async read(signal) {
            now = await trajectory(signal);
            return now;
          },
        }),
        close: () => link.close(),
      };
    });
  },
});

type TrajectoryName = 'velocity' | 'acceleration';

/** Sets velocity and acceleration where they are given. */
async function setTrajectory(
  controller: Controller,
  { velocity, acceleration }: Settings,
  isMeant: (name: TrajectoryName) => boolean,
  signal: AbortSignal,
): Promise<void> {
  if (velocity !== undefined && isMeant('velocity')) {
    await controller.command(`VA${decimal(velocity)}`, `setting the velocity ${velocity}`, signal);
  }
  if (acceleration === undefined || !isMeant('acceleration')) return;
  for (const command of ['AC', 'AG']) {
    await controller.command(`${command}${decimal(acceleration)}`, `setting the acceleration ${acceleration}`, signal);
  }
}

/** Commands end with CR. Answers end with CR too; the LF that follows it is removed from the next line. */
const LINES: LineEnds = { sent: '\r', received: '\r' };

const talkOn = (io: LinkIo): LineTalk => lineTalk(io, LINES);

/** `VE?` is answered neither by a number nor by an error, so no other answer can be taken for it. */
const ESP301: Recognition<string> = {
  wanted: 'a Newport ESP301',
  ends: LINES,
  command: 'VE?',
  parse: (line) => (/^ESP30[01]\b/i.test(line) ? line : undefined),
};

/** Errors of other axes that were found in the controller's one queue, kept for their drivers. */
const keptErrors = new WeakMap<object, Esp301Error[]>();

/** The controller as one axis sees it. */
class Controller {
  readonly #link: Link;
  readonly #axis: number;

  constructor(link: Link, axis: number) {
    this.#link = link;
    this.#axis = axis;
    if (!keptErrors.has(link.wire)) keptErrors.set(link.wire, []);
  }

  /** Asks for a number of this axis. */
  async number(query: string, signal: AbortSignal): Promise<number> {
    const command = `${this.#axis}${query}`;
    return asciiNumber(await this.#link.exchange((io) => talkOn(io).ask(command), signal), command);
  }

  /** Sends a command to this axis and resolves once the controller has taken it without an error. */
  async command(command: string, tried: string, signal: AbortSignal): Promise<void> {
    const errors = await this.#link.exchange(async (io) => {
      await talkOn(io).tell(`${this.#axis}${command}`);
      return readErrors(io);
    }, signal);
    this.#sort(errors, tried);
  }

  async checkErrors(tried: string, signal: AbortSignal): Promise<void> {
    this.#sort(await this.#link.exchange(readErrors, signal), tried);
  }

  /** Empties the queue of what happened before this driver was connected. Errors of other axes are kept for them. */
  async forget(signal: AbortSignal): Promise<void> {
    const errors = await this.#link.exchange(readErrors, signal);
    this.#keep(errors.filter(({ axis }) => axis !== undefined && axis !== this.#axis));
    this.#claim();
  }

  /** @throws DaqtorError `instrument.fault` for errors of this axis, new and kept, and of the whole controller */
  #sort(errors: readonly Esp301Error[], tried: string): void {
    this.#keep(errors.filter(({ axis }) => axis !== undefined));
    const mine = [...errors.filter(({ axis }) => axis === undefined), ...this.#claim()];
    const [first] = mine;
    if (!first) return;
    throw new DaqtorError('instrument.fault', {
      problem: `${tried} failed: ${mine.map(({ code, text }) => `error ${code}, ${shown(text)}`).join('; ')}`,
      advice: adviceFor(first),
    });
  }

  /** At most 30 are kept: of an axis without a driver nobody ever asks. */
  #keep(errors: readonly Esp301Error[]): void {
    const kept = keptErrors.get(this.#link.wire) ?? [];
    keptErrors.set(this.#link.wire, [...kept, ...errors].slice(-30));
  }

  #claim(): Esp301Error[] {
    const kept = keptErrors.get(this.#link.wire) ?? [];
    keptErrors.set(
      this.#link.wire,
      kept.filter(({ axis }) => axis !== this.#axis),
    );
    return kept.filter(({ axis }) => axis === this.#axis);
  }
}

/** Reads the queue until it is empty; it holds 10. */
async function readErrors(io: LinkIo): Promise<Esp301Error[]> {
  const errors: Esp301Error[] = [];
  while (errors.length < 16) {
    const line = await talkOn(io).ask('TB?');
    const error = parseEsp301Error(line);
    if (!error) {
      throw new DaqtorError('instrument.protocol', {
        problem: `'TB?' was answered with '${shown(line)}', which is not an error message`,
        advice: 'Check that nothing else talks to the controller',
      });
    }
    if (error.code === 0) break;
    errors.push(error);
  }
  return errors;
}

/** Units by their number in the command SN, as pint reads them. */
const UNITS = [
  'count',
  'count',
  'mm',
  'um',
  'inch',
  'milliinch',
  'microinch',
  'deg',
  'grad',
  'rad',
  'mrad',
  'urad',
] as const;

async function readUnits(controller: Controller, signal: AbortSignal): Promise<string> {
  const number = await controller.number('SN?', signal);
  const units = UNITS[number];
  if (units !== undefined) return units;
  throw new DaqtorError('instrument.protocol', {
    problem: `the axis counts in units number ${number}, which the manual does not list`,
    advice: 'Set the units of the axis with the command SN',
  });
}

/** Travel limits of the axis; undefined where they are not set, which the controller tells by equal ones. */
async function readLimits(controller: Controller, signal: AbortSignal): Promise<Limits | undefined> {
  const min = await controller.number('SL?', signal);
  const max = await controller.number('SR?', signal);
  return min < max ? { min, max } : undefined;
}
