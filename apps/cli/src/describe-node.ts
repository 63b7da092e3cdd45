import type { PythonValue, Setting, TreeNode } from '@daqtor/savers';

/** Attributes that have a place of their own in what is shown. */
const SHOWN_ELSEWHERE = new Set(['settings', 'comments']);

/** The attributes of a node, one in a line, comments last. */
export function attributeLines({ attributes }: TreeNode): string {
  const names = Object.keys(attributes).filter((name) => !SHOWN_ELSEWHERE.has(name));
  const width = Math.max(0, ...names.map((name) => name.length));
  const lines = names.map((name) => `  ${name.padEnd(width)}  ${valueText(attributes[name] ?? null)}`);
  const { comments } = attributes;
  if (typeof comments === 'string') lines.push('', 'Comments', ...comments.split('\n').map((line) => `  ${line}`));
  return ['', 'Attributes', ...lines].join('\n');
}

/** Settings, one in a line, groups indented. */
export function settingLines({ title, name, value, children }: Setting, indent = '  '): string {
  const heading = (title || name).replace(/\s*:?\s*$/, '');
  if (children.length === 0 && value === null) return `${indent}${heading}: –`;
  if (children.length === 0) return `${indent}${heading}: ${valueText(value)}`;
  return [`${indent}${heading}`, ...children.map((child) => settingLines(child, `${indent}  `))].join('\n');
}

function valueText(value: PythonValue): string {
  if (value === null) return '–';
  if (typeof value === 'object') return `(${value.map(valueText).join(', ')})`;
  if (value === '') return "''";
  return String(value).replaceAll('\n', ' ⏎ ');
}
