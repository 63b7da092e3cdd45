import { defineActuator, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { modbusSettings, overModbus } from './modbus-link.ts';
import { modbusValue, readModbusValues, writeModbusValue } from './modbus-value.ts';
import { Settling } from './settling.ts';

const settings = modbusSettings.extend({
  setpoint: modbusValue
    .extend({ table: z.literal('holding').default('holding') })
    .describe('The register that is written: address, and as needed type, factor, units'),
  actual: modbusValue.optional().describe('The register of what is measured; left out, the setpoint is read back'),
  tolerance: z
    .number()
    .nonnegative()
    .default(0)
    .describe('Largest distance from the setpoint that counts as reached; 0: none, for a register that is read back'),
  holdS: z.number().nonnegative().default(0).describe('Time that it has to stay there, in s'),
});
type Settings = z.output<typeof settings>;

/**
 * A setpoint of any device that speaks Modbus, e.g. of a temperature controller or a valve: a move has ended once what is
 * measured stays within the tolerance of it. Source: see `ModbusTalk`. Mind `timeoutMs`: some moves take minutes.
 *
 * Stopping makes what is measured now the setpoint; closing leaves it as it is.
 */
export const modbusSetpoint = defineActuator({
  kind: 'modbus-setpoint',
  title: 'Modbus setpoint',
  settings,
  connect: (settings, context) =>
    overModbus(context, settings, async (talk, link, identity) => {
      const { setpoint, actual = setpoint } = settings;
      const settling = new Settling(context.clock, ruleOf(settings));
      const read = async (signal: AbortSignal) => (await readModbusValues(talk, [actual], signal))[0] ?? Number.NaN;
      await read(context.signal);
      return {
        identity,
        units: setpoint.units ?? '',
        readPosition: read,
        async startMove(target, signal) {
          await writeModbusValue(talk, setpoint, target, signal);
          settling.start(target);
        },
        isMoving: async (signal) => settling.isUnderWay && settling.take(await read(signal)),
        async stop(signal) {
          if (!settling.isUnderWay) return;
          settling.end();
          await writeModbusValue(talk, setpoint, await read(signal), signal);
        },
        adjust: liveSettings<Settings, 'tolerance' | 'holdS'>({
          names: ['tolerance', 'holdS'],
          async apply(wanted) {
            settling.rule = ruleOf(wanted);
          },
        }),
        close: () => link.close(),
      };
    }),
});

/** Half of the last digit is what a setpoint loses when it is written. */
const ruleOf = ({ setpoint, tolerance, holdS }: Settings) => ({
  tolerance: Math.max(tolerance, lastDigit(setpoint) / 2),
  holdS,
});

const lastDigit = ({ type, factor }: z.output<typeof modbusValue>): number =>
  type === 'float32' ? 1e-6 * Math.abs(factor) : Math.abs(factor) * (1 + 1e-9);
