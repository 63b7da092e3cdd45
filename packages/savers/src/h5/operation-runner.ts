import type { Dtype } from '@daqtor/core';
import { diagnostics, type H5Module, H5T, type RawMetadata, type RawType } from './h5-module.ts';
import type { Attributes, AttributeValue, PackedOperation, Slice } from './h5-operation.ts';

/** Float arrays up to this size are written as NaN when they are made; see `CreateArray`. */
const NAN_FILL_LIMIT = 256 * 2 ** 20;
/** How much is filled at once. */
const FILL_BLOCK = 8 * 2 ** 20;

const number = (type: number, size: number, signed: boolean): RawType => ({
  type,
  size,
  signed,
  littleEndian: true,
  vlen: false,
});
const TYPES: Readonly<Record<Dtype, RawType>> = {
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
};
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

  /** @param buffer - holds the arrays of the operation */
  run(operation: PackedOperation, buffer: ArrayBuffer): void {
    const h5 = this.#h5;
    const { path } = operation;
    switch (operation.op) {
      case 'group':
        check(h5.create_group(this.#file, path, false));
        this.#setAttributes(path, operation.attributes);
        break;
      case 'array':
        this.#createArray(operation, buffer);
        this.#setAttributes(path, operation.attributes);
        break;
      case 'attribute':
        if (h5.get_attribute_names(this.#file, path).includes(operation.name)) {
          check(h5.delete_attribute(this.#file, path, operation.name));
        }
        this.#setAttribute(path, operation.name, operation.value);
        break;
      case 'write':
        this.#write(path, operation.offset, operation.count, this.#load(operation.data, buffer));
        break;
      case 'append-bytes':
        this.#appendBytes(path, operation.rows, buffer);
        break;
    }
  }

  /** Gives the memory back. */
  release(): void {
    this.#h5._free(this.#block);
    this.#block = this.#blockBytes = 0;
  }

  #createArray(operation: PackedOperation & { readonly op: 'array' }, buffer: ArrayBuffer): void {
    const { path, dtype, shape, chunks, data } = operation;
    const type = TYPES[dtype];
    const size = shape.reduce((bytes, length) => bytes * length, type.size);
    const full = {
      ...type,
      shape: shape.map(BigInt),
      maxshape: shape.map(BigInt),
      chunks: chunks?.map(BigInt) ?? null,
    };
    const isNaNFilled = !data && type.type === H5T.float && size <= NAN_FILL_LIMIT;
    if (data || (isNaNFilled && size <= FILL_BLOCK)) {
      this.#create(path, full, data ? this.#load(data, buffer) : this.#loadNaN(dtype, size));
      return;
    }
    // h5wasm writes an array when it makes it: made empty, then resized, it costs nothing.
    this.#create(path, { ...full, shape: [0n, ...full.shape.slice(1)] }, 0);
    check(this.#h5.resize_dataset(this.#file, path, full.shape));
    if (isNaNFilled) this.#fillWithNaN(path, dtype, shape, size);
  }

  #fillWithNaN(path: string, dtype: Dtype, shape: readonly number[], size: number): void {
    const [rows = 1, ...rest] = shape;
    const rowBytes = size / rows;
    const atOnce = Math.max(1, Math.min(rows, Math.floor(FILL_BLOCK / rowBytes)));
    const pointer = this.#loadNaN(dtype, atOnce * rowBytes);
    for (let row = 0; row < rows; row += atOnce) {
      this.#write(path, [row, ...rest.map(() => 0)], [Math.min(atOnce, rows - row), ...rest], pointer);
    }
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
  #appendBytes(path: string, rows: readonly Slice[], buffer: ArrayBuffer): void {
    if (rows.length === 0) return;
    const heads = rows.length * 8;
    const pointer = this.#reserve(rows.reduce((sum, { bytes }) => sum + bytes, heads));
    const view = new DataView(this.#h5.HEAPU8.buffer);
    let at = pointer + heads;
    for (const [i, row] of rows.entries()) {
      view.setUint32(pointer + i * 8, row.bytes, true);
      view.setUint32(pointer + i * 8 + 4, at, true);
      this.#h5.HEAPU8.set(new Uint8Array(buffer, row.at, row.bytes), at);
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

  #load({ at, bytes }: Slice, buffer: ArrayBuffer): number {
    const pointer = this.#reserve(bytes);
    this.#h5.HEAPU8.set(new Uint8Array(buffer, at, bytes), pointer);
    return pointer;
  }

  #loadNaN(dtype: Dtype, bytes: number): number {
    const pointer = this.#reserve(bytes);
    const { buffer } = this.#h5.HEAPU8;
    if (dtype === 'float32') new Float32Array(buffer, pointer, bytes / 4).fill(Number.NaN);
    else new Float64Array(buffer, pointer, bytes / 8).fill(Number.NaN);
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

/**
 * Throws what HDF5 has complained about. Its return codes alone miss a full disk.
 *
 * @param status - negative if the call itself noticed a failure
 */
export function check(status: number): void {
  const text = diagnostics();
  if (text || status < 0) throw new Error(text || `HDF5 returned ${status}`);
}
