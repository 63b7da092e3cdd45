import { promisify } from 'node:util';
import { deflate, deflateSync } from 'node:zlib';
import { type ChunkPart, chunkIn } from './chunk-grid.ts';
import { deflateFilter } from './h5-module.ts';
import type { HeapBlock } from './heap-block.ts';
import {
  type Block,
  chunkExtent,
  copyPart,
  gathered,
  type OwnArray,
  offsetOf,
  type WriteThroughHdf5,
  wholeChunk,
} from './own-array.ts';

const compress = promisify(deflate);

/** A chunk with all of its bytes, and where it goes. */
interface Chunk {
  readonly own: OwnArray;
  readonly origin: readonly number[];
  readonly bytes: Uint8Array;
}
/** A chunk that is being filled. */
interface Filling extends Chunk {
  readonly number: number;
  /** Elements that are still missing. */
  left: number;
  /** Whether it has values that HDF5 was not given. */
  isAhead: boolean;
}

/**
 * The chunks of compressed arrays. Each is put together here and compressed once it is full, all that are full at the
 * same time in Node's other threads; HDF5 is given what came out. A chunk that is not full is compressed at each commit.
 */
export class CompressedChunks {
  readonly #block: HeapBlock;
  readonly #throughHdf5: WriteThroughHdf5;
  readonly #filling = new Map<OwnArray, Filling>();
  /** Numbers of chunks that HDF5 has, of each array. */
  readonly #written = new Map<OwnArray, Set<number>>();
  #full: Chunk[] = [];

  constructor(block: HeapBlock, throughHdf5: WriteThroughHdf5) {
    this.#block = block;
    this.#throughHdf5 = throughHdf5;
  }

  /** @param block - its bytes must stay until `finish` has resolved */
  write(own: OwnArray, part: ChunkPart, block: Block): void {
    let filling = this.#filling.get(own);
    if (filling?.number !== part.chunk) {
      this.#leave(own);
      const written = this.#writtenOf(own);
      if (written.has(part.chunk)) {
        const pointer = this.#block.load(gathered(own, part, block));
        this.#throughHdf5(own, offsetOf(part, block), part.count, pointer);
        return;
      }
      written.add(part.chunk);
      const { origin } = chunkExtent(own, part, block);
      const whole = wholeChunk(own, part, block);
      if (whole) {
        this.#full.push({ own, origin, bytes: whole });
        return;
      }
      filling = { own, origin, number: part.chunk, bytes: empty(own), left: capacity(own, origin), isAhead: true };
      this.#filling.set(own, filling);
    }
    copyPart(own, part, block, filling.bytes);
    filling.isAhead = true;
    filling.left -= part.count.reduce((product, length) => product * length, 1);
    if (filling.left > 0) return;
    this.#filling.delete(own);
    this.#full.push(filling);
  }

  /** Whether `finish` has something to do. */
  get isPending(): boolean {
    return this.#full.length > 0;
  }

  /** Compresses the chunks that are full, and writes them. */
  async finish(): Promise<void> {
    const full = this.#full;
    this.#full = [];
    const compressed = await Promise.all(full.map(({ own, bytes }) => compress(bytes, { level: own.gzip })));
    for (const [i, chunk] of full.entries()) this.#put(chunk, compressed[i] as Buffer);
  }

  /** Writes the chunks that are not full as they are. */
  settle(): void {
    for (const filling of this.#filling.values()) this.#putNow(filling);
  }

  /** HDF5 goes on with the chunk that is not full. */
  reshape(own: OwnArray, shape: readonly number[]): void {
    this.#leave(own);
    const written = this.#written.get(own);
    if (written) this.#written.set(own, new Set([...written].map((chunk) => chunkIn(shape, own, chunk))));
  }

  /** What comes next goes elsewhere. */
  #leave(own: OwnArray): void {
    const filling = this.#filling.get(own);
    if (filling) this.#putNow(filling);
    this.#filling.delete(own);
  }

  #putNow(filling: Filling): void {
    if (!filling.isAhead) return;
    this.#put(filling, deflateSync(filling.bytes, { level: filling.own.gzip }));
    filling.isAhead = false;
  }

  #put({ own, origin }: Chunk, compressed: Buffer): void {
    const count = own.chunks.map((length, d) => Math.min(length, (own.shape[d] as number) - (origin[d] as number)));
    const filter = deflateFilter();
    filter.use(compressed);
    this.#throughHdf5(own, origin, count, this.#block.reserve(own.chunkBytes));
    if (filter.isWaiting) throw new Error('HDF5 has not written the compressed chunk');
  }

  #writtenOf(own: OwnArray): Set<number> {
    let written = this.#written.get(own);
    if (!written) {
      written = new Set();
      this.#written.set(own, written);
    }
    return written;
  }
}

function empty({ chunkBytes, fill }: OwnArray): Buffer {
  return Buffer.alloc(chunkBytes, fill);
}

/** Elements of a chunk that an array can have: it may grow along dimension 0, and is cut off along the others. */
function capacity({ chunks, shape }: OwnArray, origin: readonly number[]): number {
  return chunks.reduce((product, length, d) => {
    const left = (shape[d] as number) - (origin[d] as number);
    return product * (d === 0 ? length : Math.min(length, left));
  }, 1);
}
