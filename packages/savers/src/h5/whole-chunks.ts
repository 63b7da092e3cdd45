import { type AppendRows, bytesOfElement, type CreateArray, type H5Operation, type WriteSlab } from './h5-operation.ts';

/** Values of at least so many bytes are worth a chunk and a way of their own. */
export const LARGE_VALUE = 64 * 2 ** 10;

/** Chunks of one array that are as large as that, and which of them were written. */
interface LargeChunks {
  readonly shape: readonly number[];
  readonly written: Set<string>;
}

/**
 * Knows which values are large and fill a chunk that nothing was written to yet. Their bytes need not be copied for the
 * writing thread: it only has to say where they go.
 */
export class WholeChunks {
  readonly #arrays = new Map<string, LargeChunks>();
  readonly #smallest: number;

  /** @param smallest - bytes from which on chunks are large */
  constructor(smallest = LARGE_VALUE) {
    this.#smallest = smallest;
  }

  /** Told of every operation, in their order, before it is asked about. */
  note(operation: H5Operation): void {
    if (operation.op !== 'array') return;
    const { path } = operation;
    const chunk = largeChunk(operation, this.#smallest);
    if (chunk) this.#arrays.set(path, { shape: chunk, written: new Set() });
  }

  /** Whether the values of this operation are such a chunk, which counts as written from then on. */
  take(operation: WriteSlab | AppendRows): boolean {
    if (this.#arrays.size === 0) return false;
    const array = this.#arrays.get(operation.path);
    if (!array) return false;
    const { count } = operation;
    const isWhole = count.every((length, d) => length === array.shape[d]);
    if (operation.op === 'append') return isWhole && array.shape[0] === 1;
    const { offset } = operation;
    const first = offset.map((at, d) => Math.floor(at / (array.shape[d] as number))).join();
    const isNew = !array.written.has(first);
    // What is only a part lies in this chunk and perhaps in others.
    if (!isWhole) this.#arrays.delete(operation.path);
    else array.written.add(first);
    return isWhole && isNew && offset.every((at, d) => at % (array.shape[d] as number) === 0);
  }

  /** For when a failure has undone operations. */
  forget(): void {
    this.#arrays.clear();
  }
}

function largeChunk({ chunks, data, gzip, dtype }: CreateArray, smallest: number): readonly number[] | undefined {
  if (!chunks || data || gzip) return undefined;
  const bytes = chunks.reduce((size, length) => size * length, bytesOfElement(dtype));
  return bytes >= smallest ? chunks : undefined;
}
