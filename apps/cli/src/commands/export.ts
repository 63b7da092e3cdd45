import { EXPORT_FORMATS, H5BrowserUtil } from '@daqtor/savers';
import type { Command } from '../command.ts';

export const exportCommand: Command = {
  name: 'export',
  summary: 'writes a node into a file of its own',
  help: `Writes a node of a file into a file of its own, in the format that its name ends in (${EXPORT_FORMATS.join(', ')}).

Usage: daqtor export FILE PATH OUT [options]

  --bkg         subtract the background that was saved with the data (.txt, .csv)
  --force       replace OUT if it exists
  --help        this text

  .h5    a dataset with the node and all that describes it: PyMoDAQ and this program read it
  .txt   columns for data of one dimension, a matrix for an image: numpy.loadtxt reads it
  .csv   one line for each value, with its coordinates: spreadsheets and pandas read it
  .npy   a single array as it is stored: numpy.load reads it

Example: daqtor export scan.h5 /RawData/Scan000/Detector000/Data1D/CH00 spectra.csv`,
  options: { bkg: { type: 'boolean' }, force: { type: 'boolean' } },
  takes: [3, 3],
  async run([file = '', path = '', out = ''], { bkg, force }, terminal) {
    const browser = await H5BrowserUtil.open(file);
    const warnings = await browser.exportNode(path, out, { withBkg: bkg === true, overwrite: force === true });
    for (const warning of warnings) terminal.err(`warning: ${warning}`);
    terminal.out(`Wrote ${out}`);
  },
};
