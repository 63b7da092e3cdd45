import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DRIVER_CONTRACT, faultsIn, type PluginManifest, pluginManifest } from '@daqtor/core';

/** The keyword in `package.json` by which packages of drivers are found. */
const KEYWORD = 'daqtor-plugin';

/** A package or a file that may have drivers, before any of it was run. */
export interface FoundPlugin {
  /** For people: `name@version`, or the path as it was given. */
  readonly from: string;
  /** The file to import; undefined where it is not known what to import. */
  readonly entry: string | undefined;
  /** Undefined for a single file, which has none. */
  readonly manifest: PluginManifest | undefined;
  /** Why it cannot be used, if that is known already. */
  readonly problem: string | undefined;
  /** Somebody named it; others were found by their keyword. */
  readonly listed: boolean;
}

/**
 * Finds packages of drivers, and reads what they say about themselves without running them.
 *
 * @param folder - where to begin: `node_modules` of this folder and of those above it are searched for the keyword
 *   `daqtor-plugin`, unless `search` is false
 * @param listed - names of packages and paths of packages or files, taken from `folder`; they come first
 * @returns each once, in this order, those of `node_modules` by name
 */
export async function findPlugins(
  folder: string,
  listed: readonly string[] = [],
  search = true,
): Promise<FoundPlugin[]> {
  const found = new Map<string, FoundPlugin>();
  for (const one of listed) await add(found, await listedPath(folder, one), one, false);
  for (const modules of search ? modulesAbove(resolve(folder)) : []) {
    for (const path of await packagesIn(modules)) await add(found, path, path, true);
  }
  return [...found.values()];
}

/** Reads one, unless it was found before by another way. */
async function add(found: Map<string, FoundPlugin>, path: string, shown: string, byKeyword: boolean): Promise<void> {
  const real = await realpath(path).catch(() => path);
  if (found.has(real)) return;
  const plugin = await readPlugin(real, shown, byKeyword);
  if (plugin) found.set(real, { ...plugin, listed: !byKeyword });
}

async function readPlugin(
  path: string,
  shown: string,
  byKeyword: boolean,
): Promise<Omit<FoundPlugin, 'listed'> | undefined> {
  const broken = (problem: string, from = shown) => ({ from, entry: undefined, manifest: undefined, problem });
  const entry = await stat(path).catch(() => undefined);
  if (!entry) return byKeyword ? undefined : broken(`there is no ${path}`);
  if (entry.isFile()) return { from: shown, entry: path, manifest: undefined, problem: undefined };
  let described: PackageJson;
  try {
    described = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as PackageJson;
  } catch (error) {
    // Of a folder in node_modules that is no readable package nobody said that it is one of ours.
    return byKeyword ? undefined : broken(`its package.json cannot be read: ${messageOf(error)}`);
  }
  if (typeof described !== 'object' || described === null)
    return byKeyword ? undefined : broken('its package.json is none');
  const { name, version, keywords, daqtor } = described;
  if (byKeyword && !(Array.isArray(keywords) && keywords.includes(KEYWORD))) return undefined;
  const from = typeof name === 'string' ? `${name}@${typeof version === 'string' ? version : '?'}` : shown;
  if (daqtor === undefined)
    return broken("its package.json has no field 'daqtor' that says which drivers it has", from);
  const contract = (daqtor as { readonly contract?: unknown } | null)?.contract;
  if (typeof contract === 'number' && contract !== DRIVER_CONTRACT) return broken(contractProblem(contract), from);
  const manifest = pluginManifest.safeParse(daqtor);
  if (!manifest.success) {
    const faults = faultsIn(manifest.error.issues, daqtor, 'daqtor', ['daqtor']);
    return broken(`its package.json is not right: ${faults.join('; ')}`, from);
  }
  return { from, entry: join(path, entryOf(described)), manifest: manifest.data, problem: undefined };
}

interface PackageJson {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly keywords?: unknown;
  readonly daqtor?: unknown;
  readonly main?: unknown;
  readonly exports?: unknown;
}

function contractProblem(contract: number): string {
  const age = contract < DRIVER_CONTRACT ? 'too old: ' : 'too new: ';
  const next = contract < DRIVER_CONTRACT ? 'install a newer version of it' : 'install a newer version of Daqtor';
  return `${age}it was written for version ${contract} of the contract of drivers, here is ${DRIVER_CONTRACT}; ${next}`;
}

/** What `import` of the package would load. */
function entryOf({ exports, main }: PackageJson): string {
  let target: unknown = exports;
  while (typeof target === 'object' && target !== null) {
    const choices = target as Readonly<Record<string, unknown>>;
    target = choices['.'] ?? choices.import ?? choices.node ?? choices.default;
  }
  if (typeof target === 'string') return target;
  return typeof main === 'string' ? main : 'index.js';
}

/** A path as it is; a bare name is a package of `node_modules`, here or above. */
async function listedPath(folder: string, listed: string): Promise<string> {
  const path = resolve(folder, listed);
  if (/^[./\\]|^[a-z]:/i.test(listed) || (await stat(path).catch(() => undefined))) return path;
  for (const modules of modulesAbove(resolve(folder))) {
    const inModules = join(modules, listed);
    if (await stat(inModules).catch(() => undefined)) return inModules;
  }
  return path;
}

function modulesAbove(folder: string): string[] {
  const above = dirname(folder);
  return [join(folder, 'node_modules'), ...(above === folder ? [] : modulesAbove(above))];
}

async function packagesIn(modules: string): Promise<string[]> {
  const names = (await readdir(modules).catch(() => [])).filter((name) => !name.startsWith('.')).sort();
  const nested = await Promise.all(
    names.map(async (name) => {
      if (!name.startsWith('@')) return [join(modules, name)];
      const scoped = (await readdir(join(modules, name)).catch(() => [])).sort();
      return scoped.map((one) => join(modules, name, one));
    }),
  );
  return nested.flat();
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
