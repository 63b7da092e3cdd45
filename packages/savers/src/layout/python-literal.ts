/** A value as PyMoDAQ's attributes hold it. Python's `None` is null; bytes and dates are their text. */
export type PythonValue = string | number | boolean | null | readonly PythonValue[];

/** A Python float literal: always with a point, an exponent or `float(...)`, so that it reads as a float. */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return `float("${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}")`;
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A Python tuple of ints: one element keeps its comma. */
export function pythonTuple(values: readonly number[]): string {
  return values.length === 1 ? `(${values[0]},)` : `(${values.join(', ')})`;
}

/** A value as Python's `repr()` writes it; a sequence is a tuple. */
export function pythonLiteral(value: PythonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : pythonFloat(value);
  return `(${value.map(pythonLiteral).join(', ')}${value.length === 1 ? ',' : ''})`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};
const TOKEN =
  /\s*(?:([([{})\],])|(b?)('(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*")|(?:np\.)?float(?:64)?\((?:"([^"]*)"|'([^']*)'|([^)]*))\)|([-+]?[\w.+-]+))/y;

/**
 * Reads a Python literal as `repr()` writes it: text, bytes, numbers, True, False, None, tuples and lists.
 *
 * @returns undefined for anything else
 */
export function parsePython(text: string): PythonValue | undefined {
  let at = 0;
  const next = () => {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match) at = TOKEN.lastIndex;
    return match;
  };
  const value = (match: RegExpExecArray | null): PythonValue | undefined => {
    if (!match) return undefined;
    const [, bracket, , quoted, double, single, bare, word] = match;
    if (quoted !== undefined) return unquote(quoted.slice(1, -1));
    const special = double ?? single ?? bare;
    if (special !== undefined) return asNumber(special);
    if (bracket === '(' || bracket === '[') return sequence(bracket === '(' ? ')' : ']');
    if (bracket !== undefined || word === undefined) return undefined;
    if (word === 'True' || word === 'False') return word === 'True';
    return word === 'None' ? null : asNumber(word);
  };
  const sequence = (end: string): PythonValue | undefined => {
    const items: PythonValue[] = [];
    for (let match = next(); match?.[1] !== end; match = next()) {
      const item = value(match);
      if (item === undefined) return undefined;
      items.push(item);
      const after = next();
      if (after?.[1] === end) return items;
      if (after?.[1] !== ',') return undefined;
    }
    return items;
  };
  const result = value(next());
  return text.slice(at).trim() === '' ? result : undefined;
}

function asNumber(text: string): number | undefined {
  const known: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };
  const value = known[text] ?? (text === '' ? Number.NaN : Number(text));
  return Number.isNaN(value) && text !== 'nan' ? undefined : value;
}

function unquote(text: string): string {
  return text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g,
    (_, byte?: string, short?: string, long?: string, other = '') => {
      const code = byte ?? short ?? long;
      return code === undefined ? (ESCAPES[other] ?? other) : String.fromCodePoint(Number.parseInt(code, 16));
    },
  );
}
