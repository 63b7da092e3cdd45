import type { ActuatorDriver, DataWithAxes, DetectorDriver, TraceLine } from '@daqtor/core';
import { PLUGIN_HELP, PLUGIN_OPTION } from '../catalogue.ts';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';
import { INSTRUMENT_HELP, INSTRUMENT_OPTIONS, namedInstrument, withDriver } from '../connected.ts';

export const check: Command = {
  name: 'check',
  summary: 'connects to an instrument, asks who it is, reads it once',
  help: `Connects to an instrument as a scan would, reads it once and reports, with times. It moves nothing; connecting sets
the instrument up as its settings say.

Usage: daqtor check DRIVER --port ADDRESS [options]

${INSTRUMENT_HELP}
  --trace          shows what goes over the wire
${PLUGIN_HELP}
  --json           for programs
  --help           this text

Exit code: 0 if the instrument was read, 1 if not.

Example: daqtor check esp301 --port serial:/dev/ttyUSB0 --set axis=1`,
  options: { ...PLUGIN_OPTION, ...INSTRUMENT_OPTIONS, trace: { type: 'boolean' }, json: { type: 'boolean' } },
  takes: [1, 1],
  async run([kind = ''], flags, terminal) {
    const { spec } = await namedInstrument(kind, flags);
    const { clock, err, out } = terminal;
    const show = ({ direction, text }: TraceLine) =>
      err(`${clock.now().toFixed(1)} ms  ${direction.padEnd(8)}  ${text}`);
    const startMs = clock.now();
    const report = await withDriver(
      spec,
      terminal,
      { trace: flags.trace === true ? show : undefined },
      async (driver, signal) => {
        const connectMs = clock.now() - startMs;
        const values = await valuesOf(driver, signal);
        return { kind, identity: driver.identity, connectMs, readMs: clock.now() - startMs - connectMs, values };
      },
    );
    if (flags.json) return out(JSON.stringify(report));
    out(`${spec.title}: ${report.identity ?? 'it does not say who it is'}`);
    const { connectMs, readMs, values } = report;
    out(`connected in ${connectMs.toFixed(1)} ms, read in ${readMs.toFixed(1)} ms`);
    out(columns(values.map(({ name, value, units }) => [`  ${name}`, value, units])));
  },
};

async function valuesOf(driver: ActuatorDriver | DetectorDriver, signal: AbortSignal) {
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
