import {
  type ActuatorDriver,
  type ActuatorSpec,
  DaqtorError,
  type DetectorDriver,
  type DetectorSpec,
  type DriverPlugin,
  parseSettings,
  type TraceLine,
} from '@daqtor/core';
import { catalogueFor, driverCalled } from './catalogue.ts';
import type { Flags } from './command.ts';
import { loneContext } from './lone-context.ts';
import { Misuse } from './misuse.ts';
import type { Terminal } from './terminal.ts';

/** Longest time for connecting, beside the driver's own `timeoutMs` for what is done with it. */
const CONNECT_MS = 15_000;

/** The options that name an instrument and how it is set up. */
export const INSTRUMENT_OPTIONS = {
  port: { type: 'string' },
  set: { type: 'string', multiple: true },
} as const;
export const INSTRUMENT_HELP = `  --port ADDRESS   serial:/dev/ttyUSB0, serial:COM3?baud=57600, tcp://meter.lab:5025,
                   prologix://gpib.lab:1234/gpib/22, prologix:/dev/ttyUSB0/gpib/22
  --set NAME=VALUE a setting of the driver, VALUE as JSON or as text; may be repeated`;

/** An instrument as a command line names it. */
export interface Named {
  readonly spec: ActuatorSpec | DetectorSpec;
  /** The package or file that its driver comes from. */
  readonly from: string;
  /** As they were given. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** @throws DaqtorError `lab.settings`, Misuse: what is wrong with driver, port or settings */
export async function namedInstrument(kind: string, flags: Flags): Promise<Named> {
  const { plugin, manifest, from } = driverCalled(kind, await catalogueFor(flags));
  if (flags.port === undefined && manifest.wires.length > 0) throw new Misuse('say where it is: --port ADDRESS');
  const settings = settingsOf(flags);
  return { spec: plugin(checked(plugin, settings) as never), from, settings };
}

/** Settings of which none is misspelt, which a driver would leave aside. */
function checked({ kind, settings: schema }: DriverPlugin, settings: Readonly<Record<string, unknown>>) {
  try {
    parseSettings(kind, schema, settings, Object.keys(settings));
    return settings;
  } catch (cause) {
    if (!(cause instanceof DaqtorError)) throw cause;
    const { code, problem } = cause;
    throw new DaqtorError(code, { problem, advice: `daqtor drivers ${kind} lists its settings`, cause });
  }
}

/**
 * Connects, lets something be done with the driver and lets go.
 *
 * @param workMs - longest time for `use`
 * @throws DaqtorError `instrument.timeout` if it takes longer; what went wrong, with the kind of the driver
 */
export async function withDriver<T>(
  spec: ActuatorSpec | DetectorSpec,
  { clock }: Terminal,
  {
    trace,
    workMs = spec.settings.timeoutMs,
  }: { readonly trace?: ((line: TraceLine) => void) | undefined; readonly workMs?: number },
  use: (driver: ActuatorDriver | DetectorDriver, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const mostMs = CONNECT_MS + workMs;
  const timer = clock.setTimeout(() => limit.abort(tooLate(mostMs)), mostMs);
  let driver: ActuatorDriver | DetectorDriver | undefined;
  try {
    driver = await spec.connect(loneContext(clock, limit.signal, trace));
    return await use(driver, limit.signal);
  } catch (error) {
    throw DaqtorError.of(error, spec.kind, driver ? 'reading' : 'connecting');
  } finally {
    clock.clearTimeout(timer);
    await driver?.close();
  }
}

const tooLate = (ms: number) =>
  new DaqtorError('instrument.timeout', {
    problem: `it was neither connected nor read within ${ms} ms`,
    advice: 'Check that it is on; for what takes its time, set a longer timeoutMs',
  });

/** `axis=1`, `inputs=["A"]`, `function=voltage:dc`. */
function settingsOf({ port, set }: Flags): Record<string, unknown> {
  const settings: Record<string, unknown> = port === undefined ? {} : { port };
  for (const one of Array.isArray(set) ? (set as string[]) : []) {
    const [, name, text] = /^(\w+)=(.*)$/s.exec(one) ?? [];
    if (name === undefined || text === undefined) throw new Misuse(`--set takes NAME=VALUE, not '${one}'`);
    settings[name] = valueFrom(text);
  }
  return settings;
}

function valueFrom(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Words need no quotation marks.
    return text;
  }
}
