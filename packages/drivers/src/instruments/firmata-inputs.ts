import { DataWithAxes, defineDetector } from '@daqtor/core';
import { z } from 'zod';
import { FirmataTalk, firmataResync } from '../protocols/firmata-talk.ts';
import { overLink } from '../transports/over-link.ts';
import { portOrAddress } from '../transports/resolve-port.ts';

const settings = z.object({
  port: portOrAddress,
  channels: z.array(z.int().min(0).max(15)).min(1).default([0]).describe('Analog inputs by their numbers: 0 is A0'),
  referenceV: z.number().positive().default(5).describe('Voltage that is the largest value of the converter, in V'),
  bits: z.int().min(8).max(14).default(10).describe('Bits of the converter'),
});

/** FTDI or CDC; an Arduino with StandardFirmata listens at this rate. */
export const FIRMATA_SERIAL = { baudRate: 57_600 } as const;

/** Analog inputs of an Arduino, or any other board, with StandardFirmata. Sources: see `FirmataTalk`. */
export const firmataInputs = defineDetector({
  kind: 'firmata-inputs',
  title: 'Arduino (Firmata) analog inputs',
  settings,
  connect: ({ port, channels, referenceV, bits }, context) =>
    overLink(context, port, { serial: FIRMATA_SERIAL, resync: firmataResync }, async (link) => {
      const talk = new FirmataTalk(link);
      const identity = await talk.firmware(context.signal);
      return {
        identity,
        async grab(signal) {
          const volts: number[] = [];
          for (const channel of channels)
            volts.push(((await talk.readAnalog(channel, signal)) * referenceV) / (2 ** bits - 1));
          const labels = channels.map((channel) => `A${channel}`);
          return [new DataWithAxes({ name: 'voltage', data: volts, labels, units: 'V' })];
        },
        close: () => link.close(),
      };
    }),
});
