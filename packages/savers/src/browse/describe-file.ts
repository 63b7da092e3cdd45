import type { RawNode } from '../h5/h5-operation.ts';
import { openEnvelope } from '../layout/envelope.ts';
import type { PythonValue } from '../layout/python-literal.ts';
import { readerThread } from './reader-thread.ts';

/** A group or an array of a file. */
export interface TreeNode {
  readonly name: string;
  readonly path: string;
  readonly kind: 'group' | 'array';
  /** What the node is called for people. */
  readonly title: string;
  /** '' where there are none. */
  readonly units: string;
  /** Of an array. */
  readonly shape?: readonly number[];
  readonly dtype?: string;
  /** All attributes; PyMoDAQ's are taken out of their envelopes. */
  readonly attributes: Readonly<Record<string, PythonValue>>;
  readonly children: readonly TreeNode[];
}

/**
 * Reads what is in a file, but for the arrays' values. The file is not changed. One that is being written can be read
 * while points are added; while nodes are being made in it, reading may fail: try again.
 *
 * @throws DaqtorError `save.failed` if the file cannot be read
 */
export async function describeFile(path: string): Promise<TreeNode> {
  return treeNode((await readerThread().request({ do: 'describe', path })) as RawNode);
}

/** Attributes as values: PyMoDAQ's out of their envelopes, others as they are. */
export function attributeValues(raw: Readonly<Record<string, unknown>>): Record<string, PythonValue> {
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, attributeValue(value)]));
}

function attributeValue(value: unknown): PythonValue {
  if (typeof value === 'string') return openEnvelope(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  return value === null || value === undefined ? null : String(value);
}

function treeNode(raw: RawNode): TreeNode {
  const { name, path, shape, dtype, children } = raw;
  const attributes = attributeValues(raw.attributes);
  const text = (key: string) => (typeof attributes[key] === 'string' ? attributes[key] : '');
  return {
    name,
    path,
    kind: shape ? 'array' : 'group',
    title: text('TITLE'),
    units: text('units'),
    ...(shape && { shape }),
    ...(dtype !== undefined && { dtype }),
    attributes,
    children: children.map(treeNode),
  };
}
