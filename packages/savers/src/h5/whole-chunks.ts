import type { GrowingBlock } from './growing-block.ts';
import { bytesOfElement, type H5Operation } from './h5-operation.ts';

/** Chunks of at least so many bytes are written from where their values are. */
export const LARGE_VALUE = 64 * 2 ** 10;

/** Largest chunk for the rest of which values wait: more would be waiting than a batch should have. */
const WORTH_WAITING = 2 * 2 ** 20;

/** Chunks of a block that are remembered one by one at most. */
const MOST_NOTED = 1024;

/** An array with chunks as large as that. */
interface LargeChunks {
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Those that were written, and whether their bytes were left to others. */
  readonly written: Map<string, boolean>;
  /** How many rows there are. */
  rows: number;
  /** Whether the bytes of any chunk were left to others. */
  hasLeft: boolean;
}

/** A piece of a block, in the dimension along which its values follow each other. */
export interface Cut {
  readonly from: number;
  readonly to: number;
  /** Whether it is a chunk that nothing was written to yet, so that its bytes can be left to others. */
  readonly isWhole: boolean;
}

/**
 * Knows which values fill chunks that nothing was written to yet. Their bytes need not be copied for the writing thread: it
 * only has to say where they go.
 */
export class WholeChunks {
  readonly #arrays = new Map<string, LargeChunks>();
  readonly #smallest: number;
  #isOver = false;

  /** @param smallest - bytes from which on chunks are large */
  constructor(smallest = LARGE_VALUE) {
    this.#smallest = smallest;
  }

  /** Told of each array that is made, before it is asked about it. */
  note(operation: H5Operation): void {
    if (operation.op !== 'array') return;
    const { path, shape, chunks, data, gzip, dtype, enlargeable } = operation;
    if (!chunks || data || gzip) return;
    const bytes = chunks.reduce((size, length) => size * length, bytesOfElement(dtype));
    if (bytes < this.#smallest) return;
    const rows = enlargeable ? (shape[0] ?? 0) : 0;
    this.#arrays.set(path, { shape: chunks, bytes, written: new Map(), rows, hasLeft: false });
  }

  /** Whether values of that array may fill such chunks. */
  has(path: string): boolean {
    return this.#arrays.has(path);
  }

  /**
   * Cuts a block where the chunks of its array end; all that is returned counts as written from then on.
   *
   * @param isLast - whether the part behind the last whole chunk is wanted too, also of a chunk that is worth waiting for
   */
  cut(block: GrowingBlock, isLast: boolean): readonly Cut[] {
    const { op, path, along, step } = block;
    const length = block.count[along] ?? 1;
    const array = this.#arrays.get(path);
    const offset = op === 'append' ? block.count.map((_, d) => (d === 0 ? (array?.rows ?? 0) : 0)) : block.offset;
    if (!array || !isCutAcross(array, block, offset)) {
      const chunks = array && op === 'write' ? chunksOf(array, offset, block.count) : [];
      if (!array || chunks.length === 0) this.drop(path);
      else for (const at of chunks) this.#note(array, op, at, false);
      return [{ from: 0, to: length, isWhole: false }];
    }
    const size = array.shape[along] as number;
    const start = offset[along] as number;
    // Chunks end between values, or all is copied.
    const isEven = step > 0 && size % step === 0 && start % step === 0;
    const cuts: Cut[] = [];
    for (let from = 0; from < length; ) {
      const to = Math.min(length, from + size - ((start + from) % size));
      const isFull = to - from === size;
      if (!isFull && to === length && !isLast && isEven && array.bytes <= WORTH_WAITING) break;
      const at = offset.with(along, start + from);
      const isNew = this.#note(array, op, at, isFull && isEven);
      cuts.push({ from, to, isWhole: isFull && isNew });
      from = to;
    }
    if (op === 'append') array.rows += cuts.at(-1)?.to ?? 0;
    return isEven ? cuts : [{ from: 0, to: length, isWhole: false }];
  }

  /** For an array whose values are written without being asked about. */
  drop(path: string): void {
    this.#isOver ||= this.#arrays.get(path)?.hasLeft === true;
    this.#arrays.delete(path);
  }

  /** Whether something goes over bytes that were left to others, since this was last asked: it must come in behind them. */
  takeIsOver(): boolean {
    const isOver = this.#isOver;
    this.#isOver = false;
    return isOver;
  }

  /** For when a failure has undone operations. */
  forget(): void {
    this.#arrays.clear();
    this.#isOver = false;
  }

  /** @returns whether nothing was written to the chunk of this place before. It counts as written from then on */
  #note(array: LargeChunks, op: GrowingBlock['op'], at: readonly number[], isLeft: boolean): boolean {
    array.hasLeft ||= isLeft;
    if (op === 'append') return true;
    const { shape, written } = array;
    const chunk = at.map((index, d) => Math.floor(index / (shape[d] as number))).join();
    const isAppended = (at[0] as number) < array.rows;
    const wasLeft = written.get(chunk) ?? (isAppended ? array.hasLeft : undefined);
    this.#isOver ||= wasLeft === true;
    const isNew = wasLeft === undefined && !isAppended;
    written.set(chunk, wasLeft || (isNew && isLeft));
    return isNew;
  }
}

/** Whether each chunk that a block touches has all of its values in the other dimensions from it. */
function isCutAcross({ shape }: LargeChunks, { count, along }: GrowingBlock, offset: readonly number[]): boolean {
  return count.every((length, d) => d === along || (length === shape[d] && (offset[d] as number) % length === 0));
}

/** A place in each chunk that a block touches; none if there are very many. */
function chunksOf({ shape }: LargeChunks, offset: readonly number[], count: readonly number[]): number[][] {
  let places: number[][] = [[]];
  for (const [d, from] of offset.entries()) {
    const size = shape[d] as number;
    const first = Math.floor(from / size);
    const chunks = Math.ceil((from + (count[d] as number)) / size) - first;
    if (chunks * places.length > MOST_NOTED) return [];
    places = places.flatMap((place) => Array.from({ length: chunks }, (_, i) => [...place, (first + i) * size]));
  }
  return places;
}
