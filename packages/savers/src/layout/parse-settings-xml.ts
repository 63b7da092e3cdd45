import { type PythonValue, parsePython } from './python-literal.ts';

/** A parameter, or a group of parameters. */
export interface Setting {
  readonly name: string;
  readonly title: string;
  /** PyMoDAQ's name for its kind, e.g. `group`, `float`, `list`. */
  readonly type: string;
  /** Of a group null. */
  readonly value: PythonValue;
  readonly children: readonly Setting[];
}

const TAG = /<(\/?)([\w.:-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|<\?[\s\S]*?\?>|<!--[\s\S]*?-->/gy;
const ATTRIBUTE = /([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

interface OpenSetting {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Setting[];
  text: string;
}

/**
 * Reads the XML that settings are stored in (pymodaq_gui, parameter/ioxml.py): one element for each parameter.
 *
 * @returns the outermost element; undefined if the text is not whole
 */
export function parseSettingsXml(xml: string): Setting | undefined {
  const open: OpenSetting[] = [{ name: '', attributes: {}, children: [], text: '' }];
  for (let at = 0; at < xml.length; ) {
    const inner = open.at(-1) as OpenSetting;
    const next = xml.indexOf('<', at);
    inner.text += unescapeXml(xml.slice(at, next < 0 ? undefined : next));
    if (next < 0) break;
    TAG.lastIndex = next;
    const [all, isEnd, name, attributes = '', isEmpty] = TAG.exec(xml) ?? [];
    if (all === undefined) return undefined;
    at = next + all.length;
    if (name === undefined) continue; // A comment or a declaration.
    if (isEnd) {
      if (open.length === 1 || inner.name !== name) return undefined;
      open.pop();
      open.at(-1)?.children.push(settingOf(inner));
    } else {
      const begun = { name, attributes: attributesIn(attributes), children: [], text: '' };
      if (isEmpty) inner.children.push(settingOf(begun));
      else open.push(begun);
    }
  }
  return open.length === 1 && open[0]?.children.length === 1 ? open[0].children[0] : undefined;
}

function attributesIn(text: string): Record<string, string> {
  const pairs = [...text.matchAll(ATTRIBUTE)];
  return Object.fromEntries(pairs.map(([, name = '', double, single]) => [name, unescapeXml(double ?? single ?? '')]));
}

function settingOf({ name, attributes, children, text }: OpenSetting): Setting {
  const type = attributes.type ?? (children.length > 0 ? 'group' : 'str');
  return {
    name,
    title: attributes.title ?? name,
    type,
    value: type === 'group' ? null : valueIn(type, text),
    children,
  };
}

/** Values as PyMoDAQ spells them: booleans are 1 and 0, those of lists name their type, as in `str('x')`. */
function valueIn(type: string, text: string): PythonValue {
  if (/^(bool|led)/.test(type)) return text === '1' || text === 'True';
  if (type === 'int' || type === 'float' || type === 'slide') {
    const number = parsePython(text);
    return typeof number === 'number' ? number : text;
  }
  if (type === 'list') {
    const [, literal] = /^\w+\(([\s\S]*)\)$/.exec(text) ?? [];
    return (literal === undefined ? undefined : parsePython(literal)) ?? text;
  }
  return type === 'itemselect' ? (parsePython(text) ?? text) : text;
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-fA-F]+)|(\w+));/g, (all, decimal?: string, hex?: string, name = '') => {
    if (decimal === undefined && hex === undefined) return ENTITIES[name] ?? all;
    const code = Number.parseInt(decimal ?? (hex as string), decimal === undefined ? 16 : 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}
