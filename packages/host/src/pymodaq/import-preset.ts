import { DaqtorError, isReserved, type Preset } from '@daqtor/core';
import { addressOf } from './address-of.ts';
import {
  NOT_OF_THE_INSTRUMENT,
  PLUGIN_TABLE,
  type PluginEntry,
  PORT_NAMES,
  type SettingSource,
} from './plugin-table.ts';
import { leavesOf, type PymodaqParameter, parameterAt, readParameters } from './read-parameters.ts';

/** Something of PyMoDAQ's preset that is not in ours, or has to be looked at. */
export interface ImportNote {
  /** Name of the module; undefined for what concerns the preset. */
  readonly module: string | undefined;
  readonly text: string;
}

export interface ImportedPreset {
  readonly preset: Preset;
  readonly notes: readonly ImportNote[];
}

type Modules = Record<string, { kind: string; settings: Record<string, unknown> }>;

/**
 * Makes a preset of one of PyMoDAQ's (`preset_NAME.xml`).
 *
 * @param name - of the file, for its title and errors
 * @returns the preset, and a note for everything that could not be taken; modules without a driver are left out
 * @throws DaqtorError `lab.settings` if it is no preset of PyMoDAQ
 */
export function importPymodaqPreset(xml: string, name: string): ImportedPreset {
  const root = readParameters(xml, name);
  const notes: ImportNote[] = [];
  const modules: Modules = {};
  const groups = [groupCalled(root, 'Moves'), groupCalled(root, 'Detectors')];
  if (groups.every((group) => group === undefined)) {
    throw new DaqtorError('lab.settings', {
      problem: `${name} is no preset of PyMoDAQ: it has neither 'Moves' nor 'Detectors'`,
      advice: 'Presets are the files preset_NAME.xml in the folder preset_configs of PyMoDAQ',
    });
  }
  for (const group of groups) {
    for (const one of group?.children ?? []) addModule(one, modules, notes);
  }
  if (valueAt(root, 'use_pid') === true) notes.push({ module: undefined, text: 'its PID model is not taken' });
  const title = String(valueAt(root, 'filename') ?? name);
  return { preset: { version: 1, title, modules }, notes };
}

function addModule(one: PymodaqParameter, modules: Modules, notes: ImportNote[]): void {
  const params = parameterAt(one, ['params']) ?? one;
  const main = parameterAt(params, ['main_settings']) ?? params;
  const own = parameterAt(params, ['move_settings']) ?? parameterAt(params, ['detector_settings']);
  const given = String(valueAt(one, 'name') ?? one.name);
  const name = freeName(given, modules);
  const note = (text: string) => notes.push({ module: given, text });
  const move = valueAt(main, 'move_type');
  const plugin = move === undefined ? `${valueAt(main, 'DAQ_type')}/${valueAt(main, 'detector_type')}` : `Move/${move}`;
  const entry = Object.hasOwn(PLUGIN_TABLE, plugin) ? PLUGIN_TABLE[plugin] : undefined;
  if (!entry || !own) return void note(`left out: there is no driver for PyMoDAQ's plugin ${plugin}`);
  if (name !== given) note(`is called '${name}' here, since the name is taken`);
  if (valueAt(one, 'init') === false) note('was not connected on loading (Init?); here all modules are');
  const settings = move === undefined ? detectorSettings(main) : actuatorSettings(own);
  const taken = new Set<string>();
  const port = portOf(own, name, entry, taken, note);
  if (port !== undefined) settings.port = port;
  Object.assign(settings, entry.settings, pluginSettings(own, entry, taken, note));
  if (entry.caution) note(entry.caution);
  for (const setting of entry.missing ?? []) note(`'${setting}' has to be set: PyMoDAQ's plugin does not know it`);
  const common = /^(multiaxes|grouping|bounds|scaling)\.|^(epsilon|timeout)$/;
  for (const { path, leaf } of leavesOf(own)) {
    if (taken.has(path) || common.test(path) || NOT_OF_THE_INSTRUMENT.test(path) || leaf.type === 'bool_push') continue;
    note(`not taken: ${path} = ${String(leaf.value)}`);
  }
  modules[name] = { kind: entry.kind, settings };
}

/** What every actuator has. PyMoDAQ shows `(raw - offset) × scaling`; a timeout of it is in seconds. */
function actuatorSettings(own: PymodaqParameter): Record<string, unknown> {
  const number = (...path: string[]) => Number(parameterAt(own, path)?.value);
  const settings: Record<string, unknown> = {};
  if (number('epsilon') >= 0) settings.epsilon = number('epsilon');
  if (number('timeout') > 0) settings.timeoutMs = 1000 * number('timeout');
  if (parameterAt(own, ['bounds', 'is_bounds'])?.value === true) {
    settings.limits = [number('bounds', 'min_bound'), number('bounds', 'max_bound')];
  }
  if (parameterAt(own, ['scaling', 'use_scaling'])?.value === true) {
    const factor = number('scaling', 'scaling');
    // An offset of -0 would be written as such.
    settings.scale = { factor, offset: 0 - number('scaling', 'offset') * factor };
  }
  return settings;
}

/** What every detector has. */
function detectorSettings(main: PymodaqParameter): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  const average = Number(valueAt(main, 'Naverage'));
  if (average > 1) settings.average = average;
  if (parameterAt(main, ['overshoot', 'stop_overshoot'])?.value === true) {
    settings.overshoot = { above: Number(parameterAt(main, ['overshoot', 'overshoot_value'])?.value) };
  }
  return settings;
}

function pluginSettings(
  own: PymodaqParameter,
  { from = {} }: PluginEntry,
  taken: Set<string>,
  note: (text: string) => void,
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  const stored = (path: string) => parameterAt(own, path.split('.'))?.value;
  const sources = Object.entries(from).flatMap(([setting, source]) =>
    [source].flat().map((one: SettingSource) => ({ setting, ...one })),
  );
  for (const { setting, from: path, values, when } of sources) {
    const value = stored(path);
    if (value === undefined) continue;
    taken.add(path);
    if (when && stored(when.path) !== when.is) continue;
    const ours = values ? values[String(value)] : value;
    if (ours === undefined) note(`${path} = ${String(value)} is not known here`);
    else assign(settings, setting.split('.'), ours);
  }
  return settings;
}

/** Puts a value into settings, within others where the path has several names. */
function assign(settings: Record<string, unknown>, [name = '', ...inner]: readonly string[], value: unknown): void {
  if (inner.length === 0) {
    settings[name] = value;
    return;
  }
  settings[name] ??= {};
  assign(settings[name] as Record<string, unknown>, inner, value);
}

/** Where the instrument is; a variable where PyMoDAQ's preset does not say it in a way that we understand. */
function portOf(
  own: PymodaqParameter,
  name: string,
  { kind }: PluginEntry,
  taken: Set<string>,
  note: (text: string) => void,
): string | undefined {
  if (kind.startsWith('mock-')) return undefined;
  const found = leavesOf(own).find(({ leaf }) => PORT_NAMES.includes(leaf.name));
  if (found) taken.add(found.path);
  const address = found && addressOf(String(found.leaf.value));
  if (address !== undefined) return address;
  const variable = `${name.replaceAll(/\W+/g, '_').toUpperCase()}_PORT`;
  const was = found ? `'${String(found.leaf.value)}' is no address here` : 'its address is not in the preset';
  note(`${was}: set the variable ${variable}, or write it into the preset`);
  return `\${${variable}}`;
}

const valueAt = (group: PymodaqParameter, name: string) => parameterAt(group, [name])?.value;

function groupCalled(at: PymodaqParameter, name: string): PymodaqParameter | undefined {
  if (at.name === name) return at;
  for (const child of at.children) {
    const found = groupCalled(child, name);
    if (found) return found;
  }
  return undefined;
}

/** PyMoDAQ allows one name twice; here a name belongs to one module, and some to the lab. */
function freeName(name: string, modules: Modules): string {
  if (!Object.hasOwn(modules, name) && !isReserved(name)) return name;
  for (let i = 2; ; i++) if (!Object.hasOwn(modules, `${name} ${i}`)) return `${name} ${i}`;
}
