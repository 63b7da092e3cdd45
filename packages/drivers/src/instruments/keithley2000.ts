import { defineDetector } from '@daqtor/core';
import { z } from 'zod';
import { overScpi } from '../protocols/over-scpi.ts';
import { recogniseBy } from '../protocols/scpi.ts';
import type { Identity } from '../protocols/scpi-values.ts';
import { portOrAddress } from '../transports/resolve-port.ts';
import { checkRange, multimeterSettings, readOnce } from './multimeter.ts';
import { liveDials, setDials } from './scpi-dials.ts';

/** What can be measured: its path in the SENSe subsystem and its units (SENSe1 subsystem). */
const FUNCTIONS = {
  'voltage:dc': { path: 'VOLT:DC', units: 'V', maxRange: 1010 },
  'voltage:ac': { path: 'VOLT:AC', units: 'V', maxRange: 757.5 },
  'current:dc': { path: 'CURR:DC', units: 'A', maxRange: 3.1 },
  'current:ac': { path: 'CURR:AC', units: 'A', maxRange: 3.1 },
  resistance: { path: 'RES', units: 'ohm', maxRange: 120e6 },
  fresistance: { path: 'FRES', units: 'ohm', maxRange: 120e6 },
} as const;

const settings = z.object({
  port: portOrAddress,
  function: multimeterSettings.function,
  nplc: z
    .number()
    .min(0.01)
    .max(10)
    .default(1)
    .describe('Integration time in periods of the mains, 0.01 to 10: longer is quieter'),
  range: multimeterSettings.range,
});
type Settings = z.output<typeof settings>;

/**
 * Keithley 2000 6½-digit multimeter, by RS-232 (directly or through a serial device server).
 *
 * Source: Model 2000 Multimeter User's Manual, 2000-900-01 Rev. J: RS-232 operation (4-6), data format and overflow (5-28),
 * ranges, error queue; that NPLC, RANG and RANG:AUTO can be asked for, and what `:CONF` and `:READ?` do is from memory. The meter has to be set to RS-232, SCPI and line feed as its terminator; 4800 baud is how it leaves the
 * factory.
 *
 * Each grab is one reading that starts with the grab. A reading over range is an error, never a number.
 */
export const keithley2000 = defineDetector({
  kind: 'keithley2000',
  title: 'Keithley 2000 multimeter',
  settings,
  async connect(settings, context) {
    const measurand = FUNCTIONS[settings.function];
    const { path } = measurand;
    checkRange(settings, measurand);
    const recognition = recogniseBy('a Keithley 2000', isKeithley2000, {
      before: CLEAR,
      timeoutMs: longestReadingMs(settings),
    });
    const options = { maker: 'Keithley', recognition, timeoutMs: 2000, serial: { baudRate: 4800 } };
    return overScpi(context, settings.port, options, async ({ device, link, identity }) => {
      const { signal } = context;
      const dials = { nplc: `:SENS:${path}:NPLC`, range: `:SENS:${path}:RANG` };
      let now = settings;
      // CONFigure makes single readings on command (no continuous initiation) and sets the function to its defaults.
      await device.write(`:CONF:${path}`, signal);
      await setDials(device, dials, settings, signal);
      await device.write(':FORM:ELEM READ', signal);
      await device.checkErrors('the configuration', signal);
      return {
        identity,
        grab: (signal) => readOnce(device, now, measurand, signal, longestReadingMs(now)),
        grabMs: () => readingMs(now),
        adjust: liveDials<Settings, keyof typeof dials>(
          device,
          dials,
          (wanted) => checkRange(wanted, measurand),
          (wanted) => {
            now = wanted;
          },
        ),
        close: () => link.close(),
      };
    });
  },
});

const isKeithley2000 = ({ maker, model }: Identity): boolean => /keithley/i.test(maker) && /\b2000\b/.test(model);

/**
 * Back to idle with nothing to say: ^X breaks off what is under way and discards what was to be sent (manual, 4-6). On
 * its own line, since a device server may pass it on as a character of a command; *CLS then removes the error.
 */
const CLEAR = '\x18\n*CLS;:ABOR\n';

/** With 50 Hz mains 20 ms per period. */
const readingMs = ({ nplc }: Settings): number => 20 * nplc;

/**
 * A reading may integrate signal and zero. With automatic range a reading may be repeated on each of six ranges. AC has to settle: its filter passes 3 Hz by default
 * and takes some seconds.
 */
function longestReadingMs(settings: Settings): number {
  const settleMs = settings.function.endsWith(':ac') ? 6000 : 0;
  return 2000 + settleMs + (settings.range === undefined ? 7 : 1) * 2 * readingMs(settings);
}
