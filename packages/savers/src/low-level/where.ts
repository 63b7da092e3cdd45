import type { TreeNode } from '../browse/tree-node.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { asValue } from '../layout/envelope.ts';
import type { PythonValue } from '../layout/python-literal.ts';

/** A node, as it was when it was asked for, or its path. */
export type Where = Pick<TreeNode, 'path'> | string;
export type Metadata = Readonly<Record<string, PythonValue>>;

export function pathOf(where: Where): string {
  return typeof where === 'string' ? where : where.path;
}

export function childOf(where: Where, name: string): string {
  const parent = pathOf(where);
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}

export function setAll(path: string, metadata: Metadata): H5Operation[] {
  return Object.entries(metadata).map(([name, value]) => ({ op: 'attribute', path, name, value: asValue(value) }));
}
