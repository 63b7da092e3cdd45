import { DataWithAxes, defineDetector } from '@daqtor/core';
import { z } from 'zod';
import { portOrAddress } from '../transports/resolve-port.ts';
import { keithleyNplc } from './keithley-nplc.ts';
import { connectKeithley2400 } from './keithley2400.ts';
import { liveDials, setDials } from './scpi-dials.ts';

const settings = z.object({
  port: portOrAddress,
  nplc: keithleyNplc,
});

type Settings = z.output<typeof settings>;

/** One integration time for all that it measures. */
const DIALS = { nplc: ':SENS:CURR:NPLC' };

/**
 * The meter of a Keithley SourceMeter of the series 2400: voltage and current of one moment, and whether the source was
 * in compliance (1) or not (0). Sources of the protocol: see `connectKeithley2400`. It leaves the source as it is; a grab
 * while the output is off is an error.
 */
export const keithley2400Meter = defineDetector({
  kind: 'keithley2400-meter',
  title: 'Keithley 2400 meter',
  settings,
  connect: (settings, context) =>
    connectKeithley2400(context, settings.port, async ({ device, link, identity, read }) => {
      await setDials(device, DIALS, settings, context.signal);
      await device.checkErrors('the integration time', context.signal);
      return {
        identity,
        async grab(signal) {
          const { volts, amperes, inCompliance } = await read(signal);
          return [
            new DataWithAxes({ name: 'voltage', data: [volts], units: 'V' }),
            new DataWithAxes({ name: 'current', data: [amperes], units: 'A' }),
            new DataWithAxes({ name: 'compliance', data: [inCompliance ? 1 : 0] }),
          ];
        },
        adjust: liveDials<Settings, 'nplc'>(device, DIALS),
        close: () => link.close(),
      };
    }),
});
