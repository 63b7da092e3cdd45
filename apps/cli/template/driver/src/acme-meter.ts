import { DaqtorError, DataWithAxes, defineDetector } from '@daqtor/core';
import { overScpi, portOrAddress, recogniseBy } from '@daqtor/drivers';
import { z } from 'zod';

const settings = z.object({
  port: portOrAddress,
  rangeV: z.number().positive().max(1000).default(10).describe('Largest voltage expected, in V, up to 1000'),
});

/** How the instrument is told from others, by its answer to `*IDN?`. */
const ACME_METER = recogniseBy('an Acme meter', ({ model }) => model === 'acme-meter', { before: '*CLS\n' });

/**
 * Acme meter, by its serial port or TCP.
 *
 * Source: name the manual and the pages here, and say what is from memory.
 */
export const acmeMeter = defineDetector({
  kind: 'acme-meter',
  title: 'Acme meter',
  settings,
  connect: ({ port, rangeV }, context) =>
    overScpi(
      context,
      port,
      { maker: 'Acme', recognition: ACME_METER, timeoutMs: 2000, serial: { baudRate: 9600 } },
      async ({ device, link, identity }) => {
        await device.write(`:VOLT:RANG ${rangeV}`, context.signal);
        await device.checkErrors('setting the range', context.signal);
        return {
          identity,
          async grab(signal) {
            const volts = await device.queryNumber(':READ?', signal);
            if (Number.isFinite(volts)) return [new DataWithAxes({ name: 'voltage', data: [volts], units: 'V' })];
            throw new DaqtorError('instrument.fault', {
              problem: `the voltage is over the range of ${rangeV} V`,
              advice: 'Check the wiring, or allow a larger range',
            });
          },
          close: () => link.close(),
        };
      },
    ),
});
