import { randomFillSync } from 'node:crypto';
import { type ChunkPart, chunkIn, forEachRun } from './chunk-grid.ts';
import type { H5Module } from './h5-module.ts';
import type { HeapBlock } from './heap-block.ts';
import {
  type Block,
  chunkExtent,
  copyPart,
  type Extent,
  eachRun,
  gathered,
  type OwnArray,
  offsetOf,
  type WriteThroughHdf5,
  wholeChunk,
} from './own-array.ts';
import type { PageOverlay } from './page-overlay.ts';
import { Scratch } from './scratch.ts';

/** Bytes by which a chunk's write is known again among others. */
const KEY_BYTES = 16;
const MIN_KEY_BYTES = 8;

/**
 * The chunks of uncompressed arrays. HDF5 opens and closes an array for each block that it writes, which takes longer
 * than the values of most points need: so it writes each chunk only once, as a whole, and what goes into that chunk later
 * is put where the chunk was seen to go.
 */
export class PlacedChunks {
  readonly #h5: H5Module;
  readonly #block: HeapBlock;
  readonly #overlay: () => PageOverlay;
  readonly #throughHdf5: WriteThroughHdf5;
  /** Where each chunk that was written begins in the file, by its number. */
  readonly #places = new Map<OwnArray, Map<number, number>>();
  /** Chunks whose first values were too short to be known again: HDF5 writes them to their end. */
  readonly #left = new Map<OwnArray, Set<number>>();
  readonly #chunk = new Scratch();
  readonly #key = randomFillSync(new Uint8Array(KEY_BYTES));

  constructor(h5: H5Module, block: HeapBlock, overlay: () => PageOverlay, throughHdf5: WriteThroughHdf5) {
    this.#h5 = h5;
    this.#block = block;
    this.#overlay = overlay;
    this.#throughHdf5 = throughHdf5;
  }

  write(own: OwnArray, part: ChunkPart, block: Block): void {
    const place = this.#placesOf(own).get(part.chunk);
    if (place === undefined) this.#writeFirst(own, part, block);
    else eachRun(own, part, block, (bytes, at) => this.#overlay().put(bytes, place + at));
  }

  placeFor(own: OwnArray, part: ChunkPart, extent: Extent): number {
    if (this.#placesOf(own).has(part.chunk) || this.#left.get(own)?.has(part.chunk))
      throw new Error('this chunk was written before');
    return this.#place(own, part, extent, undefined);
  }

  reshape(own: OwnArray, shape: readonly number[]): void {
    const [places, left] = [this.#places.get(own), this.#left.get(own)];
    const numbered = (chunk: number) => chunkIn(shape, own, chunk);
    if (places) this.#places.set(own, new Map([...places].map(([chunk, place]) => [numbered(chunk), place])));
    if (left) this.#left.set(own, new Set([...left].map(numbered)));
  }

  #placesOf(own: OwnArray): Map<number, number> {
    let places = this.#places.get(own);
    if (!places) {
      places = new Map();
      this.#places.set(own, places);
    }
    return places;
  }

  /** Has HDF5 write a chunk as a whole: a key in the place of its values, by which we see where it goes. */
  #writeFirst(own: OwnArray, part: ChunkPart, block: Block): void {
    const left = this.#left.get(own);
    if (left?.has(part.chunk) || firstRun(own, chunkExtent(own, part, block).count) < MIN_KEY_BYTES) {
      if (left) left.add(part.chunk);
      else this.#left.set(own, new Set([part.chunk]));
      const pointer = this.#block.load(gathered(own, part, block));
      this.#throughHdf5(own, offsetOf(part, block), part.count, pointer);
      return;
    }
    this.#place(own, part, block, wholeChunk(own, part, block) ?? this.#padded(own, part, block));
  }

  /** @param bytes - of the chunk; undefined if somebody else writes them */
  #place(own: OwnArray, part: ChunkPart, extent: Extent, bytes: Uint8Array | undefined): number {
    const { origin, count } = chunkExtent(own, part, extent);
    const key = this.#key.subarray(0, firstRun(own, count));
    const pointer = this.#block.reserve(own.chunkBytes);
    this.#h5.HEAPU8.set(key, pointer);
    const expected = { key, length: own.chunkBytes, bytes };
    const place = this.#overlay().replacing(expected, () => this.#throughHdf5(own, origin, count, pointer));
    if (place === undefined) throw new Error('HDF5 has not written the chunk in one piece');
    this.#placesOf(own).set(part.chunk, place);
    return place;
  }

  /** A chunk with one part written, the rest as it is until it is written; good until the next. */
  #padded(own: OwnArray, part: ChunkPart, block: Block): Uint8Array {
    const bytes = this.#chunk.take(own.chunkBytes);
    Buffer.from(bytes.buffer, 0, bytes.byteLength).fill(own.fill);
    copyPart(own, part, block, bytes);
    return bytes;
  }
}

/** Bytes at the beginning of a chunk that come from the beginning of what HDF5 is given. */
function firstRun({ chunks, itemBytes }: OwnArray, count: readonly number[]): number {
  const at = count.map(() => 0);
  let first = 0;
  forEachRun(count, { shape: count, at }, { shape: chunks, at }, (_, to, length) => {
    if (to === 0) first = length * itemBytes;
  });
  return first;
}
