import { z } from 'zod';
import type { ActuatorSpec } from '../contracts/define-actuator.ts';
import type { DetectorSpec } from '../contracts/define-detector.ts';
import { faultsIn } from '../contracts/faults-in.ts';
import { strangeSettings } from '../contracts/parse-settings.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { fillVariables } from './fill-variables.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { startLab } from './lab.ts';
import { isReserved, LabCore } from './lab-core.ts';
import { reservedName } from './lab-modules.ts';
import type { LabOptions, LabSpecs } from './lab-options.ts';
import { migratePreset, PRESET_VERSION } from './migrate-preset.ts';
import { reconnectPolicy } from './reconnect-policy.ts';

/** What `defineActuator` and `defineDetector` return, whatever its settings. */
export interface Plugin {
  (settings: never): ActuatorSpec | DetectorSpec;
  readonly kind: string;
  readonly title: string;
  readonly settings: z.ZodObject;
}

const moduleSchema = z.strictObject({
  kind: z.string().describe('Name of the plugin, e.g. esp301'),
  settings: z.record(z.string(), z.unknown()).default({}).describe('Settings of the plugin'),
  host: z
    .enum(['here', 'worker'])
    .optional()
    .describe('Where its driver runs; worker: in a process of its own, for one that blocks. Left out: here'),
  reconnect: z
    .union([z.literal(false), reconnectPolicy])
    .optional()
    .describe("What holds instead of the lab's reconnect; false: not connected again"),
});

const presetSchema = z.strictObject({
  $schema: z.string().optional().describe('For editors'),
  version: z.literal(PRESET_VERSION).describe('Version of this form'),
  title: z.string().optional().describe('For people'),
  whenMissing: z
    .enum(['fail', 'goOn'])
    .default('fail')
    .describe('What to do about instruments that do not answer when the lab is built'),
  reconnect: reconnectPolicy.optional().describe('How lost instruments are connected again; left out, they are not'),
  modules: z.record(z.string(), moduleSchema).describe('Name → instrument'),
});

/** A lab as plain data. */
export type Preset = z.input<typeof presetSchema>;

export interface PresetOptions {
  /** What `kind` may name. */
  readonly plugins: readonly Plugin[];
  /** Values for `${NAME}` in settings, e.g. `process.env`; default none. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Has the driver of an instrument run in a worker, for modules with `host: worker`. */
  readonly inWorker?: (spec: ActuatorSpec | DetectorSpec) => ActuatorSpec | DetectorSpec;
}

/**
 * Reads a preset: migrates, fills in variables, checks all settings.
 *
 * @returns what `lab` takes
 * @throws DaqtorError `lab.settings` that names everything that is not right, at once
 */
export function readPreset(
  preset: unknown,
  { plugins, variables = {}, inWorker }: PresetOptions,
): { readonly specs: LabSpecs; readonly options: LabOptions } {
  const faults: string[] = [];
  const filled = fillVariables(migratePreset(preset), variables, (name) =>
    faults.push(`the variable ${name} is not set`),
  );
  // Modules are looked at one by one, so that one whose form is wrong hides nothing of the others.
  const { data, error } = presetSchema.extend({ modules: z.record(z.string(), z.unknown()) }).safeParse(filled);
  if (error) faults.push(...faultsIn(error.issues, filled, 'preset', ['preset']));
  const modules: [string, z.output<typeof moduleSchema>][] = [];
  const specs: Record<string, ActuatorSpec | DetectorSpec> = {};
  for (const [name, given] of Object.entries(data?.modules ?? modulesIn(filled))) {
    if (isReserved(name)) faults.push(`${name}: ${reservedName(name).problem}`);
    const { data: module, error } = moduleSchema.safeParse(given);
    if (module) modules.push([name, module]);
    else faults.push(...faultsIn(error.issues, given, name, [name]));
    const spec = specOf(name, module ?? given, { plugins, inWorker }, faults);
    if (spec) specs[name] = spec;
  }
  if (!data || faults.length > 0) throw refuse(faults);
  const { whenMissing, reconnect } = data;
  const reconnectEach = Object.fromEntries(
    modules.flatMap(([name, { reconnect }]) => (reconnect === undefined ? [] : [[name, reconnect]])),
  );
  return { specs, options: { whenMissing, reconnectEach, ...(reconnect && { reconnect }) } };
}

/**
 * The instrument of a module, as far as its form can be understood.
 *
 * @param faults - told everything about it that is not right
 */
function specOf(
  name: string,
  module: unknown,
  { plugins, inWorker }: Pick<PresetOptions, 'plugins'> & { readonly inWorker: PresetOptions['inWorker'] | undefined },
  faults: string[],
): ActuatorSpec | DetectorSpec | undefined {
  const { kind, settings = {}, host } = (module ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof kind !== 'string' || typeof settings !== 'object' || settings === null) return undefined;
  const plugin = plugins.find((one) => one.kind === kind);
  if (!plugin) {
    faults.push(`${name}: there is no plugin '${kind}'; there are ${plugins.map((one) => one.kind).join(', ')}`);
    return undefined;
  }
  const { error } = plugin.settings.safeParse(settings);
  if (error) faults.push(...faultsIn(error.issues, settings, name, [name]));
  const strange = strangeSettings(plugin.settings, Object.keys(settings));
  faults.push(...strange.map((fault) => `${name}.${fault}`));
  const isHosted = host === 'worker';
  if (isHosted && !inWorker) {
    faults.push(`${name}.host: this program cannot run drivers in a worker; see 'driverModules' of @daqtor/host`);
  }
  if (error || strange.length > 0) return undefined;
  const spec = plugin(settings as never);
  return isHosted && inWorker ? inWorker(spec) : spec;
}

/** The modules of a preset whose form is wrong elsewhere. */
function modulesIn(preset: unknown): Readonly<Record<string, unknown>> {
  const { modules } = preset as { readonly modules?: unknown };
  return typeof modules === 'object' && modules !== null && !Array.isArray(modules) ? { ...modules } : {};
}

/**
 * Builds a lab from a preset and connects it.
 *
 * @returns the lab; its instruments are in `modules`, or by `getMove('x')` and `getViewer('power')`
 * @throws DaqtorError as `readPreset` and `lab`
 */
export async function labFromPreset(
  preset: unknown,
  { plugins, variables, inWorker, ...options }: PresetOptions & LabOptions,
): Promise<LabCore> {
  const read = readPreset(preset, { plugins, ...(variables && { variables }), ...(inWorker && { inWorker }) });
  return await startLab(new LabCore(read.specs, { ...read.options, ...options }));
}

/** The form of presets with these plugins as JSON Schema, for completion in editors. */
export function presetJsonSchema(plugins: readonly Plugin[]): Readonly<Record<string, unknown>> {
  const { $schema, ...form } = jsonSchemaOf(presetSchema);
  const { properties, ...module } = jsonSchemaOf(moduleSchema);
  const modules = plugins.map(({ kind, title, settings }) => ({
    ...module,
    title,
    $schema: undefined,
    properties: { ...properties, kind: { const: kind }, settings: { ...jsonSchemaOf(settings), $schema: undefined } },
  }));
  const shown = { ...form, properties: { ...form.properties, modules: modulesSchema(modules) } };
  return { $schema, title: 'Daqtor preset', ...JSON.parse(JSON.stringify(shown)) };
}

const modulesSchema = (modules: readonly unknown[]) => ({
  type: 'object',
  description: 'Name → instrument',
  additionalProperties: { oneOf: modules },
});

function refuse(faults: readonly string[]): DaqtorError {
  const list = faults.map((fault) => `  ${fault}`).join('\n');
  return new DaqtorError('lab.settings', { problem: `the preset is not right:\n${list}\n` });
}
