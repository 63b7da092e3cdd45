import { partsByChunk } from './chunk-grid.ts';
import { filled, fillOf, RAW_TYPES } from './element-types.ts';
import { fillSlot, type H5Module, type RawMetadata } from './h5-module.ts';
import type { CreateArray } from './h5-operation.ts';
import { check } from './h5-status.ts';
import { HeapBlock } from './heap-block.ts';
import type { Bytes } from './joined-bytes.ts';
import { OpenArrays } from './open-arrays.ts';
import type { Block, ChunkWriter, Extent, MakeChunkWriter, OwnArray } from './own-array.ts';

/** `H5Z_FILTER_DEFLATE` and `H5S_UNLIMITED` of the HDF5 C API. */
const DEFLATE = 1;
const UNLIMITED = 2n ** 64n - 1n;
/** Rows of at least so many bytes are not copied on their way through HDF5. */
const LARGE_ROW = 2 ** 20;

/** Writes the values of arrays: of those that were made since the file was opened by their chunks. */
export class ArrayWriter {
  readonly #h5: H5Module;
  #file: bigint;
  readonly #block: HeapBlock;
  readonly #chunks: ChunkWriter | undefined;
  readonly #names: HeapBlock;
  readonly #open: OpenArrays;
  readonly #own = new Map<string, OwnArray>();
  /** Arrays with rows that HDF5 does not know of. */
  readonly #ahead = new Set<OwnArray>();

  /** @param makeChunks - without it everything goes through HDF5 */
  constructor(h5: H5Module, file: bigint, block: HeapBlock, makeChunks?: MakeChunkWriter) {
    this.#h5 = h5;
    this.#file = file;
    this.#block = block;
    this.#names = new HeapBlock(h5);
    this.#open = new OpenArrays(h5, file, this.#names);
    this.#chunks = makeChunks?.(block, (own, offset, count, pointer) => {
      if (own.toldRows < (own.shape[0] as number)) this.#tell(own);
      this.#open.write(own.path, offset, count, pointer);
    });
  }

  /** For a file that was closed and opened again as it was. */
  moveTo(file: bigint): void {
    this.#file = file;
    this.#open.moveTo(file);
  }

  /** Closes what it has open in the file. */
  letGo(): void {
    this.#open.letGo();
  }

  /** Gives its memory back. */
  release(): void {
    this.#names.release();
  }

  /** @param data - all values, row-major; without them floats are NaN and integers 0 until written */
  create(operation: Omit<CreateArray, 'op' | 'attributes' | 'data'>, data: Bytes | undefined): void {
    const { path, dtype, shape, chunks, enlargeable, gzip } = operation;
    const type = RAW_TYPES[dtype];
    const [rows = 1n, ...rest] = shape.map(BigInt);
    const full: RawMetadata = {
      ...type,
      shape: shape.map(BigInt),
      maxshape: enlargeable ? [UNLIMITED, ...rest] : shape.map(BigInt),
      chunks: chunks?.map(BigInt) ?? null,
      ...(gzip !== undefined && { compression: DEFLATE, compression_opts: [gzip] }),
    };
    const value = fillOf(dtype, operation.fill);
    if (data || !chunks) {
      const size = shape.reduce((product, length) => product * length, 1);
      this.#create(path, full, this.#block.load(data ?? filled(dtype, size, value)));
      return;
    }
    const fill = filled(dtype, 1, value);
    const chunkBytes = chunks.reduce((bytes, length) => bytes * length, type.size);
    const isWholeRows = enlargeable === true && chunks[0] === 1 && chunkBytes >= LARGE_ROW && gzip === undefined;
    // h5wasm writes an array when it makes it: made empty, then resized, it costs nothing.
    fillSlot().during(isWholeRows ? undefined : fill, () => {
      this.#create(path, { ...full, shape: [0n, ...rest] }, 0);
    });
    if (rows > 0n) check(this.#h5.resize_dataset(this.#file, path, full.shape));
    if (!this.#chunks) return;
    this.#own.set(path, {
      path,
      chunks,
      itemBytes: type.size,
      chunkBytes,
      fill,
      gzip: gzip ?? 0,
      shape: [...shape],
      toldRows: shape[0] as number,
    });
  }

  /** Takes in that an array became larger, in the file that was closed meanwhile; nothing is held back of it. */
  reshape(path: string, shape: readonly number[]): void {
    const own = this.#own.get(path);
    if (!own) return;
    this.#chunks?.reshape(own, shape);
    own.shape.splice(0, shape.length, ...shape);
    own.toldRows = shape[0] as number;
  }

  /** Writes a block into an existing array. */
  write(block: Block): void {
    const own = this.#own.get(block.path);
    if (own) this.#writeOwn(own, block);
    else this.#open.write(block.path, block.offset, block.count, this.#block.load(block.bytes));
  }

  /** Adds rows at the end of an enlargeable array. */
  append({ path, count, bytes }: Omit<Block, 'offset'>): void {
    const own = this.#own.get(path);
    const shape = own?.shape ?? this.#h5.get_dataset_metadata(this.#file, path).shape ?? [];
    const [length = 0, ...rest] = shape;
    const [rows = 0] = count;
    const offset = [length, ...rest.map(() => 0)];
    if (own) {
      this.#writeOwn(own, { path, offset: this.#grow(own, count), count, bytes });
    } else {
      check(this.#h5.resize_dataset(this.#file, path, [length + rows, ...rest].map(BigInt)));
      this.#open.write(path, offset, count, this.#block.load(bytes));
    }
  }

  /**
   * Takes the place of a chunk for bytes that somebody else writes.
   *
   * @param extent - of a chunk that nothing was written to
   * @returns where in the file they go
   */
  placeFor({ path, offset, count }: Extent): number {
    const own = this.#own.get(path);
    const [part, ...others] = own ? partsByChunk(offset, count, own.shape, own.chunks) : [];
    if (!own || !part || others.length > 0 || !this.#chunks) throw new Error('this is no chunk of its own');
    return this.#chunks.placeFor(own, part, { path, offset, count });
  }

  /** The same for rows that are added. */
  placeForRows({ path, count }: Omit<Extent, 'offset'>): number {
    const own = this.#own.get(path);
    return this.placeFor({ path, offset: own ? this.#grow(own, count) : [], count });
  }

  /** Whether `finish` has something to do. */
  get isPending(): boolean {
    return this.#chunks?.isPending ?? false;
  }

  /** Ends what takes other threads. */
  async finish(): Promise<void> {
    await this.#chunks?.finish();
  }

  /** Writes what is held back, and tells HDF5 how long the arrays have become. */
  settle(): void {
    this.#chunks?.settle();
    for (const own of this.#ahead) this.#tell(own);
    this.#ahead.clear();
  }

  /** @returns where the new rows begin */
  #grow(own: OwnArray, [rows = 0]: readonly number[]): number[] {
    const [length = 0, ...rest] = own.shape;
    own.shape[0] = length + rows;
    this.#ahead.add(own);
    return [length, ...rest.map(() => 0)];
  }

  #writeOwn(own: OwnArray, block: Block): void {
    for (const part of partsByChunk(block.offset, block.count, own.shape, own.chunks)) {
      this.#chunks?.write(own, part, block);
    }
  }

  #tell(own: OwnArray): void {
    check(this.#h5.resize_dataset(this.#file, own.path, own.shape.map(BigInt)));
    own.toldRows = own.shape[0] as number;
  }

  #create(path: string, metadata: RawMetadata, pointer: number): void {
    check(this.#h5.create_dataset(this.#file, path, BigInt(pointer), metadata));
  }
}
