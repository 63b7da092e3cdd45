import type { H5Module } from './h5-module.ts';

/** An element type as the module describes it (h5wasm 0.10.3, `get_dtype_metadata`). */
export interface TypeMetadata {
  /** `H5T_class_t` of the HDF5 C API. */
  readonly type: number;
  /** Bytes of one element; of a vlen its head. */
  readonly size: number;
  readonly signed: boolean;
  /** Whether it is text of variable length. */
  readonly vlen: boolean;
  readonly compound_type?: { readonly members: readonly MemberMetadata[] };
  readonly enum_type?: { readonly type: number; readonly members: Readonly<Record<string, number>> };
  readonly vlen_type?: TypeMetadata;
  readonly array_type?: TypeMetadata & { readonly shape: readonly number[] };
}

export interface MemberMetadata extends TypeMetadata {
  readonly name: string;
  readonly offset: number;
}

/** What the module says about an array or an attribute. */
export interface StoredMetadata extends TypeMetadata {
  /** null where there is no place for a value (a NULL dataspace). */
  readonly shape: readonly number[] | null;
  /** Number of elements. */
  readonly total_size: number;
  /** null where the values lie in one piece. */
  readonly chunks: readonly number[] | null;
}

/** The functions of h5wasm's C++ module that read. Each may throw where a name is unknown, and says more on stderr. */
export interface ReadingModule extends Omit<H5Module, 'get_dataset_metadata'> {
  readonly H5F_ACC_RDONLY: number;
  readonly H5F_ACC_SWMR_READ: number;
  readonly H5G_GROUP: number;
  readonly H5G_DATASET: number;
  get_type(file: bigint, path: string): number;
  /** Where a soft link points; null for anything else. */
  get_symbolic_link(file: bigint, path: string): string | null;
  get_external_link(file: bigint, path: string): { readonly filename?: string; readonly obj_path?: string };
  /** Eight bytes that tell objects apart: their addresses. */
  create_object_reference(file: bigint, path: string): Uint8Array;
  get_dataset_metadata(file: bigint, path: string): StoredMetadata;
  get_attribute_metadata(file: bigint, path: string, name: string): StoredMetadata;
  get_dataset_data(file: bigint, path: string, count: null, offset: null, strides: null, pointer: bigint): number;
  get_attribute_data(file: bigint, path: string, name: string, pointer: bigint): number;
  /** Frees what HDF5 has allocated for values of variable length; `name` is '' for an array. */
  reclaim_vlen_memory(file: bigint, path: string, name: string, pointer: bigint): number;
}
