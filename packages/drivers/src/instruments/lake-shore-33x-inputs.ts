import { DataWithAxes, defineDetector } from '@daqtor/core';
import { z } from 'zod';
import { portOrAddress } from '../transports/resolve-port.ts';
import { INPUTS, overLakeShore } from './lake-shore-33x.ts';

const settings = z.object({
  port: portOrAddress,
  inputs: z.array(z.enum(INPUTS)).min(1).default(['A', 'B']).describe('Inputs to read, e.g. A and B'),
});

/**
 * Temperatures of a Lake Shore 331, 335 or 336, in kelvin, one channel for each input. A sensor without a valid temperature
 * is an error, never a number. Sources of the protocol: see `overLakeShore`.
 */
export const lakeShore33xInputs = defineDetector({
  kind: 'lake-shore-33x-inputs',
  title: 'Lake Shore 33x temperatures',
  settings,
  connect: ({ port, inputs }, context) =>
    overLakeShore(context, port, async ({ link, identity, readKelvin }) => ({
      identity,
      async grab(signal) {
        const data: number[] = [];
        for (const input of inputs) data.push(await readKelvin(input, signal));
        return [new DataWithAxes({ name: 'temperature', data, labels: inputs, units: 'K' })];
      },
      close: () => link.close(),
    })),
});
