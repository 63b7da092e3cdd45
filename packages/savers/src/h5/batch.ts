import type { H5Operation, PackedOperation, Slice } from './h5-operation.ts';

const ALIGNMENT = 8;
/**
 * Small arrays share blocks, the first of the smallest size, each further one as large as all before it: a point of a few
 * scalars is sent as often as a megabyte of them. A large array has a block of its own.
 */
const SMALLEST_BLOCK = 2 ** 8;
const LARGEST_BLOCK = 2 ** 20;

type Block = Extract<PackedOperation, { readonly op: 'write' | 'append' }>;
/** A block of values that others can still join. */
interface Growing {
  readonly at: number;
  count: number[];
  offset: number[];
  readonly data: Slice[];
}

/**
 * Operations that wait to be sent to the writing thread. Their arrays are copied on the way in, into buffers that can be
 * handed over. Blocks of values that adjoin in their array become one: HDF5 opens and closes the array at each call, so
 * that a row at a time costs ten times as much.
 *
 * Operations on one path keep their order; a write may overtake operations on other paths, which it cannot depend on.
 */
export class Batch {
  #operations: PackedOperation[] = [];
  #blocks: ArrayBuffer[] = [];
  readonly #growing = new Map<string, Growing>();
  #room = 0;
  #bytes = 0;

  /** How much waits. */
  get bytes(): number {
    return this.#bytes;
  }

  add(operations: readonly H5Operation[]): void {
    for (const operation of operations) {
      if (operation.op === 'write' || operation.op === 'append') this.#addBlock(operation);
      else this.#push(operation.path, this.#pack(operation));
    }
  }

  /** All that waits; nothing does any more. */
  take(): { operations: readonly PackedOperation[]; blocks: ArrayBuffer[] } {
    const operations = this.#operations;
    for (const path of this.#growing.keys()) this.#close(path);
    const blocks = this.#blocks;
    this.#operations = [];
    this.#blocks = [];
    this.#room = this.#bytes = 0;
    return { operations, blocks };
  }

  #push(path: string, operation: PackedOperation): void {
    this.#close(path);
    this.#operations.push(operation);
  }

  #pack(operation: Exclude<H5Operation, { readonly op: 'write' | 'append' }>): PackedOperation {
    if (operation.op === 'append-bytes') return { ...operation, rows: operation.rows.map((row) => this.#copy(row)) };
    if (operation.op !== 'array') return operation;
    const { data, ...rest } = operation;
    return data ? { ...rest, data: [this.#copy(data)] } : rest;
  }

  #addBlock(operation: Extract<H5Operation, { readonly op: 'write' | 'append' }>): void {
    const { path, count, data } = operation;
    const slice = this.#copy(data);
    const growing = this.#growing.get(path);
    const before = growing && this.#operations[growing.at];
    if (growing && before?.op === operation.op) {
      if (operation.op === 'append' && growing.count.slice(1).every((length, i) => length === count[i + 1])) {
        growing.count[0] = (growing.count[0] ?? 0) + (count[0] ?? 0);
        growing.data.push(slice);
        return;
      }
      if (operation.op === 'write' && join(growing, operation, slice)) return;
    }
    this.#push(path, { ...operation, data: [slice] });
    const offset = operation.op === 'write' ? [...operation.offset] : [];
    this.#growing.set(path, { at: this.#operations.length - 1, count: [...count], offset, data: [slice] });
  }

  /** What comes next on this path must not be overtaken. */
  #close(path: string): void {
    const growing = this.#growing.get(path);
    if (!growing) return;
    this.#growing.delete(path);
    const { at, count, offset, data } = growing;
    const operation = this.#operations[at] as Block;
    this.#operations[at] =
      operation.op === 'write' ? { ...operation, count, offset, data } : { ...operation, count, data };
  }

  #copy(array: ArrayBufferView): Slice {
    const bytes = array.byteLength;
    const padded = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    if (padded > this.#room) {
      const size = Math.max(padded, SMALLEST_BLOCK, Math.min(this.#bytes, LARGEST_BLOCK));
      this.#blocks.push(new ArrayBuffer(size));
      this.#room = size;
    }
    const block = this.#blocks.length - 1;
    const buffer = this.#blocks[block] as ArrayBuffer;
    const at = buffer.byteLength - this.#room;
    new Uint8Array(buffer, at, bytes).set(new Uint8Array(array.buffer, array.byteOffset, bytes));
    this.#room -= padded;
    this.#bytes += padded;
    return { block, at, bytes };
  }
}

/**
 * Lets a block join one that it adjoins along a dimension, if their values then follow each other: all dimensions before
 * that one must have length 1, those behind it be the same.
 */
function join(
  growing: Growing,
  { offset, count }: { offset: readonly number[]; count: readonly number[] },
  slice: Slice,
): boolean {
  const dimension = offset.findIndex((start, i) => start !== growing.offset[i]);
  if (dimension < 0) return false;
  const fits = count.every((length, i) => {
    if (i !== dimension && offset[i] !== growing.offset[i]) return false;
    return i === dimension || (length === growing.count[i] && (i > dimension || length === 1));
  });
  if (!fits) return false;
  const [start = 0, length = 0] = [growing.offset[dimension], growing.count[dimension]];
  const [from = 0, more = 0] = [offset[dimension], count[dimension]];
  if (from === start + length) growing.data.push(slice);
  else if (from + more === start)
    growing.data.unshift(slice); // Scans also run backwards.
  else return false;
  growing.offset[dimension] = Math.min(start, from);
  growing.count[dimension] = length + more;
  return true;
}
