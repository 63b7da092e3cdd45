import type { RawAttribute, RawAttributes, RawNode } from '../h5/h5-operation.ts';
import { openEnvelope } from '../layout/envelope.ts';
import type { PythonValue } from '../layout/python-literal.ts';

/** A node of a file. */
export interface TreeNode {
  readonly name: string;
  readonly path: string;
  /** `link`: leads to another file or elsewhere in this one. `unreadable`: nothing is known of it but its name. */
  readonly kind: 'group' | 'array' | 'link' | 'unreadable';
  /** What the node is called for people. */
  readonly title: string;
  /** '' where there are none. */
  readonly units: string;
  /** Of an array. */
  readonly shape?: readonly number[];
  /** Of an array: numpy's name of the type where it has one, else a description. */
  readonly dtype?: string;
  /** Of a link: where it leads. */
  readonly target?: string;
  /** All attributes; PyMoDAQ's are taken out of their envelopes. */
  readonly attributes: Readonly<Record<string, PythonValue>>;
  readonly children: readonly TreeNode[];
  /** What could not be read of this node itself, in sentences. */
  readonly warnings: readonly string[];
}

/** Attributes as values: PyMoDAQ's out of their envelopes, others as they are. */
export function attributeValues(raw: RawAttributes): Record<string, PythonValue> {
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, attributeValue(value)]));
}

function attributeValue(value: RawAttribute): PythonValue {
  if (typeof value === 'string') return openEnvelope(value);
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'object' && value !== null ? value.map(attributeValue) : value;
}

/** A node as it is stored, its attributes as values. */
export function treeNode(raw: RawNode): TreeNode {
  const { attributes: stored, children, problems, ...facts } = raw;
  const attributes = attributeValues(stored);
  return {
    ...facts,
    title: textIn(attributes, 'TITLE'),
    units: textIn(attributes, 'units'),
    attributes,
    children: children.map(treeNode),
    warnings: problems,
  };
}

/** An attribute if it is a text, else ''. */
export function textIn(attributes: Readonly<Record<string, PythonValue>>, name: string): string {
  const value = attributes[name];
  return typeof value === 'string' ? value : '';
}
