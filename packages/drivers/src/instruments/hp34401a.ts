import { defineDetector } from '@daqtor/core';
import { z } from 'zod';
import type { Identity } from '../protocols/scpi-values.ts';
import { portOrAddress } from '../transports/resolve-port.ts';
import { connectMultimeter, type MultimeterModel, multimeterSettings } from './multimeter.ts';

/** What can be measured: its path, its units, and the largest range. */
const FUNCTIONS = {
  'voltage:dc': { path: 'VOLT:DC', units: 'V', maxRange: 1000 },
  'voltage:ac': { path: 'VOLT:AC', units: 'V', maxRange: 750 },
  'current:dc': { path: 'CURR:DC', units: 'A', maxRange: 3 },
  'current:ac': { path: 'CURR:AC', units: 'A', maxRange: 3 },
  resistance: { path: 'RES', units: 'ohm', maxRange: 100e6 },
  fresistance: { path: 'FRES', units: 'ohm', maxRange: 100e6 },
} as const;

/** Time that a reading of AC takes, in ms, by the lowest frequency that its filter passes, in Hz. */
const AC_READING_MS = { 3: 7000, 20: 1000, 200: 600 } as const;

const settings = z.object({
  port: portOrAddress,
  function: multimeterSettings.function,
  nplc: z
    .union([z.literal(0.02), z.literal(0.2), z.literal(1), z.literal(10), z.literal(100)])
    .default(10)
    .describe('Integration time in periods of the mains: longer is quieter; not for AC'),
  acFilterHz: z
    .union([z.literal(3), z.literal(20), z.literal(200)])
    .default(20)
    .describe('Lowest frequency that an AC reading has to include; lower is slower'),
  range: multimeterSettings.range,
});
type Settings = z.output<typeof settings>;

/**
 * HP, Agilent or Keysight 34401A 6½-digit multimeter, by RS-232 (directly or through a serial device server).
 *
 * Source: HP 34401A User's Guide, 34401-90004 (contents and parts of chapter 4 are public); from memory: ^C as device
 * clear, SYSTem:REMote as a must on RS-232, the times of AC readings, 9.9E37 as over range. The meter leaves the factory with 9600 baud, 7
 * bits, even parity, 2 stop bits. Its DTR/DSR handshake is not used: commands and answers are shorter than its buffers.
 *
 * Each grab is one reading that starts with the grab. A reading over range is an error, never a number.
 */
export const hp34401a = defineDetector({
  kind: 'hp34401a',
  title: 'HP/Agilent 34401A multimeter',
  settings,
  connect: (settings, context) => connectMultimeter(HP34401A, settings, context),
});

const isAc = (measured: Settings['function']): boolean => measured.endsWith(':ac');

/**
 * ^C breaks off a reading and discards its answer. On its own line, since a device server may pass it on as a character
 * of a command; *CLS then removes the error. Without SYSTem:REMote the meter refuses to measure for RS-232.
 */
const CLEAR = '\x03\n:SYST:REM\n*CLS\n';

/** With autozero a reading integrates twice, with 50 Hz mains 20 ms per period each. */
const readingMs = ({ function: measured, nplc, acFilterHz }: Settings): number =>
  isAc(measured) ? AC_READING_MS[acFilterHz] : 2 * 20 * nplc;

/** With automatic range it may be repeated on each of 7 ranges. */
const longestReadingMs = (settings: Settings): number =>
  2000 + (settings.range === undefined ? 7 : 1) * readingMs(settings);

const HP34401A: MultimeterModel<Settings, 'nplc' | 'acFilterHz' | 'range'> = {
  maker: 'HP',
  wanted: 'an HP 34401A',
  isWanted: ({ model }: Identity) => /\b34401A\b/i.test(model),
  clear: CLEAR,
  serial: { baudRate: 9600, dataBits: 7, parity: 'even', stopBits: 2 },
  measurand: (settings) => FUNCTIONS[settings.function],
  dials(settings) {
    const { path } = FUNCTIONS[settings.function];
    return {
      ...(isAc(settings.function) ? { acFilterHz: ':SENS:DET:BAND' } : { nplc: `:SENS:${path}:NPLC` }),
      range: `:SENS:${path}:RANG`,
    };
  },
  readingMs,
  longestReadingMs,
};
