import { defineDetector } from '@daqtor/core';
import { z } from 'zod';
import type { Identity } from '../protocols/scpi-values.ts';
import { portOrAddress } from '../transports/resolve-port.ts';
import { keithleyNplc } from './keithley-nplc.ts';
import { connectMultimeter, type MultimeterModel, multimeterSettings } from './multimeter.ts';

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
  nplc: keithleyNplc,
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
  connect: (settings, context) => connectMultimeter(KEITHLEY2000, settings, context),
});

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

const KEITHLEY2000: MultimeterModel<Settings, 'nplc' | 'range'> = {
  maker: 'Keithley',
  wanted: 'a Keithley 2000',
  isWanted: ({ maker, model }: Identity) => /keithley/i.test(maker) && /\b2000\b/.test(model),
  clear: CLEAR,
  serial: { baudRate: 4800 },
  measurand: (settings) => FUNCTIONS[settings.function],
  dials(settings) {
    const { path } = FUNCTIONS[settings.function];
    return { nplc: `:SENS:${path}:NPLC`, range: `:SENS:${path}:RANG` };
  },
  format: ':FORM:ELEM READ',
  readingMs,
  longestReadingMs,
};
