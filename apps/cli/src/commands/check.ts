import {
  type ActuatorDriver,
  type ActuatorSpec,
  DaqtorError,
  type DataWithAxes,
  type DetectorDriver,
  type DetectorSpec,
  type TraceLine,
} from '@daqtor/core';
import { catalogueFor, driverCalled, PLUGIN_HELP, PLUGIN_OPTION } from '../catalogue.ts';
import { columns } from '../columns.ts';
import type { Command, Flags } from '../command.ts';
import { loneContext } from '../lone-context.ts';
import { Misuse } from '../misuse.ts';
import type { Terminal } from '../terminal.ts';

/** Longest time for connecting, beside the driver's own `timeoutMs` for reading. */
const CONNECT_MS = 15_000;

export const check: Command = {
  name: 'check',
  summary: 'connects to an instrument, asks who it is, reads it once',
  help: `Connects to an instrument as a scan would, reads it once and reports, with times. It moves nothing; connecting sets
the instrument up as its settings say.

Usage: daqtor check DRIVER --port ADDRESS [options]

  --port ADDRESS   serial:/dev/ttyUSB0, serial:COM3?baud=57600, tcp://meter.lab:5025
  --set NAME=VALUE a setting of the driver, VALUE as JSON or as text; may be repeated
  --trace          shows what goes over the wire
${PLUGIN_HELP}
  --json           for programs
  --help           this text

Exit code: 0 if the instrument was read, 1 if not.

Example: daqtor check esp301 --port serial:/dev/ttyUSB0 --set axis=1`,
  options: {
    ...PLUGIN_OPTION,
    port: { type: 'string' },
    set: { type: 'string', multiple: true },
    trace: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  takes: [1, 1],
  async run([kind = ''], flags, terminal) {
    const { plugin, manifest } = driverCalled(kind, await catalogueFor(flags));
    if (flags.port === undefined && manifest.wires.length > 0) throw new Misuse('say where it is: --port ADDRESS');
    const spec = plugin(settingsOf(flags) as never);
    const report = await tried(spec, flags, terminal);
    if (flags.json) return terminal.out(JSON.stringify(report));
    terminal.out(`${spec.title}: ${report.identity ?? 'it does not say who it is'}`);
    const { connectMs, readMs, values } = report;
    terminal.out(`connected in ${connectMs.toFixed(1)} ms, read in ${readMs.toFixed(1)} ms`);
    terminal.out(columns(values.map(({ name, value, units }) => [`  ${name}`, value, units])));
  },
};

interface Report {
  readonly kind: string;
  readonly identity: string | undefined;
  readonly connectMs: number;
  readonly readMs: number;
  readonly values: readonly { readonly name: string; readonly value: string; readonly units: string }[];
}

/** Connects, reads and lets go; a driver that does none of it in time is given up. */
async function tried(spec: ActuatorSpec | DetectorSpec, flags: Flags, { clock, err }: Terminal): Promise<Report> {
  const trace = ({ direction, text }: TraceLine) =>
    err(`${clock.now().toFixed(1)} ms  ${direction.padEnd(8)}  ${text}`);
  const { kind, settings } = spec;
  const limit = new AbortController();
  const timer = clock.setTimeout(() => limit.abort(tooLate(settings.timeoutMs)), CONNECT_MS + settings.timeoutMs);
  const startMs = clock.now();
  let driver: ActuatorDriver | DetectorDriver | undefined;
  try {
    driver = await spec.connect(loneContext(clock, limit.signal, flags.trace === true ? trace : undefined));
    const connectedMs = clock.now();
    const values = await valuesOf(driver, limit.signal);
    const readMs = clock.now() - connectedMs;
    return { kind, identity: driver.identity, connectMs: connectedMs - startMs, readMs, values };
  } catch (error) {
    throw DaqtorError.of(error, kind, driver ? 'reading' : 'connecting');
  } finally {
    clock.clearTimeout(timer);
    await driver?.close();
  }
}

const tooLate = (timeoutMs: number) =>
  new DaqtorError('instrument.timeout', {
    problem: `it was neither connected nor read within ${CONNECT_MS + timeoutMs} ms`,
    advice: 'Check that it is on; for what takes its time, set a longer timeoutMs',
  });

async function valuesOf(driver: ActuatorDriver | DetectorDriver, signal: AbortSignal): Promise<Report['values']> {
  if ('grab' in driver) return (await driver.grab(signal)).map(shownValue);
  return [{ name: 'position', value: String(await driver.readPosition(signal)), units: driver.units }];
}

/** A few numbers as they are; of arrays their shape and range. */
function shownValue({ name, data, units, shape }: DataWithAxes) {
  if (data.every(({ length }) => length === 1))
    return { name, value: data.map(([one]) => String(one)).join(', '), units };
  const all = data.map((array) => {
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of array) [min, max] = [Math.min(min, Number(value)), Math.max(max, Number(value))];
    return `${min} to ${max}`;
  });
  return { name, value: `${all.join(', ')} in ${shape.join(' × ')} values`, units };
}

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
