import { H5BrowserUtil } from '@daqtor/savers';
import type { Command } from '../command.ts';

export const comment: Command = {
  name: 'comment',
  summary: 'adds a comment to a node',
  help: `Adds a line to the comments of a node, where PyMoDAQ's browser shows them too.

Usage: daqtor comment FILE PATH TEXT

  --help        this text

Example: daqtor comment scan.h5 /RawData/Scan000 'beam was lost after point 40'`,
  options: {},
  takes: [3, 3],
  async run([file = '', path = '', text = ''], _flags, terminal) {
    const browser = await H5BrowserUtil.open(file);
    await browser.addComment(path, text);
    terminal.out(`Added to ${path} of ${file}`);
  },
};
