import type { NumericArray } from '@daqtor/core';
import type { RawValues } from './h5-operation.ts';
import type { TypeMetadata } from './reading-module.ts';
import { CLASS, complexType, numberType, typeName } from './stored-type.ts';

const UTF8 = new TextDecoder();

/**
 * Values out of the module's memory, of a type that `isReadable`.
 *
 * @param heap - the module's memory
 * @param pointer - where `count` elements of this type begin
 */
export function decode(heap: Uint8Array, type: TypeMetadata, pointer: number, count: number): RawValues {
  const bytes = heap.slice(pointer, pointer + count * type.size);
  if (type.type === CLASS.string) return { kind: 'texts', data: texts(heap, bytes, type, count) };
  if (type.type === CLASS.vlen && type.vlen_type) return { kind: 'rows', data: rows(heap, bytes, type.vlen_type) };
  const complex = complexType(type);
  if (complex) {
    const part = ({ offset, size }: { offset: number; size: number }) => strided(bytes, offset, size, type.size, count);
    return { kind: 'complex', real: part(complex.real), imaginary: part(complex.imaginary) };
  }
  return { kind: 'numbers', data: numbers(bytes, type) };
}

function numbers(bytes: Uint8Array<ArrayBuffer>, type: TypeMetadata): NumericArray {
  const { buffer } = bytes;
  switch (numberType(type)) {
    case 'int8':
      return new Int8Array(buffer);
    case 'uint8':
      return bytes;
    case 'int16':
      return new Int16Array(buffer);
    case 'uint16':
      return new Uint16Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'uint32':
      return new Uint32Array(buffer);
    case 'int64':
      return new BigInt64Array(buffer);
    case 'uint64':
      return new BigUint64Array(buffer);
    case 'float16':
      return Float32Array.from(new Uint16Array(buffer), halfToNumber);
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return new Float64Array(buffer);
    default:
      throw new Error(`no numbers: ${typeName(type)}`);
  }
}

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 bits of fraction. */
function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** One member of each compound, as float64. */
function strided(
  bytes: Uint8Array<ArrayBuffer>,
  offset: number,
  size: number,
  step: number,
  count: number,
): Float64Array {
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: count }, (_, i) => {
    const at = i * step + offset;
    return size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true);
  });
}

/** Always as UTF-8: PyTables marks titles as ASCII whose bytes are UTF-8. */
function texts(
  heap: Uint8Array,
  bytes: Uint8Array<ArrayBuffer>,
  { vlen, size }: TypeMetadata,
  count: number,
): string[] {
  if (!vlen) return Array.from({ length: count }, (_, i) => untilNull(bytes, i * size, (i + 1) * size));
  return Array.from(new Uint32Array(bytes.buffer), (at) => (at === 0 ? '' : untilNull(heap, at, heap.length)));
}

function untilNull(bytes: Uint8Array, from: number, to: number): string {
  const end = bytes.indexOf(0, from);
  return UTF8.decode(bytes.slice(from, end >= from && end < to ? end : to));
}

/** Each row is a `hvl_t`: length and pointer, 4 bytes each in wasm32. */
function rows(heap: Uint8Array, bytes: Uint8Array<ArrayBuffer>, type: TypeMetadata): NumericArray[] {
  const heads = new Uint32Array(bytes.buffer);
  return Array.from({ length: heads.length / 2 }, (_, i) => {
    const [length = 0, at = 0] = [heads[2 * i], heads[2 * i + 1]];
    return numbers(heap.slice(at, at + length * type.size), type);
  });
}
