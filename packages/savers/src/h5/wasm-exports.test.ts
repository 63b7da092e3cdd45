import { expect, test } from 'vitest';
import { withExports } from './wasm-exports.ts';
import { webAssembly } from './web-assembly.ts';

const ascii = (text: string) => [...new TextEncoder().encode(text)];
const section = (id: number, ...content: number[]) => [id, content.length, ...content];
const code = (...instructions: number[]) => [instructions.length + 2, 0, ...instructions, 0x0b];
/** i64 to i64. */
const TYPE = [0x60, 1, 0x7e, 1, 0x7e];
const TEXT_AT = 1024;
/** Drops the constant that is the address of a text. */
const refersTo = (address: number) => [0x41, (address % 128) + 128, address >> 7, 0x1a];
const ADD_1 = [0x20, 0, 0x42, 1, 0x7c];
const DOUBLE = [0x20, 0, 0x42, 2, 0x7e];

/** A module that exports `add`, and has a function that reports errors as `H5Double` and one as `H5Other`. */
const MODULE = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, 1, ...TYPE),
  ...section(2, 1, 1, ...ascii('e'), 1, ...ascii('f'), 0, 0),
  ...section(3, 3, 0, 0, 0),
  ...section(5, 1, 0, 1),
  ...section(7, 1, 3, ...ascii('add'), 0, 1),
  ...section(
    10,
    3,
    ...code(...ADD_1),
    ...code(...refersTo(TEXT_AT + 3), ...DOUBLE),
    ...code(...refersTo(TEXT_AT + 12), ...ADD_1),
  ),
  ...section(11, 1, 0, 0x41, 0x80, 0x08, 0x0b, 20, ...ascii('notH5Double\0H5Other\0')),
]);

const instance = (wasm: Uint8Array) =>
  new webAssembly.Instance(new webAssembly.Module(wasm), { e: { f: (x: bigint) => x } }).exports as Record<
    string,
    (x: bigint) => bigint
  >;

test('a function is exported under the name that it reports errors under, beside what was exported before', () => {
  const { add, H5Double, H5Other } = instance(withExports(MODULE, { H5Double: 'II', H5Other: 'II' }));
  expect([add?.(20n), H5Double?.(21n), H5Other?.(1n)]).toEqual([21n, 42n, 2n]);
});

test('a name that no function of the expected type has is refused', () => {
  expect(() => withExports(MODULE, { H5Double: 'Ii' })).toThrow('not one function H5Double of type Ii');
  expect(() => withExports(MODULE, { H5Nothing: 'II' })).toThrow('not one function H5Nothing');
  expect(() => withExports(MODULE.subarray(0, 8), {})).toThrow('section');
});
