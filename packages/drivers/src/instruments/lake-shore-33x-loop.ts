import { DaqtorError, defineActuator } from '@daqtor/core';
import { z } from 'zod';
import { portOrAddress } from '../transports/resolve-port.ts';
import { INPUTS, type LakeShore, overLakeShore } from './lake-shore-33x.ts';
import { Settling } from './settling.ts';

const settings = z.object({
  port: portOrAddress,
  loop: z.number().int().min(1).max(4).default(1).describe('Number of the control loop, which is that of its output'),
  input: z.enum(INPUTS).default('A').describe('The input whose sensor the loop controls'),
  toleranceK: z.number().positive().default(0.1).describe('Largest distance from the setpoint that counts as reached'),
  holdS: z.number().nonnegative().default(10).describe('Time that the temperature has to stay there, in s'),
  rampKPerMin: z
    .number()
    .positive()
    .max(100)
    .optional()
    .describe('The controller moves its setpoint at this rate; left out, as it is set'),
  heaterRange: z
    .number()
    .int()
    .min(1)
    .max(3)
    .optional()
    .describe('Range of the heater, turned on when connecting: 1 low, 2 medium, 3 high; left out, as it is set'),
});

/**
 * A control loop of a Lake Shore 331, 335 or 336: its position is the temperature of its sensor, a move has ended once the
 * temperature stays within the tolerance of the setpoint. Sources of the protocol: see `overLakeShore`. Mind `timeoutMs`:
 * a move takes minutes.
 *
 * Stopping makes the present temperature the setpoint; closing leaves setpoint and heater as they are.
 */
export const lakeShore33xLoop = defineActuator({
  kind: 'lake-shore-33x-loop',
  title: 'Lake Shore 33x temperature loop',
  settings,
  connect: ({ port, loop, input, toleranceK, holdS, rampKPerMin, heaterRange }, context) =>
    overLakeShore(context, port, async (controller) => {
      const { talk, link, identity } = controller;
      const range = controller.is331 ? '' : `${loop}`;
      if (rampKPerMin !== undefined) {
        await talk.command(`RAMP ${loop},1,${rampKPerMin}`, `a ramp of ${rampKPerMin} K/min`, context.signal);
      }
      if (heaterRange !== undefined) {
        const parameters = [range, `${heaterRange}`].filter((text) => text !== '').join(',');
        await talk.command(`RANGE ${parameters}`, `heater range ${heaterRange}`, context.signal);
      }
      const settling = new Settling(context.clock, toleranceK, holdS);
      const setSetpoint = (kelvin: number, signal: AbortSignal) =>
        talk.command(`SETP ${loop},${kelvin}`, `the setpoint ${kelvin} K`, signal);
      return {
        identity,
        units: 'K',
        readPosition: (signal) => controller.readKelvin(input, signal),
        async startMove(kelvin, signal) {
          await requireHeater(controller, range, signal);
          await setSetpoint(kelvin, signal);
          settling.start(kelvin);
        },
        isMoving: async (signal) => settling.isUnderWay && settling.take(await controller.readKelvin(input, signal)),
        async stop(signal) {
          if (!settling.isUnderWay) return;
          settling.end();
          // The way back to where it is must not be ramped from the old setpoint.
          await talk.command(`RAMP ${loop},0,0`, 'ending the ramp', signal);
          await setSetpoint(round(await controller.readKelvin(input, signal)), signal);
          if (rampKPerMin !== undefined) {
            await talk.command(`RAMP ${loop},1,${rampKPerMin}`, `a ramp of ${rampKPerMin} K/min`, signal);
          }
        },
        close: () => link.close(),
      };
    }),
});

/** As finely as the controller takes it. */
const round = (kelvin: number): number => Math.round(kelvin * 1000) / 1000;

/** With its heater off a loop does not control, and a move would only end by its timeout. */
async function requireHeater({ talk }: LakeShore, range: string, signal: AbortSignal): Promise<void> {
  if ((await talk.queryNumber(`RANGE? ${range}`.trim(), signal)) !== 0) return;
  throw new DaqtorError('instrument.fault', {
    problem: 'the heater of the loop is off, so it does not control its temperature',
    advice: "Set 'heaterRange' (1 low, 2 medium, 3 high), or turn the heater on at the front panel",
  });
}
