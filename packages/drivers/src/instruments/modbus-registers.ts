import { DataWithAxes, defineDetector } from '@daqtor/core';
import { z } from 'zod';
import { modbusSettings, overModbus } from './modbus-link.ts';
import { modbusValue, readModbusValues } from './modbus-value.ts';

const settings = modbusSettings.extend({
  registers: z
    .array(modbusValue.extend({ name: z.string().min(1).describe('Its name in the data') }))
    .min(1)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'each name may be there once')
    .describe('What is read: name, address, and as needed table, type, factor, units'),
});

/**
 * Registers of any device that speaks Modbus, by a table: a process controller, a power meter, a PLC. Connecting reads them
 * once, so that a register that the device does not have is told then. Source: see `ModbusTalk`.
 */
export const modbusRegisters = defineDetector({
  kind: 'modbus-registers',
  title: 'Modbus registers',
  settings,
  connect: (settings, context) =>
    overModbus(context, settings, async (talk, link, identity) => {
      const { registers } = settings;
      await readModbusValues(talk, registers, context.signal);
      return {
        identity,
        async grab(signal) {
          const values = await readModbusValues(talk, registers, signal);
          return registers.map(
            ({ name, units }, i) =>
              new DataWithAxes({ name, data: [values[i] ?? Number.NaN], ...(units && { units }) }),
          );
        },
        close: () => link.close(),
      };
    }),
});
