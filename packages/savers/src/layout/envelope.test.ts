import { expect, test } from 'vitest';
import { asBool, asBytes, asFloat, asInt, asNone, asStr, asTitle, asTuple, openEnvelope } from './envelope.ts';

test('values are stored as literals that Python evaluates', () => {
  expect(asStr('mm')).toBe('{"module":"builtins","type":"str","data":"\\"mm\\""}');
  expect(JSON.parse(asInt(3))).toEqual({ module: 'builtins', type: 'int', data: '3' });
  expect(JSON.parse(asFloat(3)).data).toBe('3.0');
  expect(JSON.parse(asFloat(1e21)).data).toBe('1e+21');
  expect(JSON.parse(asFloat(NaN)).data).toBe('float("nan")');
  expect(JSON.parse(asFloat(-Infinity)).data).toBe('float("-inf")');
  expect(JSON.parse(asBool(true)).data).toBe('True');
  expect(JSON.parse(asNone())).toMatchObject({ type: 'NoneType', data: 'None' });
  expect(JSON.parse(asBytes('<a b="c"/>')).data).toBe('b"<a b=\\"c\\"/>"');
});

test('a tuple of one keeps its comma', () => {
  expect([[], [3], [0, 1]].map((values) => JSON.parse(asTuple(values)).data)).toEqual(['()', '(3,)', '(0, 1)']);
});

test.each([
  ['text', asStr('é "q" \\ \' \n 😀'), 'é "q" \\ \' \n 😀'],
  ['an int', asInt(-7), -7],
  ['a float', asFloat(0.1), 0.1],
  ['not a number', asFloat(NaN), NaN],
  ['infinity', asFloat(-Infinity), -Infinity],
  ['a bool', asBool(false), false],
  ['a tuple', asTuple([0, 1]), [0, 1]],
  ['a tuple of one', asTuple([3]), [3]],
  ['an empty tuple', asTuple([]), []],
  ['nothing', asNone(), null],
])('%s comes back as it was', (_, stored, value) => {
  expect(openEnvelope(stored)).toEqual(value);
});

test.each([
  [`'it"s \\x41\\u00e9\\U0001f600\\n'`, 'it"s Aé😀\n'],
  [`b'<a>\\'</a>'`, "<a>'</a>"],
  ['np.float64(0.5)', 0.5],
  [`[1, 'a', (2.5, None)]`, [1, 'a', [2.5, null]]],
  ['datetime.date(2024, 10, 20)', 'datetime.date(2024, 10, 20)'],
  ['(1, 2', '(1, 2'],
])("Python's own %s is read", (data, value) => {
  expect(openEnvelope(JSON.stringify({ module: 'x', type: 'y', data }))).toEqual(value);
});

test('text without an envelope is itself', () => {
  for (const text of ['', 'Wavelength', '{not json', '{"a": 1}', '12']) expect(openEnvelope(text)).toBe(text);
});

test('a title goes into an envelope only if it would be taken for JSON', () => {
  expect(['Power', 'Y é', ''].map(asTitle)).toEqual(['Power', 'Y é', '']);
  expect(['12', 'true', 'null', '[1]'].map(asTitle)).toEqual(['12', 'true', 'null', '[1]'].map(asStr));
  const pythons = ['NaN', 'Infinity', ' -Infinity\n'];
  expect(pythons.map(asTitle)).toEqual(pythons.map(asStr));
});
