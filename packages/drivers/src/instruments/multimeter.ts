import { type ConnectContext, DaqtorError, DataWithAxes, type DetectorDriver, type PortSetting } from '@daqtor/core';
import { z } from 'zod';
import { overScpi } from '../protocols/over-scpi.ts';
import { recogniseBy, type Scpi } from '../protocols/scpi.ts';
import type { Identity } from '../protocols/scpi-values.ts';
import type { LinkOptions } from '../transports/link.ts';
import { type DialHeaders, liveDials, setDials } from './scpi-dials.ts';

/** What a multimeter can measure: its path in the SENSe subsystem, its units, and the largest range. */
export interface Measurand {
  readonly path: string;
  readonly units: 'V' | 'A' | 'ohm';
  readonly maxRange: number;
}

/** Settings that SCPI multimeters share. */
export const multimeterSettings = {
  function: z
    .enum(['voltage:dc', 'voltage:ac', 'current:dc', 'current:ac', 'resistance', 'fresistance'])
    .default('voltage:dc')
    .describe('What is measured; fresistance is resistance by four wires'),
  range: z
    .number()
    .positive()
    .optional()
    .describe('Largest value expected, in V, A or ohm; left out, the meter chooses by itself for each reading'),
};
interface MultimeterSettings {
  readonly port: PortSetting;
  readonly function: string;
  readonly range?: number | undefined;
}

/** What differs from one multimeter to the next. */
export interface MultimeterModel<Settings, Dial extends string> {
  /** How people write the maker, and the meter with its article. */
  readonly maker: string;
  readonly wanted: string;
  isWanted(identity: Identity): boolean;
  /** Breaks off what is under way, discards what was to be sent, and forgets the errors of that. */
  readonly clear: string;
  readonly serial: LinkOptions['serial'];
  measurand(settings: Settings): Measurand;
  /** Settings that are one command each, for what is measured. */
  dials(settings: Settings): DialHeaders<Dial>;
  /** Sent after the dials, so that a reading is one number. */
  readonly format?: string;
  /** How long a reading takes, and how long it may take, in milliseconds. */
  readingMs(settings: Settings): number;
  longestReadingMs(settings: Settings): number;
}

/**
 * Connects to a multimeter that speaks SCPI, and makes it a detector of one reading. A reading starts with the grab.
 *
 * @throws DaqtorError `lab.settings` for a range that it does not have; `instrument.fault` if it refuses the configuration
 */
export async function connectMultimeter<
  Dial extends keyof Settings & string,
  Settings extends MultimeterSettings & { readonly [Key in Dial]?: number | undefined },
>(model: MultimeterModel<Settings, Dial>, settings: Settings, context: ConnectContext): Promise<DetectorDriver> {
  const { maker, wanted, isWanted, clear, serial, format } = model;
  const measurand = model.measurand(settings);
  checkRange(settings, measurand);
  const recognition = recogniseBy(wanted, isWanted, { before: clear, timeoutMs: model.longestReadingMs(settings) });
  const options = { maker, recognition, timeoutMs: 2000, ...(serial && { serial }) };
  return overScpi(context, settings.port, options, async ({ device, link, identity }) => {
    const { signal } = context;
    const dials = model.dials(settings);
    let now = settings;
    // CONFigure sets the function to its defaults and one reading per READ?, which starts it.
    await device.write(`:CONF:${measurand.path}`, signal);
    await setDials(device, dials, settings, signal);
    if (format !== undefined) await device.write(format, signal);
    await device.checkErrors('the configuration', signal);
    return {
      identity,
      grab: (signal) => readOnce(device, now, measurand, signal, model.longestReadingMs(now)),
      grabMs: () => model.readingMs(now),
      adjust: liveDials<Settings, Dial>(
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
}

/** @throws DaqtorError `lab.settings` if the range is more than there is */
function checkRange({ function: measured, range }: MultimeterSettings, { units, maxRange }: Measurand): void {
  if (range === undefined || range <= maxRange) return;
  throw new DaqtorError('lab.settings', {
    problem: `range ${range} ${units} is more than the ${maxRange} ${units} of ${measured}`,
    advice: 'Give the largest value that is expected, or leave the range out',
  });
}

/**
 * Takes one reading.
 *
 * @throws DaqtorError `instrument.fault` if it is over range: that is never a number
 */
async function readOnce(
  device: Scpi,
  { function: measured, range }: MultimeterSettings,
  { units }: Measurand,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<DataWithAxes[]> {
  const value = await device.queryNumber(':READ?', signal, timeoutMs);
  if (Number.isFinite(value)) return [new DataWithAxes({ name: NAMES[units], data: [value], units })];
  throw new DaqtorError('instrument.fault', {
    problem: `the reading is over range (${measured}, ${
      range === undefined ? 'automatic range' : `range ${range} ${units}`
    })`,
    advice: 'Check the wiring, or allow a larger range',
  });
}

const NAMES = { V: 'voltage', A: 'current', ohm: 'resistance' } as const;
