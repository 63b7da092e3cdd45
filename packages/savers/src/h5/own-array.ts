import { type ChunkPart, forEachRun } from './chunk-grid.ts';
import type { HeapBlock } from './heap-block.ts';
import type { Bytes } from './joined-bytes.ts';

/** Where a block of values goes. */
export interface Extent {
  readonly path: string;
  readonly offset: readonly number[];
  readonly count: readonly number[];
}

/** A block of values. */
export interface Block extends Extent {
  /** Row-major. */
  readonly bytes: Bytes;
}

/** A chunked array that was made since its file was opened, so that we know what is in its chunks. */
export interface OwnArray {
  readonly path: string;
  readonly chunks: readonly number[];
  readonly itemBytes: number;
  readonly chunkBytes: number;
  /** One element that nothing was written to. */
  readonly fill: Uint8Array;
  /** Level of gzip; 0 for none. */
  readonly gzip: number;
  /** Length of each dimension, slowest first. */
  readonly shape: number[];
  /** Rows that HDF5 knows of; `shape` is ahead of it. */
  toldRows: number;
}

/** Writes parts of blocks into the chunks of our own arrays, past HDF5 where that is faster. */
export interface ChunkWriter {
  /** @param block - its bytes must stay until `finish` has resolved */
  write(own: OwnArray, part: ChunkPart, block: Block): void;
  /** Where in the file a chunk goes that somebody else writes. @throws Error if it cannot be left to others */
  placeFor(own: OwnArray, part: ChunkPart, extent: Extent): number;
  /** Whether `finish` has something to do. */
  readonly isPending: boolean;
  /** Ends what takes other threads. */
  finish(): Promise<void>;
  /** Writes what is held back. */
  settle(): void;
  /** The array becomes larger: its chunks stay, and have other numbers. After `settle`. */
  reshape(own: OwnArray, shape: readonly number[]): void;
}

/** Makes the writer of chunks of one file. */
export type MakeChunkWriter = (block: HeapBlock, throughHdf5: WriteThroughHdf5) => ChunkWriter;

/** Writes what lies in the heap at `pointer` through HDF5. */
export type WriteThroughHdf5 = (
  own: OwnArray,
  offset: readonly number[],
  count: readonly number[],
  pointer: number,
) => void;

/** Where the chunk of a part begins in the array, and how much of it lies within the array. */
export function chunkExtent(own: OwnArray, part: ChunkPart, { offset }: Extent): { origin: number[]; count: number[] } {
  const origin = part.inChunk.map((at, d) => (offset[d] as number) + (part.inBlock[d] as number) - at);
  const count = own.chunks.map((length, d) => Math.min(length, (own.shape[d] as number) - (origin[d] as number)));
  return { origin, count };
}

/** Copies a part of a block to its place in a chunk. */
export function copyPart(own: OwnArray, part: ChunkPart, block: Block, chunk: Uint8Array): void {
  eachRun(own, part, block, (bytes, at) => chunk.set(bytes, at));
}

/** Visits the runs of a part: their bytes, and where in the chunk they go, in bytes. */
export function eachRun(own: OwnArray, part: ChunkPart, block: Block, visit: (bytes: Uint8Array, at: number) => void) {
  const { itemBytes } = own;
  const from = { shape: block.count, at: part.inBlock };
  forEachRun(part.count, from, { shape: own.chunks, at: part.inChunk }, (inBlock, inChunk, length) => {
    visit(block.bytes.subarray(inBlock * itemBytes, (inBlock + length) * itemBytes), inChunk * itemBytes);
  });
}

/** The bytes of a chunk where they lie, if a block holds all of them one after the other. */
export function wholeChunk(own: OwnArray, part: ChunkPart, block: Block): Uint8Array | undefined {
  let whole: Uint8Array | undefined;
  eachRun(own, part, block, (bytes) => {
    if (bytes.byteLength === own.chunkBytes) whole = bytes;
  });
  return whole;
}

/** The values of a part, without gaps. */
export function gathered(own: OwnArray, part: ChunkPart, block: Block): Uint8Array {
  const bytes = new Uint8Array(part.count.reduce((product, length) => product * length, own.itemBytes));
  let at = 0;
  eachRun(own, part, block, (run) => {
    bytes.set(run, at);
    at += run.byteLength;
  });
  return bytes;
}

export const offsetOf = (part: ChunkPart, { offset }: Block) => part.inBlock.map((at, d) => (offset[d] as number) + at);
