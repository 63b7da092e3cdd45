import { ArrayWriter } from './array-writer.ts';
import { AttributeWriter } from './attribute-writer.ts';
import { createByteRows } from './byte-rows.ts';
import type { H5Module } from './h5-module.ts';
import type { EnlargeArray, PackedOperation, Slice } from './h5-operation.ts';
import { check } from './h5-status.ts';
import { HeapBlock } from './heap-block.ts';
import { joined } from './joined-bytes.ts';
import type { MakeChunkWriter } from './own-array.ts';
import { isStaying } from './packed.ts';
import { addressOf } from './read-nodes.ts';
import type { LargerArray } from './stored-shape.ts';

/** Carries operations out on an open file, by the module's own functions. Every failure is thrown as an Error. */
export class OperationRunner {
  readonly #h5: H5Module;
  #file: bigint;
  readonly #block: HeapBlock;
  readonly #arrays: ArrayWriter;
  readonly #attributes: AttributeWriter;
  #places: number[] = [];

  /** @param makeChunks - writes chunks past HDF5, where that is possible */
  constructor(h5: H5Module, file: bigint, makeChunks?: MakeChunkWriter) {
    this.#h5 = h5;
    this.#file = file;
    this.#block = new HeapBlock(h5);
    this.#arrays = new ArrayWriter(h5, file, this.#block, makeChunks);
    this.#attributes = new AttributeWriter(h5, file, this.#block);
  }

  /** @param blocks - hold the arrays of the operation */
  run(operation: Exclude<PackedOperation, EnlargeArray>, blocks: readonly ArrayBufferLike[]): void {
    const h5 = this.#h5;
    const { path } = operation;
    switch (operation.op) {
      case 'group':
        check(h5.create_group(this.#file, path, false));
        this.#attributes.add(path, operation.attributes);
        break;
      case 'array':
        this.#arrays.create(operation, operation.data && allOf(operation.data, blocks));
        this.#attributes.add(path, operation.attributes);
        break;
      case 'byte-rows':
        createByteRows(h5, this.#file, path);
        this.#attributes.add(path, operation.attributes);
        break;
      case 'attribute':
        this.#attributes.set(path, operation.name, operation.value);
        break;
      case 'write':
        if (isStaying(operation)) this.#places.push(this.#arrays.placeFor(operation));
        else this.#arrays.write({ ...operation, bytes: allOf(operation.data, blocks) });
        break;
      case 'append':
        if (isStaying(operation)) this.#places.push(this.#arrays.placeForRows(operation));
        else this.#arrays.append({ ...operation, bytes: allOf(operation.data, blocks) });
        break;
      case 'append-bytes':
        this.#appendBytes(path, operation.rows, blocks);
        break;
    }
  }

  /** Sets a boolean of the file's root. */
  setFlag(name: string, isSet: boolean): void {
    this.#attributes.setFlag('/', name, isSet);
  }

  /** Where the header of an array lies that is to become larger, in the file that is closed meanwhile. */
  larger({ path, shape }: EnlargeArray): LargerArray {
    return { path, shape, address: addressOf(this.#h5, this.#file, path) };
  }

  /** Takes in that arrays became larger. */
  enlarged(arrays: readonly LargerArray[]): void {
    for (const { path, shape } of arrays) this.#arrays.reshape(path, shape);
  }

  /** Where in the file the bytes go that stayed where they were, since this was last asked. */
  takePlaces(): readonly number[] {
    const places = this.#places;
    this.#places = [];
    return places;
  }

  /** Whether `finish` has something to do. */
  get isPending(): boolean {
    return this.#arrays.isPending;
  }

  /** Ends what takes other threads. The arrays that were run must stay until then. */
  async finish(): Promise<void> {
    await this.#arrays.finish();
  }

  /** Brings what HDF5 knows of the file up to date: for a commit. */
  settle(): void {
    this.#arrays.settle();
  }

  /** For a file that was closed and opened again as it was. */
  moveTo(file: bigint): void {
    this.#file = file;
    this.#arrays.moveTo(file);
    this.#attributes.moveTo(file);
  }

  /** Closes what it has open in the file: before that is closed. */
  letGo(): void {
    this.#arrays.letGo();
    this.#attributes.letGo();
  }

  /** Lets go, and gives the memory back. */
  release(): void {
    this.letGo();
    this.#arrays.release();
    this.#block.release();
  }

  /** Each row of a vlen array is a `hvl_t` in memory: length and pointer, 4 bytes each in wasm32. */
  #appendBytes(path: string, rows: readonly Slice[], blocks: readonly ArrayBufferLike[]): void {
    if (rows.length === 0) return;
    const heads = rows.length * 8;
    const pointer = this.#block.reserve(rows.reduce((sum, { bytes }) => sum + bytes, heads));
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
    const count = [BigInt(rows.length)];
    check(this.#h5.set_dataset_data(this.#file, path, count, [BigInt(length)], [1n], BigInt(pointer)));
  }
}

/** The bytes of an array, which may have come in parts. */
const allOf = (parts: readonly Slice[], blocks: readonly ArrayBufferLike[]) =>
  joined(parts.map((part) => bytesOf(part, blocks)));

function bytesOf({ block, at, bytes }: Slice, blocks: readonly ArrayBufferLike[]): Uint8Array {
  return new Uint8Array(blocks[block] as ArrayBufferLike, at, bytes);
}
