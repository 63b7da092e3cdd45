import { DaqtorError } from '@daqtor/core';
import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** A parameter of PyMoDAQ, or a group of them. */
export interface PymodaqParameter {
  readonly name: string;
  /** PyMoDAQ's type, e.g. `float`, `bool_push`, `group`. */
  readonly type: string;
  /** undefined for a group. */
  readonly value: string | number | boolean | undefined;
  readonly children: readonly PymodaqParameter[];
}

type XmlNode = Readonly<Record<string, unknown>>;

/**
 * Reads parameters as PyMoDAQ writes them: an element per parameter, its type as an attribute, its value as text.
 *
 * Source: presets in the repository of PyMoDAQ, versions 4 and 5.
 *
 * @param name - of the file, for errors
 * @throws DaqtorError `lab.settings` for what is no XML
 */
export function readParameters(xml: string, name: string): PymodaqParameter {
  const validity = XMLValidator.validate(xml);
  if (validity !== true) {
    throw new DaqtorError('lab.settings', {
      problem: `${name} cannot be understood: ${validity.err.msg} (line ${validity.err.line})`,
    });
  }
  const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, parseTagValue: false });
  const [root] = (parser.parse(xml) as XmlNode[]).filter((node) => !('?xml' in node)).map(parameterOf);
  if (root) return root;
  throw new DaqtorError('lab.settings', { problem: `${name} is empty` });
}

function parameterOf(node: XmlNode): PymodaqParameter {
  const name = Object.keys(node).find((key) => key !== ':@') ?? '';
  const attributes = (node[':@'] ?? {}) as Readonly<Record<string, string>>;
  const inside = (node[name] ?? []) as readonly XmlNode[];
  const text = inside.map((child) => child['#text'] ?? '').join('');
  const type = attributes['@_type'] ?? '';
  const children = inside.filter((child) => !('#text' in child)).map(parameterOf);
  const isGroup = children.length > 0 || type.startsWith('group');
  return { name, type, children, value: isGroup ? undefined : valueFrom(String(text).trim(), type) };
}

function valueFrom(text: string, type: string): string | number | boolean {
  if (/^(bool|led)/.test(type)) return text === '1' || text === 'True';
  if (/^(int|float|slide)/.test(type) && text !== '') return Number(text);
  // A choice is written with its Python type: str('Master'), int(2), float(0.5).
  const [, kind, inner = ''] = /^(str|int|float)\((.*)\)$/s.exec(text) ?? [];
  if (kind === 'str') return inner.replace(/^(['"])(.*)\1$/s, '$2');
  return kind === undefined ? text : Number(inner);
}

/** The parameter at a path, e.g. `['bounds', 'min_bound']`. */
export function parameterAt(from: PymodaqParameter, path: readonly string[]): PymodaqParameter | undefined {
  return path.reduce<PymodaqParameter | undefined>((at, name) => at?.children.find((one) => one.name === name), from);
}

/** All parameters that are no groups, with their paths. */
export function leavesOf(group: PymodaqParameter, path = ''): { path: string; leaf: PymodaqParameter }[] {
  return group.children.flatMap((child) => {
    const here = path === '' ? child.name : `${path}.${child.name}`;
    return child.value === undefined ? leavesOf(child, here) : [{ path: here, leaf: child }];
  });
}
