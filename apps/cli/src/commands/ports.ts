import { type FoundPort, findPorts } from '@daqtor/drivers';
import { catalogueFor, manifestsOf, PLUGIN_HELP, PLUGIN_OPTION } from '../catalogue.ts';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';

export const ports: Command = {
  name: 'ports',
  summary: 'lists serial ports and USB devices, and the drivers that would fit',
  help: `Lists serial ports and USB devices with maker, product and serial number, and the drivers whose instruments have
the same USB id. Nothing is opened. What cannot be used as it is comes with what to do.

Usage: daqtor ports [options]

${PLUGIN_HELP}
  --json        for programs
  --help        this text

A USB-to-serial converter has an id of its own, whatever hangs on it: try daqtor check DRIVER --port ADDRESS.`,
  options: { ...PLUGIN_OPTION, json: { type: 'boolean' } },
  takes: [0, 0],
  async run(_args, flags, terminal) {
    const report = await findPorts(manifestsOf(await catalogueFor(flags)));
    if (flags.json) return terminal.out(JSON.stringify(report));
    if (report.ports.length === 0) terminal.out('No serial port and no USB device was found.');
    else terminal.out(columns([['PORT', 'USB ID', 'SERIAL NO.', 'WHAT', 'DRIVERS'], ...report.ports.map(rowOf)]));
    for (const { path, problem } of report.ports) if (problem !== undefined) terminal.err(`${path}: ${problem}`);
    for (const note of report.notes) terminal.err(`note: ${note}`);
  },
};

function rowOf({ address, path, usbId, serialNumber, maker, product, fits }: FoundPort): string[] {
  const what = [maker, product].filter((text) => text !== undefined).join(' ');
  return [address ?? path, usbId ?? '–', serialNumber ?? '–', what || '–', fits.join(' ') || '–'];
}
