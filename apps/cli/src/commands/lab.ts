import { DaqtorError, LabCore, type LabOptions, type ModuleInfo, type PresetOptions, readPreset } from '@daqtor/core';
import { describeSettings } from '@daqtor/drivers';
import { hostedSpec, presetFromFile } from '@daqtor/host';
import { catalogueFor, driverModulesOf, PLUGIN_HELP, PLUGIN_OPTION } from '../catalogue.ts';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';
import type { Terminal } from '../terminal.ts';

export const lab: Command = {
  name: 'lab',
  summary: 'connects the instruments of a preset and lists them',
  help: `Connects all instruments of a preset at once, lists them, and lets go of them: state, what each can beside its duties,
limits, settings. It moves nothing; connecting sets instruments up as their settings say.

Usage: daqtor lab PRESET [options]

  --offline     connects to nothing: whether the preset is right, and what is in it
${PLUGIN_HELP}
  --json        for programs: all of it, with the form of the settings as JSON Schema
  --help        this text

PRESET is a file .yaml, .yml or .json; variables (\${NAME}) are those of the environment.
Exit code: 0 if all are connected, 1 if not.

Example: daqtor lab lab.yaml`,
  options: { ...PLUGIN_OPTION, offline: { type: 'boolean' }, json: { type: 'boolean' } },
  takes: [1, 1],
  async run([path = ''], flags, terminal) {
    const catalogue = await catalogueFor(flags);
    const plugins = [...catalogue.drivers.values()].map(({ plugin }) => plugin);
    const driverModules = driverModulesOf(catalogue);
    const inWorker: PresetOptions['inWorker'] = (spec) => hostedSpec(spec, { driverModules });
    const { specs, options } = readPreset(await presetFromFile(path), { plugins, variables: process.env, inWorker });
    const bench = new LabCore(specs, { ...withoutReconnect(options), clock: terminal.clock });
    const reports = flags.offline === true ? [] : await bench.connect();
    const modules = bench.describe();
    const notClosed = await bench.close();
    const failures = reports.flatMap(({ error }) => error ?? []);
    if (flags.json === true) {
      const told = modules.map((module) => ({ ...module, schema: bench.settingsSchema(module.name) }));
      const errors = failures.map((error) => error.toJSON());
      terminal.out(JSON.stringify({ modules: told, errors }, portsAsAddresses));
    } else show(modules, bench, terminal);
    for (const error of [...failures, ...notClosed]) terminal.err(error.message);
    if (failures.length > 0) {
      throw new DaqtorError('lab.connect', {
        problem: `${failures.length} of ${reports.length} instruments did not connect`,
      });
    }
  },
};

/** What is not there now is told, not waited for. */
const withoutReconnect = ({ reconnect: _, reconnectEach: __, ...options }: LabOptions): LabOptions => options;

function show(modules: readonly ModuleInfo[], bench: LabCore, { out }: Terminal): void {
  const rows = modules.map(({ name, role, kind, state, can, identity, ...axis }) => [
    name,
    role,
    kind,
    state,
    can?.join(' ') || '–',
    limitsOf(axis),
    identity ?? '–',
  ]);
  out(columns([['MODULE', 'ROLE', 'DRIVER', 'STATE', 'CAN', 'LIMITS', 'INSTRUMENT'], ...rows]));
  for (const { name, settings, liveSettings } of modules) {
    out(`\n${name}`);
    const described = describeSettings({ settings: bench.getModule(name).spec.schema });
    const given = described.filter((one) => settings[one.name] !== undefined);
    const shown = (setting: string) => JSON.stringify(settings[setting], portsAsAddresses);
    out(
      columns(
        given.map((one) => [
          `  ${one.name}`,
          `${shown(one.name)}${one.units ? ` ${one.units}` : ''}`,
          liveSettings?.includes(one.name) ? 'live' : '',
          `(${one.takes})`,
        ]),
      ),
    );
  }
}

function limitsOf({ limits, units }: Pick<ModuleInfo, 'limits' | 'units'>): string {
  if (!limits || !(Number.isFinite(limits.min) || Number.isFinite(limits.max))) return '–';
  return `${limits.min} to ${limits.max} ${units ?? ''}`.trimEnd();
}

/** JSON knows no infinity, and of a port object only its address means something. */
function portsAsAddresses(_: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  return typeof value === 'object' && value !== null && 'address' in value && 'open' in value ? value.address : value;
}
