/** Settings as plain data; groups are objects. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * Settings as the XML that PyMoDAQ's parameter trees are stored in: an element per parameter, with its type and title
 * (pymodaq_gui, parameter/ioxml.py). ASCII with character references, as its bytes attributes need.
 *
 * @param groups - one group per name, below the root `All_settings`
 */
export function settingsXml(groups: Readonly<Record<string, Settings>>): string {
  const children = Object.entries(groups).map(([name, group]) => element(name, group));
  return `<All_settings title="All Settings" type="group">${children.join('')}</All_settings>`;
}

function element(name: string, value: unknown): string {
  const { type, body } = parameter(value);
  const tag = tagOf(name);
  return `<${tag} type="${type}" title="${escapeXml(name)}" visible="1" removable="0" readonly="0">${body}</${tag}>`;
}

function parameter(value: unknown): { type: string; body: string } {
  switch (typeof value) {
    case 'boolean':
      return { type: 'bool', body: value ? '1' : '0' };
    case 'number':
      return Number.isSafeInteger(value) ? { type: 'int', body: String(value) } : { type: 'float', body: float(value) };
    case 'bigint':
      return { type: 'int', body: String(value) };
    case 'object':
      if (value === null) break;
      if (isPlain(value)) {
        return {
          type: 'group',
          body: Object.entries(value)
            .map(([key, child]) => element(key, child))
            .join(''),
        };
      }
      return { type: 'str', body: escapeXml(JSON.stringify(value, withoutBigInt) ?? String(value)) };
    default:
      break;
  }
  return { type: 'str', body: value === undefined || value === null ? '' : escapeXml(String(value)) };
}

/** JSON has no such integers; their digits are what counts. */
function withoutBigInt(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function float(value: number): string {
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

/** A name that XML takes as a tag. */
function tagOf(name: string): string {
  const tag = name.replace(/[^\w.-]/g, '_');
  return /^[A-Za-z_]/.test(tag) ? tag : `_${tag}`;
}

/** XML of somebody else's as ASCII, which attributes of bytes need. */
export function asciiXml(xml: string): string {
  return xml.replace(/[^\n\r\t\x20-\x7e]/gu, (char) => `&#${char.codePointAt(0)};`);
}

function escapeXml(text: string): string {
  // By code point, so that a pair of surrogates is one reference; what XML 1.0 forbids becomes U+FFFD.
  return text.replace(/[^\x20-\x7e]|[<>&"']/gu, (char) => {
    const code = char.codePointAt(0) as number;
    const allowed =
      code >= 0x20 ? code < 0xd800 || (code > 0xdfff && code !== 0xfffe && code !== 0xffff) : '\t\n\r'.includes(char);
    return `&#${allowed ? code : 0xfffd};`;
  });
}
