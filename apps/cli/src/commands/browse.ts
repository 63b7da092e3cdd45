import { type DaqtorError, DaqtorError as Errors } from '@daqtor/core';
import { formatTree, H5BrowserUtil, plotData, readTexts, type TreeNode } from '@daqtor/savers';
import type { Command } from '../command.ts';
import { attributeLines, settingLines } from '../describe-node.ts';
import type { Terminal } from '../terminal.ts';

export const browse: Command = {
  name: 'browse',
  summary: 'shows what is in a file, or one node of it with a plot',
  help: `Shows the tree of a file; for a node its attributes, its settings and a plot of its data.

Usage: daqtor browse FILE [PATH] [options]

  --bkg         subtract the background that was saved with the data
  --no-plot     no plot
  --help        this text

  ▸ group   ▦ data   ↔ axis   ± error bars   ▒ background   ≡ log   → link   ✗ unreadable   ⚠ has warnings

Example: daqtor browse scan.h5 /RawData/Scan000/Detector000/Data0D/CH00`,
  options: { bkg: { type: 'boolean' }, 'no-plot': { type: 'boolean' } },
  takes: [1, 2],
  async run([file = '', path], flags, terminal) {
    const browser = await H5BrowserUtil.open(file);
    const node = browser.getNode(path ?? '/');
    const { kind, note } = browser.kind;
    terminal.out(`${file}: ${kind}${note === '' ? '' : `. ${note}.`}`);
    terminal.out(formatTree(node));
    if (path === undefined) return warn(browser.walkNodes(), terminal);
    warn(browser.walkNodes(node.path), terminal);
    terminal.out(attributeLines(node));
    const settings = browser.getSettings(node.path);
    if (settings) terminal.out(`\nSettings\n${settingLines(settings)}`);
    if (!flags['no-plot']) await show(browser, node, flags.bkg === true, terminal);
  },
};

function warn(nodes: Iterable<TreeNode>, terminal: Terminal): void {
  for (const { path, warnings } of nodes) {
    for (const warning of warnings) terminal.err(`warning: ${path}: ${warning}`);
  }
}

async function show(browser: H5BrowserUtil, node: TreeNode, withBkg: boolean, terminal: Terminal): Promise<void> {
  const hasData = node.children.some((child) => /^(data|data_enlargeable)$/.test(String(child.attributes.data_type)));
  if (node.kind !== 'array' && !hasData) return;
  if (node.kind === 'array' && (node.dtype === 'string' || node.attributes.data_type === 'strings')) {
    const texts = await readTexts(browser.path, node.path);
    if (texts.length > 0) terminal.out(`\n${texts.join('\n')}`);
    return;
  }
  try {
    const { data, warnings } = await browser.getDataOf(node.path, { withBkg });
    terminal.out(`\n${plotData(data, terminal)}`);
    for (const warning of warnings) terminal.err(`warning: ${warning}`);
  } catch (error) {
    // What a node says about itself is worth showing also where its values are not for plotting.
    if (!Errors.is(error)) throw error;
    terminal.err(`warning: no plot: ${(error as DaqtorError).problem}`);
  }
}
