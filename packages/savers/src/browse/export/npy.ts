import { interleave, type NumericArray } from '@daqtor/core';
import type { RawValues } from '../../h5/h5-operation.ts';

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  Int8Array: '|i1',
  Uint8Array: '|u1',
  Int16Array: '<i2',
  Uint16Array: '<u2',
  Int32Array: '<i4',
  Uint32Array: '<u4',
  BigInt64Array: '<i8',
  BigUint64Array: '<u8',
  Float32Array: '<f4',
  Float64Array: '<f8',
};
const ALIGNMENT = 64;

/**
 * An array as numpy's load reads it (NEP 1, format 1.0): magic, length of the header, a Python dictionary padded with
 * spaces, then the values, row-major and little endian.
 *
 * @param dtype - what the array was stored as; booleans are told from bytes by it
 * @returns the file in pieces; undefined for values that are no numbers
 */
export function npyPieces(values: RawValues, shape: readonly number[], dtype: string): Uint8Array[] | undefined {
  if (values.kind === 'complex') {
    const pairs = interleave(values.real, values.imaginary);
    return dtype === 'complex64'
      ? [header('<c8', shape), bytesOf(Float32Array.from(pairs))]
      : [header('<c16', shape), bytesOf(pairs)];
  }
  if (values.kind !== 'numbers') return undefined;
  const { data } = values;
  return [header(dtype === 'bool' ? '|b1' : (DESCRIPTIONS[data.constructor.name] ?? '<f8'), shape), bytesOf(data)];
}

function header(description: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${description}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = Buffer.alloc(length, ' ');
  bytes.write('\x93NUMPY\x01\x00', 'latin1');
  bytes.writeUInt16LE(length - 10, 8);
  bytes.write(text, 10, 'latin1');
  bytes.write('\n', length - 1, 'latin1');
  return bytes;
}

function bytesOf(data: NumericArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
