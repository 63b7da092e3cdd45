import { diagnostics, fillSlot, type H5Module, H5T, type RawMetadata, type RawType } from './h5-module.ts';
import type { Attributes, AttributeValue, ElementType, PackedOperation, Slice } from './h5-operation.ts';

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
const TYPES: Readonly<Record<ElementType, RawType>> = {
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
/** `H5Z_FILTER_DEFLATE` and `H5S_UNLIMITED` of the HDF5 C API. */
const DEFLATE = 1;
const UNLIMITED = 2n ** 64n - 1n;
const ARRAYS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
  complex64: Float32Array,
  complex128: Float64Array,
} as const;
const TEXT: RawType = { type: H5T.string, size: 4, signed: false, littleEndian: true, vlen: true, cset: 1 };
const SCALAR = { shape: [], maxshape: [] } as const;

/** Carries operations out on an open file, by the module's own functions. Every failure is thrown as an Error. */
export class OperationRunner {
  readonly #h5: H5Module;
  readonly #file: bigint;
  /** A block of the module's heap that all data go through; it grows to the largest. */
  #block = 0;
  #blockBytes = 0;

  constructor(h5: H5Module, file: bigint) {
    this.#h5 = h5;
    this.#file = file;
  }

  /** @param blocks - hold the arrays of the operation */
  run(operation: PackedOperation, blocks: readonly ArrayBuffer[]): void {
    const h5 = this.#h5;
    const { path } = operation;
    switch (operation.op) {
      case 'group':
        check(h5.create_group(this.#file, path, false));
        this.#setAttributes(path, operation.attributes);
        break;
      case 'array':
        this.#createArray(operation, blocks);
        this.#setAttributes(path, operation.attributes);
        break;
      case 'attribute':
        if (h5.get_attribute_names(this.#file, path).includes(operation.name)) {
          check(h5.delete_attribute(this.#file, path, operation.name));
        }
        this.#setAttribute(path, operation.name, operation.value);
        break;
      case 'write':
        this.#write(path, operation.offset, operation.count, this.#load(operation.data, blocks));
        break;
      case 'append':
        this.#append(path, operation.count, this.#load(operation.data, blocks));
        break;
      case 'append-bytes':
        this.#appendBytes(path, operation.rows, blocks);
        break;
    }
  }

  /** Gives the memory back. */
  release(): void {
    this.#h5._free(this.#block);
    this.#block = this.#blockBytes = 0;
  }

  #createArray(operation: PackedOperation & { readonly op: 'array' }, blocks: readonly ArrayBuffer[]): void {
    const { path, dtype, shape, chunks, data, enlargeable, gzip } = operation;
    const type = TYPES[dtype];
    const size = shape.reduce((bytes, length) => bytes * length, type.size);
    const [rows = 1n, ...rest] = shape.map(BigInt);
    const full: RawMetadata = {
      ...type,
      shape: shape.map(BigInt),
      maxshape: enlargeable ? [UNLIMITED, ...rest] : shape.map(BigInt),
      chunks: chunks?.map(BigInt) ?? null,
      ...(gzip !== undefined && { compression: DEFLATE, compression_opts: [gzip] }),
    };
    const fill = operation.fill ?? (type.type === H5T.integer ? 0 : Number.NaN);
    if (data) {
      this.#create(path, full, this.#load(data, blocks));
    } else if (!chunks) {
      this.#create(path, full, this.#loadFill(dtype, size, fill));
    } else {
      // h5wasm writes an array when it makes it: made empty, then resized, it costs nothing.
      fillSlot().during(filled(dtype, type.size, fill), () => {
        this.#create(path, { ...full, shape: [0n, ...rest] }, 0);
      });
      if (rows > 0n) check(this.#h5.resize_dataset(this.#file, path, full.shape));
    }
  }

  #append(path: string, count: readonly number[], pointer: number): void {
    const [length = 0, ...rest] = this.#h5.get_dataset_metadata(this.#file, path).shape ?? [];
    const [rows = 0] = count;
    check(this.#h5.resize_dataset(this.#file, path, [length + rows, ...rest].map(BigInt)));
    this.#write(path, [length, ...rest.map(() => 0)], count, pointer);
  }

  #create(path: string, metadata: RawMetadata, pointer: number): void {
    check(this.#h5.create_dataset(this.#file, path, BigInt(pointer), metadata));
  }

  #write(path: string, offset: readonly number[], count: readonly number[], pointer: number): void {
    const ones = count.map(() => 1n);
    const status = this.#h5.set_dataset_data(
      this.#file,
      path,
      count.map(BigInt),
      offset.map(BigInt),
      ones,
      BigInt(pointer),
    );
    check(status);
  }

  /** Each row of a vlen array is a `hvl_t` in memory: length and pointer, 4 bytes each in wasm32. */
  #appendBytes(path: string, rows: readonly Slice[], blocks: readonly ArrayBuffer[]): void {
    if (rows.length === 0) return;
    const heads = rows.length * 8;
    const pointer = this.#reserve(rows.reduce((sum, { bytes }) => sum + bytes, heads));
    const view = new DataView(this.#h5.HEAPU8.buffer);
    let at = pointer + heads;
    for (const [i, row] of rows.entries()) {
      view.setUint32(pointer + i * 8, row.bytes, true);
      view.setUint32(pointer + i * 8 + 4, at, true);
      this.#h5.HEAPU8.set(bytesOf(row, blocks), at);
      at += row.bytes;
    }
    const [length = 0] = this.#h5.get_dataset_metadata(this.#file, path).shape ?? [];
    check(this.#h5.resize_dataset(this.#file, path, [BigInt(length + rows.length)]));
    this.#write(path, [length], [rows.length], pointer);
  }

  #setAttributes(path: string, attributes: Attributes): void {
    for (const [name, value] of Object.entries(attributes)) this.#setAttribute(path, name, value);
  }

  #setAttribute(path: string, name: string, value: AttributeValue): void {
    if (typeof value === 'string') {
      const metadata = { ...TEXT, ...SCALAR };
      check(this.#h5.create_vlen_str_attribute(this.#file, path, name, [value], metadata));
      return;
    }
    const pointer = this.#reserve(4);
    new DataView(this.#h5.HEAPU8.buffer).setInt32(pointer, value, true);
    check(this.#h5.create_attribute(this.#file, path, name, BigInt(pointer), { ...TYPES.int32, ...SCALAR }));
  }

  #load(parts: readonly Slice[], blocks: readonly ArrayBuffer[]): number {
    const pointer = this.#reserve(parts.reduce((sum, { bytes }) => sum + bytes, 0));
    let at = pointer;
    for (const part of parts) {
      this.#h5.HEAPU8.set(bytesOf(part, blocks), at);
      at += part.bytes;
    }
    return pointer;
  }

  #loadFill(dtype: ElementType, bytes: number, fill: number): number {
    const pointer = this.#reserve(bytes);
    const { buffer, byteOffset, byteLength } = filled(dtype, bytes, fill);
    this.#h5.HEAPU8.set(new Uint8Array(buffer, byteOffset, byteLength), pointer);
    return pointer;
  }

  #reserve(bytes: number): number {
    if (bytes > this.#blockBytes) {
      this.#h5._free(this.#block);
      this.#block = this.#h5._malloc(bytes);
      this.#blockBytes = this.#block === 0 ? 0 : bytes;
      if (this.#block === 0) throw new Error(`${bytes} bytes at once are more than the writer's memory holds`);
    }
    return this.#block;
  }
}

function filled(dtype: ElementType, bytes: number, fill: number): ArrayBufferView {
  const values = ARRAYS[dtype];
  const array = new values(bytes / values.BYTES_PER_ELEMENT);
  if (array instanceof BigInt64Array || array instanceof BigUint64Array) return array.fill(BigInt(fill));
  return array.fill(fill);
}

function bytesOf({ block, at, bytes }: Slice, blocks: readonly ArrayBuffer[]): Uint8Array {
  return new Uint8Array(blocks[block] as ArrayBuffer, at, bytes);
}

/**
 * Throws what HDF5 has complained about. Its return codes alone miss a full disk.
 *
 * @param status - negative if the call itself noticed a failure
 */
export function check(status: number): void {
  const text = diagnostics();
  if (text || status < 0) throw new Error(text || `HDF5 returned ${status}`);
}
