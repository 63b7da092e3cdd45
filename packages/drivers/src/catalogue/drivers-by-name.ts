import { pathToFileURL } from 'node:url';
import { type Clock, type DriverPlugin, isDriverPlugin, type KnownDriver, knownDriver, realClock } from '@daqtor/core';
import { builtInDrivers } from './built-in-drivers.ts';
import { type FoundPlugin, findPlugins } from './find-plugins.ts';

/** A package or file whose drivers are not used, and why. */
export interface Quarantined {
  readonly from: string;
  readonly reason: string;
  /** It is one of `plugins`; others were found by their keyword. */
  readonly listed: boolean;
}

export interface DriverCatalogue {
  /** By kind, e.g. `esp301`. */
  readonly drivers: ReadonlyMap<string, KnownDriver>;
  readonly quarantined: readonly Quarantined[];
}

export interface CatalogueOptions {
  /** Drivers that are there without any plugin; default those of this package. */
  readonly known?: readonly KnownDriver[];
  /** Where plugins are searched, see `findPlugins`; left out, nowhere but in `plugins`. */
  readonly folder?: string;
  /** Plugins by name or path, see `findPlugins`. */
  readonly plugins?: readonly string[];
  /** Longest time for loading one plugin; default 5000. */
  readonly loadTimeoutMs?: number;
  readonly clock?: Clock;
}

/**
 * All drivers that there are, by the names that presets and commands use.
 *
 * A plugin is loaded whole or not at all: one that is broken, of another version of the contract, throws or does not end
 * while it is loaded, does not have what its manifest says, or has a driver whose name is taken, is quarantined with its
 * reason, and the others are used. A name belongs to whoever had it first: ours, then the listed plugins, then those that
 * were found. A plugin runs in this process, with all its rights: install only what you trust.
 *
 * @returns never rejects for the sake of a plugin
 */
export async function driversByName(options: CatalogueOptions = {}): Promise<DriverCatalogue> {
  const { known = builtInDrivers, folder, plugins = [], loadTimeoutMs = 5000, clock = realClock } = options;
  const drivers = new Map(known.map((driver) => [driver.manifest.kind, driver]));
  const quarantined: Quarantined[] = [];
  for (const candidate of await findPlugins(folder ?? process.cwd(), plugins, folder !== undefined)) {
    try {
      const added = await load(candidate, clock, loadTimeoutMs);
      for (const { manifest } of added) {
        const first = drivers.get(manifest.kind);
        if (first)
          throw new Refused(
            `its driver '${manifest.kind}' has the name of one of ${first.from}; rename it, or remove one`,
          );
      }
      for (const driver of added) drivers.set(driver.manifest.kind, driver);
    } catch (error) {
      const reason = error instanceof Refused ? error.message : reasonOf(error);
      quarantined.push({ from: candidate.from, reason, listed: candidate.listed });
    }
  }
  return { drivers, quarantined };
}

/** Something that a plugin is quarantined for, in words for people. */
class Refused extends Error {}

async function load(found: FoundPlugin, clock: Clock, timeoutMs: number): Promise<KnownDriver[]> {
  const { from, entry, manifest, problem } = found;
  if (problem !== undefined || entry === undefined) throw new Refused(problem ?? 'it has nothing to load');
  const exported = await importWithin(entry, clock, timeoutMs);
  const all = [...new Set(Object.values(exported).filter(isDriverPlugin))];
  const twice = all.find((one, at) => all.findIndex(({ kind }) => kind === one.kind) !== at);
  if (twice) throw new Refused(`it has two drivers called '${twice.kind}'`);
  if (!manifest) {
    if (all.length === 0) throw new Refused('it exports nothing that defineActuator or defineDetector returned');
    return all.map((plugin) => knownDriver(from, plugin));
  }
  const surplus = all.find(({ kind }) => !manifest.drivers.some((one) => one.kind === kind));
  if (surplus) throw new Refused(`it exports a driver '${surplus.kind}' that its manifest does not name`);
  return manifest.drivers.map((one) => ({ from, manifest: one, plugin: promised(all, one) }));
}

function promised(all: readonly DriverPlugin[], { kind, role }: KnownDriver['manifest']): DriverPlugin {
  const plugin = all.find((one) => one.kind === kind);
  if (!plugin) throw new Refused(`its manifest names a driver '${kind}' that it does not export`);
  if (plugin.role === role) return plugin;
  const [wanted, real] = [role, plugin.role].map((one) => (one === 'actuator' ? `an ${one}` : `a ${one}`));
  throw new Refused(`its manifest calls '${kind}' ${wanted}, but it is ${real}`);
}

async function importWithin(
  entry: string,
  clock: Clock,
  timeoutMs: number,
): Promise<Readonly<Record<string, unknown>>> {
  let timer: ReturnType<Clock['setTimeout']> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = clock.setTimeout(() => reject(new Refused(`it was not loaded within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([import(pathToFileURL(entry).href) as Promise<Readonly<Record<string, unknown>>>, late]);
  } finally {
    if (timer !== undefined) clock.clearTimeout(timer);
  }
}

const reasonOf = (error: unknown): string =>
  `it threw while it was loaded: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
