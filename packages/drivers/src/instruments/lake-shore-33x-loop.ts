import { DaqtorError, defineActuator, liveSettings } from '@daqtor/core';
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
    .nonnegative()
    .max(100)
    .optional()
    .describe('The controller moves its setpoint at this rate; 0: it jumps; left out, as it is set'),
  heaterRange: z
    .number()
    .int()
    .min(0)
    .max(3)
    .optional()
    .describe('Range of the heater, set when connecting: 0 off, 1 low, 2 medium, 3 high; left out, as it is set'),
});
type Settings = z.output<typeof settings>;

const LIVE = ['toleranceK', 'holdS', 'rampKPerMin', 'heaterRange'] as const;
type LiveName = (typeof LIVE)[number];

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
  connect: (settings, context) =>
    overLakeShore(context, settings.port, async (controller) => {
      const { loop, input } = settings;
      const { talk, link, identity } = controller;
      const range = controller.is331 ? '' : `${loop}`;
      const setRamp = (kPerMin: number, signal: AbortSignal) =>
        talk.command(`RAMP ${loop},${kPerMin > 0 ? 1 : 0},${kPerMin}`, `a ramp of ${kPerMin} K/min`, signal);
      /** 0 for none. */
      const readRamp = async (signal: AbortSignal) => {
        const [on = 0, kPerMin = 0] = await talk.queryNumbers(`RAMP? ${loop}`, 2, signal);
        return on === 0 ? 0 : kPerMin;
      };
      const configure = async (wanted: Settings, isMeant: (name: LiveName) => boolean, signal: AbortSignal) => {
        const { rampKPerMin, heaterRange } = wanted;
        if (rampKPerMin !== undefined && isMeant('rampKPerMin')) await setRamp(rampKPerMin, signal);
        if (heaterRange !== undefined && isMeant('heaterRange')) {
          const parameters = [range, `${heaterRange}`].filter((text) => text !== '').join(',');
          await talk.command(`RANGE ${parameters}`, `heater range ${heaterRange}`, signal);
        }
      };
      await configure(settings, () => true, context.signal);
      const settling = new Settling(context.clock, ruleOf(settings));
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
          const kPerMin = await readRamp(signal);
          if (kPerMin > 0) await setRamp(0, signal);
          await setSetpoint(round(await controller.readKelvin(input, signal)), signal);
          if (kPerMin > 0) await setRamp(kPerMin, signal);
        },
        adjust: liveSettings<Settings, LiveName>({
          names: LIVE,
          async apply(wanted, changed, signal) {
            await configure(wanted, (name) => changed.has(name), signal);
            settling.rule = ruleOf(wanted);
          },
          read: async (signal) => ({
            rampKPerMin: await readRamp(signal),
            heaterRange: await readRange(controller, range, signal),
          }),
        }),
        close: () => link.close(),
      };
    }),
});

const ruleOf = ({ toleranceK, holdS }: Settings) => ({ tolerance: toleranceK, holdS });

/** As finely as the controller takes it. */
const round = (kelvin: number): number => Math.round(kelvin * 1000) / 1000;

const readRange = ({ talk }: LakeShore, range: string, signal: AbortSignal): Promise<number> =>
  talk.queryNumber(`RANGE? ${range}`.trim(), signal);

/** With its heater off a loop does not control, and a move would only end by its timeout. */
async function requireHeater(controller: LakeShore, range: string, signal: AbortSignal): Promise<void> {
  if ((await readRange(controller, range, signal)) !== 0) return;
  throw new DaqtorError('instrument.fault', {
    problem: 'the heater of the loop is off, so it does not control its temperature',
    advice: "Set 'heaterRange' (1 low, 2 medium, 3 high), or turn the heater on at the front panel",
  });
}
