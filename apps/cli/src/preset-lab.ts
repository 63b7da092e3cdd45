import type { LabCore } from '@daqtor/core';
import { labFromFile } from '@daqtor/host';
import { catalogueFor, driverModulesOf } from './catalogue.ts';
import type { Flags } from './command.ts';
import { Misuse } from './misuse.ts';
import type { Terminal } from './terminal.ts';

/** The option by which every command that works with a lab is told which. */
export const LAB_OPTION = { lab: { type: 'string' } } as const;
export const LAB_HELP = '  --lab PRESET  the instruments: a preset file, .yaml or .json';

/**
 * Connects the lab that a command was given. Close it.
 *
 * @throws Misuse if none was given; DaqtorError for a preset that is not right, and for instruments that do not answer
 */
export async function presetLab(flags: Flags, { clock }: Terminal): Promise<LabCore> {
  if (typeof flags.lab !== 'string') throw new Misuse('say with which instruments: --lab PRESET');
  const catalogue = await catalogueFor(flags);
  const plugins = [...catalogue.drivers.values()].map(({ plugin }) => plugin);
  return await labFromFile(flags.lab, { plugins, driverModules: driverModulesOf(catalogue), clock });
}
