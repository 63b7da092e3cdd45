import type { Dtype } from '@daqtor/core';
import type { TypeMetadata } from './reading-module.ts';

/** `H5T_class_t` of the HDF5 C API. */
export const CLASS = {
  integer: 0,
  float: 1,
  string: 3,
  bitfield: 4,
  opaque: 5,
  compound: 6,
  reference: 7,
  enumeration: 8,
  vlen: 9,
  array: 10,
} as const;

/** A stored number of 2 bytes, which JavaScript has no array for, widened on reading. */
type Widened = 'float16';

/** The number type in which elements are stored, undefined if they are no plain numbers. Booleans are bytes. */
export function numberType(stored: TypeMetadata): Dtype | Widened | undefined {
  const { type, size, signed, enum_type } = stored;
  if (type === CLASS.float)
    return size === 2 || size === 4 || size === 8 ? `float${(size * 8) as 16 | 32 | 64}` : undefined;
  const isWhole = type === CLASS.integer || (type === CLASS.enumeration && enum_type?.type === CLASS.integer);
  if (!isWhole && type !== CLASS.bitfield) return undefined;
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) return undefined;
  const isUnsigned = type === CLASS.bitfield || !signed || isBoolean(stored);
  return `${isUnsigned ? 'u' : ''}int${(size * 8) as 8 | 16 | 32 | 64}`;
}

/** The two members of a complex number, as numpy's are stored; undefined if the type is no such pair. */
export function complexType({ type, compound_type }: TypeMetadata) {
  const [real, imaginary, more] = compound_type?.members ?? [];
  if (type !== CLASS.compound || !real || !imaginary || more) return undefined;
  const isPair = /^r(e|eal)?$/.test(real.name) && /^i(m|mag)?$/.test(imaginary.name);
  return isPair && real.type === CLASS.float && imaginary.type === CLASS.float ? { real, imaginary } : undefined;
}

/** Whether it is the pair FALSE and TRUE that h5py stores booleans as. */
export function isBoolean({ type, enum_type }: Pick<TypeMetadata, 'type' | 'enum_type'>): boolean {
  const { FALSE, TRUE, ...more } = enum_type?.members ?? {};
  return type === CLASS.enumeration && FALSE === 0 && TRUE === 1 && Object.keys(more).length === 0;
}

/** Whether there are values in JavaScript for elements of this type. */
export function isReadable(type: TypeMetadata): boolean {
  if (type.type === CLASS.string) return true;
  if (type.type === CLASS.vlen) return type.vlen_type !== undefined && numberType(type.vlen_type) !== undefined;
  return numberType(type) !== undefined || complexType(type) !== undefined;
}

/** What people call an element type: numpy's name where it has one. */
export function typeName(type: TypeMetadata): string {
  const bits = type.size * 8;
  switch (type.type) {
    case CLASS.integer:
      return `${type.signed ? '' : 'u'}int${bits}`;
    case CLASS.float:
      return `float${bits}`;
    case CLASS.string:
      return 'string';
    case CLASS.bitfield:
      return bits === 8 ? 'bool' : `bitfield${bits}`; // PyTables stores booleans so.
    case CLASS.opaque:
      return `opaque${bits}`;
    case CLASS.compound:
      if (complexType(type)) return `complex${bits}`;
      return `{${type.compound_type?.members.map((member) => `${member.name}: ${typeName(member)}`).join(', ')}}`;
    case CLASS.reference:
      return 'reference';
    case CLASS.enumeration:
      return isBoolean(type) ? 'bool' : `enum ${type.signed ? '' : 'u'}int${bits}`;
    case CLASS.vlen:
      return `vlen<${type.vlen_type ? typeName(type.vlen_type) : '?'}>`;
    case CLASS.array:
      return type.array_type ? `${typeName(type.array_type)}[${type.array_type.shape.join(', ')}]` : 'array';
    default:
      return `HDF5 class ${type.type}`;
  }
}
