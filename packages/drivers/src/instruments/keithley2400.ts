import { type ConnectContext, DaqtorError, type PortSetting } from '@daqtor/core';
import { asciiNumber } from '../protocols/ascii-number.ts';
import { lineTalk } from '../protocols/line-talk.ts';
import { overScpi, type ScpiFound } from '../protocols/over-scpi.ts';
import { recogniseBy } from '../protocols/scpi.ts';
import { type Identity, scpiNumber } from '../protocols/scpi-values.ts';
import type { Link } from '../transports/link.ts';

/** Largest level that each model of the family sources, either sign, in V and A. */
const LEVELS = {
  2400: { V: 210, A: 1.05 },
  2401: { V: 21, A: 1.05 },
  2410: { V: 1100, A: 1.05 },
  2420: { V: 63, A: 3.15 },
  2425: { V: 105, A: 3.15 },
  2430: { V: 105, A: 3.15 },
  2440: { V: 42, A: 5.25 },
} as const;
type Model = keyof typeof LEVELS;

/** What is sourced, and what is limited meanwhile. */
export const SOURCES = {
  voltage: { path: 'VOLT', units: 'V', limited: 'CURR', limitedUnits: 'A' },
  current: { path: 'CURR', units: 'A', limited: 'VOLT', limitedUnits: 'V' },
} as const;

/** What the instrument measures at its terminals at one moment. */
export interface Keithley2400Reading {
  readonly volts: number;
  readonly amperes: number;
  /** The level is not reached, since the other quantity is at its limit. */
  readonly inCompliance: boolean;
}

/** A SourceMeter as its source and its meter see it. */
export interface Keithley2400 extends ScpiFound {
  readonly levels: { readonly V: number; readonly A: number };
  /** @throws DaqtorError `instrument.fault` while the output is off */
  read(signal: AbortSignal): Promise<Keithley2400Reading>;
  /**
   * As many readings as the trigger was set to.
   *
   * @param timeoutMs - longest time for all of them
   */
  readMany(count: number, timeoutMs: number, signal: AbortSignal): Promise<Keithley2400Reading[]>;
}

/**
 * Connects to a Keithley SourceMeter of the series 2400, by RS-232 (directly or through a serial device server).
 *
 * Source: Series 2400 SourceMeter User's Manual, 2400S-900-01: data elements (18-9), errors (appendix B). From memory:
 * the bit of compliance in the status word (8), the levels of the models, ^X as in the 2000. The meter has to be set to
 * RS-232, SCPI, 9600 baud and line feed as its terminator.
 *
 * Source and meter may both be connected: they configure the same elements of a reading, and nothing of each other's.
 */
export async function connectKeithley2400<T>(
  context: ConnectContext,
  port: PortSetting,
  build: (instrument: Keithley2400) => Promise<T>,
): Promise<T> {
  const recognition = recogniseBy('a Keithley SourceMeter 2400', (identity) => modelOf(identity) !== undefined, {
    before: '\x18\n*CLS;:ABOR\n',
    timeoutMs: READING_MS,
  });
  const options = { maker: 'Keithley', recognition, timeoutMs: 2000, serial: { baudRate: 9600 } };
  return overScpi(context, port, options, async (instrument) => {
    const { device, link, found } = instrument;
    const { signal } = context;
    await device.write(':SENS:FUNC:CONC ON', signal);
    await device.write(':SENS:FUNC "VOLT:DC","CURR:DC"', signal);
    await device.write(':FORM:ELEM VOLT,CURR,STAT', signal);
    // A sweep of before wanted more.
    await device.write(':TRIG:COUN 1', signal);
    await device.checkErrors('the configuration of the readings', signal);
    const levels = LEVELS[modelOf(found) ?? 2400];
    return build({
      ...instrument,
      levels,
      read: async (signal) => (await readMany(link, 1, READING_MS, signal))[0] as Keithley2400Reading,
      readMany: (count, timeoutMs, signal) => readMany(link, count, timeoutMs, signal),
    });
  });
}

/** Up to 10 periods of 20 ms for each of two quantities and the zero, on a few ranges each. */
const READING_MS = 5000;
/** Bit 3 of the status word: in compliance. */
const IN_COMPLIANCE = 0x8;

/** In one exchange, lest the output be turned off between question and reading: then :READ? is never answered. */
async function readMany(
  link: Link,
  count: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Keithley2400Reading[]> {
  return link.exchange(async (io) => {
    const talk = lineTalk(io, { sent: '\n', received: '\n' });
    if (asciiNumber(await talk.ask(':OUTP?'), ':OUTP?') === 0) {
      throw new DaqtorError('instrument.fault', {
        problem: 'nothing can be measured, since the output is off',
        advice: 'Connect the source first (keithley2400Source), or turn the output on at the front panel',
      });
    }
    const answer = await talk.ask(':READ?', timeoutMs);
    const values = answer.split(',').map((value) => scpiNumber(value, ':READ?'));
    if (values.length !== 3 * count) {
      throw new DaqtorError('instrument.protocol', {
        problem: `':READ?' was answered with ${values.length} values, not with voltage, current and status of ${count} readings`,
        advice: 'Check that nothing else configures the instrument (:FORM:ELEM, :TRIG:COUN)',
      });
    }
    return Array.from({ length: count }, (_, i) => readingOf(values.slice(3 * i, 3 * i + 3)));
  }, signal);
}

function readingOf([volts = Number.NaN, amperes = Number.NaN, status = 0]: readonly number[]): Keithley2400Reading {
  if (Number.isFinite(volts) && Number.isFinite(amperes)) {
    return { volts, amperes, inCompliance: (Math.round(status) & IN_COMPLIANCE) !== 0 };
  }
  throw new DaqtorError('instrument.fault', {
    problem: 'the reading is over range',
    advice: 'Check the wiring, or let the instrument choose its ranges',
  });
}

function modelOf({ maker, model }: Identity): Model | undefined {
  const [, digits] = /^MODEL (24\d\d)/i.exec(model) ?? [];
  return /keithley/i.test(maker) && digits !== undefined && digits in LEVELS ? (Number(digits) as Model) : undefined;
}
