/** The part of a block that lies in one chunk of its array. Indexes and lengths in elements, one per dimension. */
export interface ChunkPart {
  /** Number of the chunk: chunks are counted row by row, from 0. */
  readonly chunk: number;
  /** Where the part begins in the chunk. */
  readonly inChunk: readonly number[];
  /** Where it begins in the block. */
  readonly inBlock: readonly number[];
  readonly count: readonly number[];
}

/**
 * Cuts a block into the parts that lie in one chunk each, in the order of the chunks.
 *
 * @param shape - of the array; the length of dimension 0 does not matter, so that it may grow
 * @param chunks - shape of a chunk
 */
export function partsByChunk(
  offset: readonly number[],
  count: readonly number[],
  shape: readonly number[],
  chunks: readonly number[],
): ChunkPart[] {
  let parts: ChunkPart[] = [{ chunk: 0, inChunk: [], inBlock: [], count: [] }];
  for (let d = 0; d < chunks.length; d++) {
    const [from, total, size] = [offset[d] as number, count[d] as number, chunks[d] as number];
    const next: ChunkPart[] = [];
    for (const part of parts) {
      for (let at = from; at < from + total; ) {
        const inChunk = at % size;
        const length = Math.min(size - inChunk, from + total - at);
        next.push({
          chunk: part.chunk * chunksIn(shape, chunks, d) + Math.floor(at / size),
          inChunk: [...part.inChunk, inChunk],
          inBlock: [...part.inBlock, at - from],
          count: [...part.count, length],
        });
        at += length;
      }
    }
    parts = next;
  }
  return parts;
}

/** How many chunks lie side by side in a dimension. In the first nobody counts them: it may grow. */
function chunksIn(shape: readonly number[], chunks: readonly number[], d: number): number {
  return d === 0 ? 1 : Math.ceil((shape[d] as number) / (chunks[d] as number));
}

/** The number that a chunk has once its array has another shape. */
export function chunkIn(
  shape: readonly number[],
  { shape: was, chunks }: { readonly shape: readonly number[]; readonly chunks: readonly number[] },
  chunk: number,
): number {
  let [rest, number, step] = [chunk, 0, 1];
  for (let d = chunks.length - 1; d > 0; d--) {
    const row = chunksIn(was, chunks, d);
    number += step * (rest % row);
    rest = Math.floor(rest / row);
    step *= chunksIn(shape, chunks, d);
  }
  return number + step * rest;
}

/**
 * Visits the runs of values that follow each other in both of two boxes that share a part.
 *
 * @param count - extent of the part
 * @param a - shape of one box, and where the part begins in it
 * @param b - the same of the other
 * @param visit - is given where the run begins in each box, and its length, in elements
 */
export function forEachRun(
  count: readonly number[],
  a: { readonly shape: readonly number[]; readonly at: readonly number[] },
  b: { readonly shape: readonly number[]; readonly at: readonly number[] },
  visit: (inA: number, inB: number, length: number) => void,
): void {
  let run = 1;
  let outer = count.length;
  // Dimensions that are whole in both boxes, from the fastest on, and the first that is not, make one run.
  while (outer > 0) {
    outer--;
    const length = count[outer] as number;
    run *= length;
    if (length !== a.shape[outer] || length !== b.shape[outer]) break;
  }
  const [stridesA, stridesB] = [strides(a.shape), strides(b.shape)];
  const walk = (d: number, inA: number, inB: number): void => {
    if (d === outer) visit(inA, inB, run);
    else {
      for (let i = 0; i < (count[d] as number); i++)
        walk(d + 1, inA + i * (stridesA[d] as number), inB + i * (stridesB[d] as number));
    }
  };
  walk(0, placeIn(a), placeIn(b));
}

/** How many elements of a box come before a place in it. */
function placeIn({ shape, at }: { readonly shape: readonly number[]; readonly at: readonly number[] }): number {
  let place = 0;
  for (let d = 0; d < shape.length; d++) place = place * (shape[d] as number) + (at[d] as number);
  return place;
}

function strides(shape: readonly number[]): number[] {
  const all: number[] = new Array(shape.length);
  let stride = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    all[d] = stride;
    stride *= shape[d] as number;
  }
  return all;
}
