import { DaqtorError, defineActuator, type Limits, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { asciiNumber } from '../protocols/ascii-number.ts';
import { decimal } from '../protocols/decimal.ts';
import { type LineEnds, lineTalk, type Recognition, recognise, resyncBy, shown } from '../protocols/line-talk.ts';
import { stopTwice } from '../protocols/stop-twice.ts';
import type { Link } from '../transports/link.ts';
import type { LinkIo } from '../transports/link-io.ts';
import { overLink } from '../transports/over-link.ts';
import { portOrAddress } from '../transports/resolve-port.ts';
import { positionerErrors, smc100Error } from './smc100-errors.ts';
import { trapezoidMs } from './trapezoid-ms.ts';

const settings = z.object({
  port: portOrAddress,
  address: z.number().int().min(1).max(31).default(1).describe('Address of the controller on its chain, 1 to 31'),
  units: z.enum(['mm', 'deg']).default('mm').describe('Units of its stage, which the controller does not tell'),
  velocity: z
    .number()
    .positive()
    .optional()
    .describe('Velocity of moves in `units` per second (VA); left out, as the controller is set'),
});
type Settings = z.output<typeof settings>;

/**
 * Newport SMC100CC, SMC100PP or CONEX-CC controller of one axis; several on one chain share the port.
 *
 * Source: SMC100CC & SMC100PP user's manual, EDH0206En, 6.3; the lists of states, error letters and bits of TS as several
 * public drivers have them. Not yet tried on a real controller. The SMC100 has 57600 baud and XON/XOFF, a CONEX-CC wants
 * `?baud=921600`.
 *
 * Before the first move after power-on the reference has to be searched (home); connecting does not, since it would move.
 * Connecting enables a motor that is disabled.
 */
export const smc100 = defineActuator({
  kind: 'smc100',
  title: 'Newport SMC100 or CONEX-CC axis',
  settings,
  connect({ port, address, units, velocity }, context) {
    const recognition = recognitionOf(address);
    const options = { serial: { baudRate: 57_600, flow: 'xonxoff' }, resync: resyncBy(recognition) } as const;
    return overLink(context, port, options, async (link) => {
      const { signal } = context;
      const identity = `Newport ${await link.exchange((io) => recognise(io, recognition), signal)}`;
      const controller = new Controller(link, address);
      // Forgets what happened before.
      await controller.ask('TE', signal);
      const { state } = await controller.status(signal);
      if (isDisabled(state)) await controller.command('MM1', 'enabling the motor', signal);
      const limits = await readLimits(controller, signal);
      const setVelocity = async (value: number | undefined, signal: AbortSignal) => {
        if (value !== undefined)
          await controller.command(`VA${decimal(value, 6)}`, `setting the velocity ${value}`, signal);
      };
      await setVelocity(velocity, signal);
      const acceleration = await controller.number('AC', signal);
      let speed = await controller.number('VA', signal);
      let underWay = false;
      return {
        identity,
        units,
        limits,
        readPosition: (signal) => controller.number('TP', signal),
        // Without the rounding of the profile by its jerk time.
        moveMs: (from, to) => trapezoidMs(to - from, speed, acceleration),
        async startMove(target, signal) {
          await controller.command(`PA${decimal(target, 6)}`, `the move to ${target} ${units}`, signal);
          underWay = true;
        },
        async isMoving(signal) {
          const { state, errors } = await controller.status(signal);
          if (isUnderWay(state)) return true;
          const ended = underWay;
          underWay = false;
          if (!ended || (isReady(state) && errors.length === 0)) return false;
          throw new DaqtorError('instrument.fault', {
            problem: `the motion failed: ${errors.join(', ') || `the controller is in state ${hex(state)}`}`,
            advice: isReady(state)
              ? 'Check that the stage can move freely, then move again'
              : 'Check that the stage can move freely, then search the reference again',
          });
        },
        async stop(signal) {
          await stopTwice(
            () => link.send(`${address}ST\r\n`, signal),
            () => controller.command('ST', 'stopping', signal, HARMLESS_FOR_A_STOP),
          );
          // A stop ends the search for the reference without finding it, which is no failure.
          underWay = false;
        },
        async startHome(signal) {
          await controller.command('OR', 'the search for the reference', signal);
          underWay = true;
        },
        adjust: liveSettings<Settings, 'velocity'>({
          names: ['velocity'],
          apply: ({ velocity }, _, signal) => setVelocity(velocity, signal),
          read: async (signal) => {
            speed = await controller.number('VA', signal);
            return { velocity: speed };
          },
        }),
        close: () => link.close(),
      };
    });
  },
});

const LINES: LineEnds = { sent: '\r\n', received: '\n' };
/** Not referenced, configuration, disabled, ready: there is nothing to stop. */
const HARMLESS_FOR_A_STOP = 'DHIJK';

const isReady = (state: number): boolean => state >= 0x32 && state <= 0x38;
const isDisabled = (state: number): boolean => state >= 0x3c && state <= 0x3f;
/** Homing, moving, jogging. */
const isUnderWay = (state: number): boolean => [0x1e, 0x1f, 0x28, 0x46, 0x47].includes(state);
const hex = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');

function recognitionOf(address: number): Recognition<string> {
  const version = new RegExp(`^${address}VE\\s*(.*(?:SMC|CONEX).*)$`, 'i');
  return {
    wanted: `a Newport SMC100 or CONEX-CC at address ${address}`,
    ends: LINES,
    command: `${address}VE`,
    parse: (line) => version.exec(line)?.[1],
  };
}

/** One controller of the chain. Its answers begin with its address and the command. */
class Controller {
  readonly #link: Link;
  readonly #address: number;

  constructor(link: Link, address: number) {
    this.#link = link;
    this.#address = address;
  }

  /** Asks with a question mark and resolves with what follows address and command. */
  ask(command: string, signal: AbortSignal): Promise<string> {
    return this.#link.exchange((io) => this.#ask(io, command), signal);
  }

  async number(command: string, signal: AbortSignal): Promise<number> {
    return asciiNumber(await this.ask(command, signal), `${this.#address}${command}?`);
  }

  async status(signal: AbortSignal): Promise<{ readonly state: number; readonly errors: readonly string[] }> {
    const answer = await this.ask('TS', signal);
    const [, bits, state] = /^([0-9A-F]{4})([0-9A-F]{2})$/i.exec(answer) ?? [];
    if (bits === undefined || state === undefined) throw this.#unreadable('TS', answer);
    return { state: Number.parseInt(state, 16), errors: positionerErrors(Number.parseInt(bits, 16)) };
  }

  /**
   * Sends a command and resolves once the controller has taken it without an error.
   *
   * @param harmless - letters of errors that do not matter
   */
  async command(command: string, tried: string, signal: AbortSignal, harmless = ''): Promise<void> {
    const letter = await this.#link.exchange(async (io) => {
      await lineTalk(io, LINES).tell(`${this.#address}${command}`);
      return this.#ask(io, 'TE');
    }, signal);
    if (letter === '@' || (letter !== '' && harmless.includes(letter))) return;
    const { text, advice } = smc100Error(letter);
    throw new DaqtorError('instrument.fault', { problem: `${tried} failed: ${text}`, advice });
  }

  async #ask(io: LinkIo, command: string): Promise<string> {
    const answer = await lineTalk(io, LINES).ask(`${this.#address}${command}?`);
    const head = `${this.#address}${command}`;
    if (!answer.startsWith(head)) throw this.#unreadable(command, answer);
    return answer.slice(head.length).trim();
  }

  #unreadable(command: string, answer: string): DaqtorError {
    return new DaqtorError('instrument.protocol', {
      problem: `'${this.#address}${command}?' was answered with '${shown(answer)}'`,
      advice: 'Check the address, and that nothing else talks to the controller',
    });
  }
}

async function readLimits(controller: Controller, signal: AbortSignal): Promise<Limits | undefined> {
  const min = await controller.number('SL', signal);
  const max = await controller.number('SR', signal);
  return min < max ? { min, max } : undefined;
}
