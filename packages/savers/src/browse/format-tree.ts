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

function lineOf({ name, kind, title, units, shape, dtype, attributes }: TreeNode): string {
  const icon = kind === 'group' ? '▸' : attributes.data_type === 'axis' ? '↔' : '▦';
  const label = typeof attributes.label === 'string' && attributes.label !== title ? ` · ${attributes.label}` : '';
  const heading = title === '' ? '' : `  ${title}${label}`;
  const extent = shape ? `  (${shape.join(' × ')}) ${dtype}` : '';
  return `${icon} ${name}${heading}${extent}${units === '' ? '' : ` [${units}]`}`;
}
