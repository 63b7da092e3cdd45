import type { KnownDriver } from '@daqtor/core';
import { type DriverCatalogue, describeSettings } from '@daqtor/drivers';
import { driverCalled, PLUGIN_HELP, PLUGIN_OPTION, wholeCatalogueFor } from '../catalogue.ts';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';

export const drivers: Command = {
  name: 'drivers',
  summary: 'lists the drivers that there are, or the settings of one',
  help: `Lists every driver: its wires, what it can beside moving or measuring, its simulator, where it comes from; then the
plugins that are not used, each with its reason. With a DRIVER: its settings with their defaults.

Usage: daqtor drivers [DRIVER] [options]

${PLUGIN_HELP}
  --json        for programs: all of it, with the settings of each
  --help        this text

Plugins are packages in node_modules, here or above, that have the keyword daqtor-plugin.

Example: daqtor drivers keithley2000`,
  options: { ...PLUGIN_OPTION, json: { type: 'boolean' } },
  takes: [0, 1],
  async run([kind], flags, terminal) {
    const catalogue = await wholeCatalogueFor(flags);
    const chosen = kind === undefined ? [...catalogue.drivers.values()] : [driverCalled(kind, catalogue)];
    if (flags.json) {
      const all = chosen.map(({ manifest, plugin, from }) => ({
        ...manifest,
        from,
        settings: describeSettings(plugin),
      }));
      return terminal.out(JSON.stringify({ drivers: all, quarantined: catalogue.quarantined }));
    }
    const [first] = chosen;
    if (kind !== undefined && first) return terminal.out(pageOf(first));
    terminal.out(tableOf(catalogue));
    if (catalogue.quarantined.length === 0) return;
    terminal.err('\nPlugins that are not used:');
    for (const { from, reason } of catalogue.quarantined) terminal.err(`  ${from}: ${reason}`);
  },
};

function tableOf({ drivers }: DriverCatalogue): string {
  const rows = [...drivers.values()].map(({ manifest, from }) => {
    const { kind, role, title, wires, can, simulator } = manifest;
    return [kind, role, wires.join(' ') || '–', can.join(' ') || '–', simulator ?? '–', title, from];
  });
  return columns([['DRIVER', 'ROLE', 'WIRES', 'CAN', 'SIMULATOR', 'INSTRUMENT', 'FROM'], ...rows]);
}

function pageOf({ manifest, plugin, from }: KnownDriver): string {
  const { kind, role, title, wires, can, serial, simulator } = manifest;
  const facts = columns([
    ['role', role],
    ['wires', wires.join(', ') || 'none'],
    ...(serial === undefined ? [] : [['serial', serial]]),
    ['can', can.join(', ') || 'nothing beside its role'],
    ...(simulator === undefined
      ? []
      : [['try', `daqtor sim ${simulator} ${wires.some((wire) => wire !== 'usb') ? '--tcp 5025' : '--usbip 3240'}`]]),
    ['from', from],
  ]);
  const settings = describeSettings(plugin).map(({ name, takes, default: preset, units, isRequired, description }) => {
    const value = preset === undefined ? (isRequired ? 'required' : '–') : `${preset}${units ? ` ${units}` : ''}`;
    return `  ${name} = ${value}  (${takes})\n      ${description}`;
  });
  return `${kind}: ${title}\n${facts}\n\nSettings\n${settings.join('\n')}`;
}
