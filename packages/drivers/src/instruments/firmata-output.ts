import { DaqtorError, defineActuator, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { FIRMATA_MODE, FirmataTalk, firmataResync } from '../protocols/firmata-talk.ts';
import { overLink } from '../transports/over-link.ts';
import { portOrAddress } from '../transports/resolve-port.ts';
import { FIRMATA_SERIAL } from './firmata-inputs.ts';
import { Ramp } from './ramp.ts';

const settings = z.object({
  port: portOrAddress,
  pin: z.int().min(0).max(127).describe('Number of the pin'),
  as: z.enum(['digital', 'pwm']).describe('digital: 0 or 1; pwm: the share of the time that it is on, from 0 to 1'),
  rampPerS: z.number().positive().optional().describe('Largest change per second, of pwm; left out, it jumps'),
  outputAtClose: z
    .enum(['off', 'on'])
    .default('off')
    .describe('What becomes of the output when the board is let go of'),
});
type Settings = z.output<typeof settings>;

/** The largest value of PWM. */
const FULL = 255;

/**
 * A pin of an Arduino, or any other board, with StandardFirmata as an output. Sources: see `FirmataTalk`. Its position is
 * what the board says that the pin is set to.
 *
 * Connecting makes the pin an output, which is off then; one that is an output already stays as it is. Most boards are
 * reset when their port is opened.
 */
export const firmataOutput = defineActuator({
  kind: 'firmata-output',
  title: 'Arduino (Firmata) output',
  settings,
  connect: (settings, context) =>
    overLink(context, settings.port, { serial: FIRMATA_SERIAL, resync: firmataResync }, async (link) => {
      const { pin, as } = settings;
      let now = settings;
      const talk = new FirmataTalk(link);
      const identity = await talk.firmware(context.signal);
      const mode = as === 'pwm' ? FIRMATA_MODE.pwm : FIRMATA_MODE.output;
      const state = async (signal: AbortSignal) => {
        const found = await talk.pinState(pin, signal);
        if (found) return found;
        throw new DaqtorError('instrument.fault', {
          problem: `the board has no pin ${pin}`,
          advice: 'Check its number',
        });
      };
      const read = async (signal: AbortSignal) => (await state(signal)).value / (as === 'pwm' ? FULL : 1);
      const write = (value: number, signal: AbortSignal) =>
        as === 'pwm' ? talk.setPwm(pin, Math.round(FULL * value), signal) : talk.setDigital(pin, value === 1, signal);
      if ((await state(context.signal)).mode !== mode) await talk.setMode(pin, mode, context.signal);
      if ((await state(context.signal)).mode !== mode) {
        throw new DaqtorError('instrument.fault', {
          problem: `pin ${pin} cannot be used as ${as}`,
          advice: 'Take another pin: not all of a board can do PWM',
        });
      }
      const ramp = new Ramp(context.clock);
      let closed = false;
      return {
        identity,
        units: '',
        limits: { min: 0, max: 1 },
        readPosition: read,
        async startMove(target, signal) {
          if (!(target >= 0 && target <= 1) || (as === 'digital' && !Number.isInteger(target))) {
            throw new DaqtorError('move.limit', {
              problem: `${target} is nothing that pin ${pin} can be set to`,
              advice: as === 'pwm' ? 'Give a share from 0 to 1' : 'Give 0 or 1, or use the pin as pwm',
            });
          }
          ramp.end();
          if (as === 'pwm' && now.rampPerS !== undefined) ramp.start(await read(signal), target, now.rampPerS);
          else await write(target, signal);
        },
        async isMoving(signal) {
          const step = ramp.step();
          if (step) await write(step.value, signal);
          if (step && !step.last) return true;
          ramp.end();
          return false;
        },
        // The output stays where the ramp has come to.
        stop: async () => ramp.end(),
        adjust: liveSettings<Settings, 'rampPerS' | 'outputAtClose'>({
          names: ['rampPerS', 'outputAtClose'],
          async apply(wanted) {
            now = wanted;
          },
        }),
        async close() {
          if (closed) return;
          closed = true;
          // Where the wire is gone there is nobody to tell it to.
          if (now.outputAtClose === 'off') await write(0, new AbortController().signal).catch(() => {});
          await link.close();
        },
      };
    }),
});
