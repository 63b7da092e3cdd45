import { isPlotAxis } from '../layout/node-names.ts';
import type { TreeNode } from './describe-file.ts';

/** A tree as text, one node per line: name, title, and for arrays shape, dtype and units. */
export function formatTree(node: TreeNode): string {
  const lines: string[] = [];
  const draw = (one: TreeNode, lead: string, branch: string, below: string) => {
    lines.push(`${lead}${branch}${lineOf(one)}`);
    one.children.forEach((child, i) => {
      const last = i === one.children.length - 1;
      draw(child, lead + below, last ? '└─ ' : '├─ ', last ? '   ' : '│  ');
    });
  };
  draw(node, '', '', '');
  return lines.join('\n');
}

/** By what an array is for. */
const ICONS: Readonly<Record<string, string>> = { axis: '↔', error: '±', bkg: '▒', strings: '≡' };

function iconOf({ kind, name, attributes }: TreeNode): string {
  if (isPlotAxis(name)) return '↔';
  if (kind === 'array') return ICONS[String(attributes.data_type)] ?? '▦';
  return { group: '▸', link: '→', unreadable: '✗' }[kind];
}

function lineOf(node: TreeNode): string {
  const { name, title, units, shape, dtype, attributes, target, warnings } = node;
  const label = typeof attributes.label === 'string' && attributes.label !== title ? ` · ${attributes.label}` : '';
  const heading = title === '' ? '' : `  ${title}${label}`;
  const extent = shape ? `  (${shape.join(' × ')}) ${dtype}` : target === undefined ? '' : `  to ${target}`;
  const unit = units === '' ? '' : ` [${units}]`;
  return `${iconOf(node)} ${name}${heading}${extent}${unit}${warnings.length === 0 ? '' : '  ⚠'}`;
}
