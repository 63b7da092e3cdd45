import type { DeflateFilter } from './deflate-filter.ts';
import { type FillSlot, findFillSlot } from './fill-value.ts';
import type { CaughtModule } from './hdf5-functions.ts';

/** A file that the module has open. */
export interface RawStream {
  /** The module's own descriptor. */
  readonly fd: number;
  /** The descriptor that Node gave. */
  readonly nfd: number;
}

/** The functions of the module's file system that can be put in between. */
export interface RawFs {
  open(path: string, flags: number, mode?: number): RawStream;
  close(stream: RawStream): void;
  read(stream: RawStream, buffer: Uint8Array, offset: number, length: number, position?: number): number;
  write(stream: RawStream, buffer: Uint8Array, offset: number, length: number, position?: number): number;
  ftruncate(fd: number, length: number): void;
}

/** An element type as the module's C++ reads it. */
export interface RawType {
  readonly type: number;
  readonly size: number;
  readonly signed: boolean;
  readonly littleEndian: true;
  readonly vlen: boolean;
  readonly cset?: number;
  readonly compound_type?: {
    readonly nmembers: number;
    readonly members: readonly (RawType & { readonly name: string; readonly offset: number })[];
  };
}

export interface RawMetadata extends RawType {
  readonly shape: readonly bigint[];
  readonly maxshape: readonly bigint[];
  readonly chunks?: readonly bigint[] | null;
  /** Number of an HDF5 filter, and what it is given. */
  readonly compression?: number;
  readonly compression_opts?: readonly number[];
}

/**
 * What we write with: h5wasm's C++ module. Its classes guess types, and cost more than the calls below
 * (h5wasm 0.10.3, src/hdf5_util.cc). Functions return a negative number when they notice a failure, which is not always:
 * ask `diagnostics` as well.
 */
export interface H5Module {
  readonly hdf5: CaughtModule['exports'];
  /** Where HDF5 keeps the identifier of C's `unsigned int`. */
  readonly _H5T_NATIVE_UINT_g: number;
  readonly FS: RawFs;
  readonly HEAPU8: Uint8Array;
  readonly H5F_ACC_RDWR: number;
  readonly H5F_LIBVER_EARLIEST: number;
  readonly H5F_LIBVER_V18: number;
  readonly H5F_LIBVER_V110: number;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  open(path: string, mode: number, trackOrder: boolean, libverLow: number, libverHigh: number): bigint;
  close_file(file: bigint): number;
  flush(file: bigint): number;
  H5Fstart_swmr_write(file: bigint): number;
  get_names(file: bigint, path: string, recursive: boolean): readonly string[];
  create_group(file: bigint, path: string, trackOrder: boolean): number;
  create_dataset(file: bigint, path: string, data: bigint, metadata: RawMetadata): number;
  resize_dataset(file: bigint, path: string, shape: readonly bigint[]): number;
  set_dataset_data(
    file: bigint,
    path: string,
    count: readonly bigint[],
    offset: readonly bigint[],
    strides: readonly bigint[],
    data: bigint,
  ): number;
  get_dataset_metadata(file: bigint, path: string): { readonly shape: readonly number[] | null };
  get_attribute_names(file: bigint, path: string): readonly string[];
  create_attribute(file: bigint, path: string, name: string, data: bigint, metadata: RawMetadata): number;
  create_vlen_str_attribute(
    file: bigint,
    path: string,
    name: string,
    text: readonly string[],
    metadata: RawMetadata,
  ): number;
}

/** `H5T_class_t` of the HDF5 C API. */
export const H5T = { integer: 0, float: 1, string: 3, compound: 6, enumeration: 8, vlen: 9 } as const;

let diagnosticsText = '';
let slot: FillSlot | undefined;
let deflate: DeflateFilter | undefined;

/**
 * Takes a module that was just loaded into use, one in each thread: from now on what HDF5 writes to stderr is kept.
 *
 * @param isStderr - tells that stream from the others
 */
export function adoptModule({ module, exports }: CaughtModule, isStderr: (stream: RawStream) => boolean): H5Module {
  if (slot) throw new Error('another h5wasm is in use in this thread');
  const h5: H5Module = Object.assign(module as Omit<H5Module, 'hdf5'>, { hdf5: exports });
  slot = findFillSlot(h5);
  const write = h5.FS.write;
  const utf8 = new TextDecoder();
  // h5wasm's throwing error handler would leak until the runtime aborts; the default one prints, and that we can read.
  h5.FS.write = (stream, buffer, offset, length, position) => {
    if (!isStderr(stream)) return write.call(h5.FS, stream, buffer, offset, length, position);
    diagnosticsText += utf8.decode(new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length));
    return length;
  };
  return h5;
}

/** From now on chunks are compressed so. */
export function useDeflate(filter: DeflateFilter): void {
  deflate = filter;
}

/** The compression of chunks. */
export function deflateFilter(): DeflateFilter {
  if (!deflate) throw new Error('h5wasm is not loaded');
  return deflate;
}

/** The fill value that new arrays get. */
export function fillSlot(): FillSlot {
  if (!slot) throw new Error('h5wasm is not loaded');
  return slot;
}

/** What HDF5 complained about since the last call, '' if nothing. */
export function diagnostics(): string {
  const text = diagnosticsText;
  diagnosticsText = '';
  return text.includes('HDF5-DIAG') ? text : '';
}
