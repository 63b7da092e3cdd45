import type { NumericArray } from '@daqtor/core';
import { BlockPool } from './block-pool.ts';
import { type H5Operation, type PackedOperation, type Slice, STAYS } from './h5-operation.ts';
import { MemoryBlock } from './memory-block.ts';
import type { WholeChunks } from './whole-chunks.ts';

const ALIGNMENT = 8;
/** Room that a row of small values is given when it begins to grow, in values. */
const FIRST_ROOM = 8;
/** Bytes of values that a growing row is given at most: it may end at any time. */
const MAX_ROOM = 2 ** 20;
/** Bytes from which on values stay apart: joining them would cost more than writing them one by one. */
const LARGE = 2 ** 20;

type Block = Extract<PackedOperation, { readonly op: 'write' | 'append' }>;
/** Room for a row of values, of which a part is free. */
interface Room {
  readonly block: MemoryBlock;
  readonly at: number;
  size: number;
  readonly slice: { block: number; at: number; bytes: number };
  /** Whether it fills from its end down: scans also run backwards. */
  readonly isBackwards: boolean;
}
/** A block of values that others can still join. */
interface Growing {
  readonly at: number;
  count: number[];
  offset: number[];
  readonly data: Slice[];
  room?: Room;
}

/**
 * Operations that wait to be sent to the writing thread. Their arrays are copied on the way in, into memory that it can
 * read; large ones that fill a chunk stay where they are.
 * Blocks of values that adjoin in their array become one: the thread needs as long for each as for dozens of values.
 *
 * Operations on one path keep their order; a write may overtake operations on other paths, which it cannot depend on.
 */
export class Batch {
  readonly #pool: BlockPool;
  #operations: PackedOperation[] = [];
  #blocks: ArrayBufferLike[] = [];
  #staying: NumericArray[] = [];
  readonly #whole: WholeChunks | undefined;
  readonly #growing = new Map<string, Growing>();
  #block = new MemoryBlock(new ArrayBuffer(0));
  #used = 0;
  #bytes = 0;

  /** @param whole - without it all arrays are copied */
  constructor(pool = new BlockPool(), whole?: WholeChunks) {
    this.#pool = pool;
    this.#whole = whole;
  }

  /** How much waits. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#operations.length === 0;
  }

  add(operations: readonly H5Operation[]): void {
    for (const operation of operations) {
      this.#whole?.note(operation);
      if (operation.op === 'write' || operation.op === 'append') this.#addBlock(operation);
      else this.#push(operation.path, this.#pack(operation));
    }
  }

  /** All that waits; nothing does any more. */
  take(): { operations: readonly PackedOperation[]; blocks: ArrayBufferLike[]; staying: readonly NumericArray[] } {
    const operations = this.#operations;
    for (const path of this.#growing.keys()) this.#close(path);
    const [blocks, staying] = [this.#blocks, this.#staying];
    this.#operations = [];
    this.#blocks = [];
    this.#staying = [];
    this.#block = new MemoryBlock(new ArrayBuffer(0));
    this.#used = this.#bytes = 0;
    return { operations, blocks, staying };
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
    const { op, path, count, data } = operation;
    if (this.#whole?.take(operation)) {
      this.#push(path, { ...operation, data: [{ block: STAYS, at: 0, bytes: data.byteLength }] });
      this.#staying.push(data);
      this.#bytes += data.byteLength;
      return;
    }
    const growing = this.#growing.get(path);
    const before = growing && this.#operations[growing.at];
    if (growing && before?.op === op && data.byteLength < LARGE) {
      const joins = op === 'append' ? joinRows(growing, count) : joinBlock(growing, operation);
      if (joins) {
        this.#extend(growing, data, joins === 'before');
        return;
      }
    }
    const slice = this.#copy(data);
    this.#push(path, { ...operation, data: [slice] });
    const offset = op === 'write' ? [...operation.offset] : [];
    this.#growing.set(path, { at: this.#operations.length - 1, count: [...count], offset, data: [slice] });
  }

  #extend(growing: Growing, data: NumericArray, isBackwards: boolean): void {
    const { byteLength } = data;
    let { room } = growing;
    const isFull = !room || room.isBackwards !== isBackwards || room.slice.bytes + byteLength > room.size;
    if (!room || (isFull && !this.#widen(room, byteLength, isBackwards))) {
      const size = Math.max(byteLength, Math.min(2 * (room?.size ?? (FIRST_ROOM / 2) * byteLength), MAX_ROOM));
      const at = this.#reserve(size);
      const slice = { block: this.#blocks.length - 1, at: isBackwards ? at + size : at, bytes: 0 };
      room = growing.room = { block: this.#block, at, size, slice, isBackwards };
      if (isBackwards) growing.data.unshift(slice);
      else growing.data.push(slice);
    }
    const { block, slice } = room;
    if (isBackwards) slice.at -= byteLength;
    block.put(data, isBackwards ? slice.at : slice.at + slice.bytes);
    slice.bytes += byteLength;
  }

  /** Lets a room grow into what is free behind it, if nothing else was put there. */
  #widen(room: Room, bytes: number, isBackwards: boolean): boolean {
    const isLast = room.block === this.#block && room.at + aligned(room.size) === this.#used;
    const end = room.at + aligned(room.slice.bytes + bytes);
    if (!isLast || isBackwards || room.isBackwards || end > this.#block.memory.byteLength) return false;
    this.#bytes += end - this.#used;
    this.#used = end;
    room.size = end - room.at;
    return true;
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

  #copy(array: NumericArray): Slice {
    const at = this.#reserve(array.byteLength);
    this.#block.put(array, at);
    return { block: this.#blocks.length - 1, at, bytes: array.byteLength };
  }

  /** @returns where that many bytes are free in the present block */
  #reserve(length: number): number {
    const padded = aligned(length);
    if (this.#used + padded > this.#block.memory.byteLength) {
      const memory = this.#pool.take(Math.max(padded, Math.min(this.#bytes, LARGE)));
      this.#blocks.push(memory);
      this.#block = new MemoryBlock(memory);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += padded;
    this.#bytes += padded;
    return at;
  }
}

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Lets rows join others of their shape. */
function joinRows(growing: Growing, count: readonly number[]): 'behind' | undefined {
  if (growing.count.length !== count.length) return undefined;
  for (let i = 1; i < count.length; i++) if (growing.count[i] !== count[i]) return undefined;
  growing.count[0] = (growing.count[0] ?? 0) + (count[0] ?? 0);
  return 'behind';
}

/**
 * Lets a block join one that it adjoins along a dimension, if their values then follow each other: all dimensions before
 * that one must have length 1, those behind it be the same.
 */
function joinBlock(
  growing: Growing,
  { offset, count }: { offset: readonly number[]; count: readonly number[] },
): 'before' | 'behind' | undefined {
  let dimension = 0;
  while (dimension < offset.length && offset[dimension] === growing.offset[dimension]) dimension++;
  if (dimension === offset.length) return undefined;
  for (let i = 0; i < count.length; i++) {
    if (i === dimension) continue;
    if (offset[i] !== growing.offset[i] || count[i] !== growing.count[i] || (i < dimension && count[i] !== 1))
      return undefined;
  }
  const [start = 0, length = 0] = [growing.offset[dimension], growing.count[dimension]];
  const [from = 0, more = 0] = [offset[dimension], count[dimension]];
  if (from !== start + length && from + more !== start) return undefined;
  growing.offset[dimension] = Math.min(start, from);
  growing.count[dimension] = length + more;
  return from > start ? 'behind' : 'before';
}
