import { type H5Module, H5T, type RawMetadata } from './h5-module.ts';
import { check, checked } from './h5-status.ts';
import type { Hid } from './hdf5-functions.ts';

/** As h5py cuts PyMoDAQ's arrays of texts into chunks, in rows. */
const ROWS = 1024n;
const UNLIMITED = 2n ** 64n - 1n;
/** Where HDF5 keeps the identifiers of C's types: `unsigned char` lies four before `unsigned int`. */
const HID_BYTES = 8;
const BYTE_BEFORE_UINT = 4;
/** What an identifier is of stands in its highest byte: `H5I_DATATYPE`. */
const KIND_SHIFT = 56n;
const A_TYPE = 3n;
/** The type of 4 bytes lies within so many behind. */
const FLOAT_WITHIN = 16;
const FLOAT: Omit<RawMetadata, 'shape' | 'maxshape'> = {
  type: H5T.float,
  size: 4,
  signed: false,
  littleEndian: true,
  vlen: false,
  chunks: [ROWS],
};

/**
 * Makes an array of rows of bytes, `H5T_VLEN { H5T_STD_U8LE }`: a type that h5wasm has no word for. It copies HDF5's
 * `float` for an array of floats; in whose place this type stands meanwhile.
 *
 * @throws Error for what HDF5 complains about, or if this build of h5wasm keeps its types in another way
 */
export function createByteRows(h5: H5Module, file: Hid, path: string): void {
  const { byte, float } = typesOf(h5);
  const rows = checked(h5.hdf5.H5Tvlen_create(byte));
  const slot = new DataView(h5.HEAPU8.buffer).getBigInt64(float, true);
  new DataView(h5.HEAPU8.buffer).setBigInt64(float, rows, true);
  try {
    check(h5.create_dataset(file, path, 0n, { ...FLOAT, shape: [0n], maxshape: [UNLIMITED] }));
  } finally {
    new DataView(h5.HEAPU8.buffer).setBigInt64(float, slot, true);
    h5.hdf5.H5Tclose(rows);
  }
}

/** The identifier of HDF5's `unsigned char`, and where that of its `float` is in memory. */
function typesOf({ HEAPU8, hdf5, _H5T_NATIVE_UINT_g: uint }: H5Module): { byte: Hid; float: number } {
  const view = new DataView(HEAPU8.buffer);
  const is = (type: Hid, kind: number, size: number) =>
    type >> KIND_SHIFT === A_TYPE && hdf5.H5Tget_class(type) === kind && hdf5.H5Tget_size(type) === size;
  const byte = view.getBigInt64(uint - BYTE_BEFORE_UINT * HID_BYTES, true);
  if (!is(byte, H5T.integer, 1)) throw unknownBuild();
  for (let i = 1; i < FLOAT_WITHIN; i++) {
    const float = uint + i * HID_BYTES;
    if (is(view.getBigInt64(float, true), H5T.float, 4)) return { byte, float };
  }
  throw unknownBuild();
}

function unknownBuild(): Error {
  return new Error('this h5wasm keeps the types of numbers elsewhere: use the release that is pinned');
}
