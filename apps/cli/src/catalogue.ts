import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { DaqtorError, type DriverManifest, type KnownDriver } from '@daqtor/core';
import { builtInDrivers, type DriverCatalogue, driversByName } from '@daqtor/drivers';
import { mockDrivers } from '@daqtor/sim';
import type { Flags } from './command.ts';

/** The option by which every command that knows drivers is told of more. */
export const PLUGIN_OPTION = { plugin: { type: 'string', multiple: true } } as const;
export const PLUGIN_HELP =
  '  --plugin X    use this plugin too: a path of a file or folder, or the name of a package; may be repeated';

/** Drivers of ours, those of the plugins that are asked for, and those of `node_modules` here and above. */
export function wholeCatalogueFor(flags: Flags): Promise<DriverCatalogue> {
  const plugins = Array.isArray(flags.plugin) ? (flags.plugin as string[]) : [];
  return driversByName({ known: [...builtInDrivers, ...mockDrivers], folder: process.cwd(), plugins });
}

/**
 * The same for commands that need every plugin that was asked for.
 *
 * @throws DaqtorError `lab.settings` why one of them cannot be used
 */
export async function catalogueFor(flags: Flags): Promise<DriverCatalogue> {
  const catalogue = await wholeCatalogueFor(flags);
  const bad = catalogue.quarantined.filter(({ listed }) => listed);
  if (bad.length === 0) return catalogue;
  throw new DaqtorError('lab.settings', {
    problem: bad.map(({ from, reason }) => `the plugin ${from} cannot be used: ${reason}`).join('; '),
    advice: 'Mend it, or leave --plugin out',
  });
}

/** @throws DaqtorError `lab.settings` with the names that there are, and why a plugin is not among them */
export function driverCalled(kind: string, { drivers, quarantined }: DriverCatalogue): KnownDriver {
  const driver = drivers.get(kind);
  if (driver) return driver;
  const bad = quarantined.map(({ from, reason }) => `; ${from} is not used: ${reason}`).join('');
  throw new DaqtorError('lab.settings', {
    problem: `there is no driver '${kind}'${bad}`,
    advice: `There are ${[...drivers.keys()].join(', ')}`,
  });
}

/** Modules that export these drivers, for those that run in a process of their own. */
export function driverModulesOf({ drivers }: DriverCatalogue): string[] {
  const { resolve } = createRequire(import.meta.url);
  const ours = (name: string) => pathToFileURL(resolve(name)).href;
  const from = new Set([...drivers.values()].map((driver) => driver.from));
  return [...from].map((name) => (name.startsWith('@daqtor/') ? ours(name) : name));
}

export const manifestsOf = ({ drivers }: DriverCatalogue): DriverManifest[] =>
  [...drivers.values()].map(({ manifest }) => manifest);
