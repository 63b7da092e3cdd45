import { withExports } from './wasm-exports.ts';
import { type FunctionTable, webAssembly } from './web-assembly.ts';

/** An identifier that HDF5 gives for something open; negative if there was a failure. */
export type Hid = bigint;
/** An address in the module's memory. */
type Pointer = number;
/** Negative after a failure. */
type Status = number;

/**
 * Functions of HDF5's C API that h5wasm has inside and does not give away, by their names there. Its own functions open
 * and close what they work on at each call, which takes longer than what they do. The parameters are those that h5wasm's
 * optimizer has left: lists of properties are mostly missing.
 */
export interface Hdf5Functions {
  H5Oopen(where: Hid, name: Pointer): Hid;
  H5Oclose(object: Hid): Status;
  H5Acreate2(object: Hid, name: Pointer, type: Hid, space: Hid, creation: Hid, access: Hid): Hid;
  H5Aopen(object: Hid, name: Pointer): Hid;
  H5Aexists(object: Hid, name: Pointer): Status;
  H5Adelete(object: Hid, name: Pointer): Status;
  H5Aget_type(attribute: Hid): Hid;
  H5Awrite(attribute: Hid, type: Hid, values: Pointer): Status;
  H5Aclose(attribute: Hid): Status;
  H5Tclose(type: Hid): Status;
  H5Tvlen_create(type: Hid): Hid;
  H5Screate_simple(rank: number, lengths: Pointer, largest: Pointer): Hid;
  H5Sselect_hyperslab(space: Hid, how: number, start: Pointer, stride: Pointer, count: Pointer, block: Pointer): Status;
  H5Sclose(space: Hid): Status;
  H5Dopen2(where: Hid, name: Pointer): Hid;
  H5Dget_type(array: Hid): Hid;
  H5Dget_space(array: Hid): Hid;
  H5Dwrite(array: Hid, type: Hid, memory: Hid, file: Hid, values: Pointer): Status;
  H5Dclose(array: Hid): Status;
}

const TYPES: Readonly<Record<keyof Hdf5Functions, string>> = {
  H5Oopen: 'IiI',
  H5Oclose: 'Ii',
  H5Acreate2: 'IiIIIII',
  H5Aopen: 'IiI',
  H5Aexists: 'Iii',
  H5Adelete: 'Iii',
  H5Aget_type: 'II',
  H5Awrite: 'IIii',
  H5Aclose: 'Ii',
  H5Tclose: 'Ii',
  H5Tvlen_create: 'II',
  H5Screate_simple: 'iiiI',
  H5Sselect_hyperslab: 'Iiiiiii',
  H5Sclose: 'Ii',
  H5Dopen2: 'IiI',
  H5Dget_type: 'II',
  H5Dget_space: 'II',
  H5Dwrite: 'IIIIii',
  H5Dclose: 'Ii',
};

/** The same that h5wasm does give away. */
interface GivenFunctions {
  H5Tget_class(type: Hid): number;
  H5Tget_size(type: Hid): number;
}

/** h5wasm's module, and all that its instance exports. */
export interface CaughtModule {
  readonly module: object;
  readonly exports: Hdf5Functions & GivenFunctions & { readonly __indirect_function_table: FunctionTable };
}

/**
 * Loads h5wasm with these functions among its exports, which it keeps to itself: they are caught as they are made.
 *
 * @param load - imports a build of it, which nobody may have done before
 * @throws Error if this is another release than the one that is pinned
 */
export async function catchModule(load: () => Promise<{ readonly ready: Promise<object> }>): Promise<CaughtModule> {
  const { instantiate } = webAssembly;
  let caught: CaughtModule['exports'] | undefined;
  let problem: unknown = 'it was made before';
  webAssembly.instantiate = async (wasm, imports) => {
    // Loaders of modules make instances too.
    let bytes: Uint8Array | undefined;
    try {
      bytes = withExports(new Uint8Array(wasm as ArrayBuffer), TYPES);
    } catch (error) {
      problem = error;
    }
    const result = await instantiate(bytes ?? wasm, imports);
    const { exports } = 'instance' in result ? result.instance : result;
    if (bytes) caught = exports as unknown as CaughtModule['exports'];
    return result;
  };
  try {
    const { ready } = await load();
    const module = await ready;
    if (!caught) throw new Error('this h5wasm is not the release that is pinned: use that one', { cause: problem });
    return { module, exports: caught };
  } finally {
    webAssembly.instantiate = instantiate;
  }
}
