import { H5T, type RawType } from './h5-module.ts';
import { ARRAYS, type ElementType } from './h5-operation.ts';

const number = (type: number, size: number, signed: boolean): RawType => ({
  type,
  size,
  signed,
  littleEndian: true,
  vlen: false,
});
/** As numpy's complex numbers are stored: a pair named `r` and `i`. */
const complex = (part: RawType): RawType => ({
  ...part,
  type: H5T.compound,
  size: 2 * part.size,
  compound_type: {
    nmembers: 2,
    members: [
      { ...part, name: 'r', offset: 0 },
      { ...part, name: 'i', offset: part.size },
    ],
  },
});

/** How each element type is told to the module. */
export const RAW_TYPES: Readonly<Record<ElementType, RawType>> = {
  int8: number(H5T.integer, 1, true),
  uint8: number(H5T.integer, 1, false),
  int16: number(H5T.integer, 2, true),
  uint16: number(H5T.integer, 2, false),
  int32: number(H5T.integer, 4, true),
  uint32: number(H5T.integer, 4, false),
  int64: number(H5T.integer, 8, true),
  uint64: number(H5T.integer, 8, false),
  float32: number(H5T.float, 4, false),
  float64: number(H5T.float, 8, false),
  complex64: complex(number(H5T.float, 4, false)),
  complex128: complex(number(H5T.float, 8, false)),
};

/** Bytes of that many elements, all of one value. */
export function filled(dtype: ElementType, count: number, value: number): Uint8Array {
  const values = ARRAYS[dtype];
  const array = new values((count * RAW_TYPES[dtype].size) / values.BYTES_PER_ELEMENT);
  if (array instanceof BigInt64Array || array instanceof BigUint64Array) array.fill(BigInt(value));
  else array.fill(value);
  return new Uint8Array(array.buffer);
}

/** What an element is until it is written: NaN where there is one, else 0. */
export function fillOf(dtype: ElementType, given: number | undefined): number {
  return given ?? (RAW_TYPES[dtype].type === H5T.integer ? 0 : Number.NaN);
}
