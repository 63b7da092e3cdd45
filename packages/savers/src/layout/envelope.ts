import { type PythonValue, parsePython, pythonFloat, pythonLiteral, pythonTuple } from './python-literal.ts';

/**
 * Attributes as PyMoDAQ stores them: JSON text of a Python type's name and a literal that Python evaluates
 * (pymodaq_data 5.0.5, h5modules/backends.py, `GroupType` and attributes). Only the types below come back as values.
 */
function envelope(type: string, data: string, module = 'builtins'): string {
  return JSON.stringify({ module, type, data });
}

export const asInt = (value: number): string => envelope('int', String(value));
export const asFloat = (value: number): string => envelope('float', pythonFloat(value));
export const asBool = (value: boolean): string => envelope('bool', value ? 'True' : 'False');
export const asTuple = (values: readonly number[]): string => envelope('tuple', pythonTuple(values));
/** JSON's string literals are Python's as well, quotes, escapes and all. */
export const asStr = (value: string): string => envelope('str', JSON.stringify(value));
/** @param ascii - text of ASCII characters only */
export const asBytes = (ascii: string): string => envelope('bytes', `b${JSON.stringify(ascii)}`);
export const asNone = (): string => envelope('NoneType', 'None');

/** Any value, of the Python type that it is closest to; a whole number is an int. */
export function asValue(value: PythonValue): string {
  if (value === null) return asNone();
  if (typeof value === 'string') return asStr(value);
  if (typeof value === 'boolean') return asBool(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? asInt(value) : asFloat(value);
  return envelope('tuple', pythonLiteral(value));
}

/** How a text begins that may be JSON. */
const JSON_BEGINS = /^\s*["[{\-\dtfn]/;
/** What Python's `json` reads beside it. */
const PYTHON_ONLY = /^\s*(NaN|-?Infinity)\s*$/;

/**
 * A title, which is stored as it is. One that is JSON by accident, such as `12` or `true`, would come back as that value
 * and goes into an envelope.
 */
export function asTitle(title: string): string {
  if (PYTHON_ONLY.test(title)) return asStr(title);
  if (!JSON_BEGINS.test(title)) return title; // An error thrown and caught for each would take longer than the rest.
  try {
    JSON.parse(title);
    return asStr(title);
  } catch {
    return title; // Not JSON: nobody can mistake it.
  }
}

/** What an attribute's text says: the value in its envelope, or the text itself where there is none that can be read. */
export function openEnvelope(text: string): PythonValue {
  if (!text.startsWith('{')) return text;
  try {
    const { data } = JSON.parse(text) as { data?: unknown };
    if (typeof data !== 'string') return text;
    const value = parsePython(data);
    return value === undefined ? data : value;
  } catch {
    return text; // A text that only looks like an envelope.
  }
}
