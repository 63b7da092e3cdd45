import type { NumericArray } from '@daqtor/core';
import { BlockPool } from './block-pool.ts';
import { GrowingBlock } from './growing-block.ts';
import type { AppendRows, H5Operation, PackedOperation, Slice, WriteSlab } from './h5-operation.ts';
import { MemoryBlock } from './memory-block.ts';
import { aligned, type Listed, type Taken } from './packed.ts';
import type { WholeChunks } from './whole-chunks.ts';

/** Room that a row of small values is given when it begins to grow, in values. */
const FIRST_ROOM = 8;
/** Bytes of values that a growing row is given at most: it may end at any time. */
const MAX_ROOM = 2 ** 20;
/** Bytes from which on values that are copied stay apart: joining them would cost more than writing them one by one. */
const LARGE = 2 ** 20;
/** Smaller values are copied at once: listing where they are would cost more. */
const WORTH_LISTING = 2 ** 10;
/** Bytes that may wait for the rest of their chunk when a batch is taken. */
const MAX_HELD = 2 * 2 ** 20;

/** Room for a row of values, of which a part is free. */
interface Room {
  readonly block: MemoryBlock;
  readonly at: number;
  size: number;
  readonly slice: { block: number; at: number; bytes: number };
  /** Whether it fills from its end down: scans also run backwards. */
  readonly isBackwards: boolean;
}

/** Values that were copied and that others can still join. */
interface CopiedRow {
  readonly slot: number;
  readonly block: GrowingBlock;
  readonly data: Slice[];
  room?: Room;
}

/** Values that are where they came from, and that others can still join. */
interface ListedRow {
  readonly slot: number;
  readonly block: GrowingBlock;
  /** In the order in which they came, behind the first and before it. */
  readonly behind: NumericArray[];
  readonly before: NumericArray[];
}

/**
 * Operations that wait to be sent to the writing thread. Small arrays are copied on the way in, into memory that it can
 * read; of others it is listed where they are.
 * Blocks of values that adjoin in their array become one: the thread needs as long for each as for dozens of values.
 *
 * Operations on one path keep their order; a write may overtake operations on other paths, which it cannot depend on.
 */
export class Batch {
  readonly #pool: BlockPool;
  /** A block that grows may be cut into several operations. */
  #slots: PackedOperation[][] = [];
  #blocks: ArrayBufferLike[] = [];
  #values = new Map<PackedOperation, Listed>();
  readonly #whole: WholeChunks | undefined;
  readonly #copied = new Map<string, CopiedRow>();
  readonly #listed = new Map<string, ListedRow>();
  #block = new MemoryBlock(new ArrayBuffer(0));
  #used = 0;
  #bytes = 0;

  /** @param whole - without it all arrays are copied at once */
  constructor(pool = new BlockPool(), whole?: WholeChunks) {
    this.#pool = pool;
    this.#whole = whole;
  }

  /** How much waits. */
  get bytes(): number {
    return this.#bytes;
  }

  add(operations: readonly H5Operation[]): void {
    for (const operation of operations) {
      this.#whole?.note(operation);
      if (operation.op === 'write' || operation.op === 'append') this.#addBlock(operation);
      else this.#push(operation.path, this.#pack(operation));
    }
  }

  /**
   * What waits; it does not any more.
   *
   * @param isLast - whether values that wait for the rest of their chunk are wanted too, as for a commit
   */
  take(isLast = true): Taken {
    const held: ListedRow[] = [];
    let heldBytes = 0;
    for (const row of this.#listed.values()) {
      const tail = this.#cut(row, isLast || heldBytes > MAX_HELD);
      if (tail) held.push(tail);
      for (const { byteLength } of tail?.behind ?? []) heldBytes += byteLength;
    }
    for (const row of this.#copied.values()) this.#close(row);
    const isOver = this.#whole?.takeIsOver() ?? false;
    const taken = { operations: this.#slots.flat(), blocks: this.#blocks, listed: this.#values, isOver };
    this.#copied.clear();
    this.#listed.clear();
    this.#slots = [];
    this.#blocks = [];
    this.#values = new Map();
    this.#block = new MemoryBlock(new ArrayBuffer(0));
    this.#used = 0;
    this.#bytes = heldBytes;
    for (const row of held) this.#listed.set(row.block.path, { ...row, slot: this.#newSlot() });
    return taken;
  }

  #newSlot(...operations: PackedOperation[]): number {
    return this.#slots.push(operations) - 1;
  }

  #push(path: string, operation: PackedOperation): void {
    this.#closeAll(path);
    this.#newSlot(operation);
  }

  #pack(operation: Exclude<H5Operation, { readonly op: 'write' | 'append' }>): PackedOperation {
    if (operation.op === 'append-bytes') return { ...operation, rows: operation.rows.map((row) => this.#copy(row)) };
    if (operation.op !== 'array') return operation;
    const { data, ...rest } = operation;
    return data ? { ...rest, data: [this.#copy(data)] } : rest;
  }

  #addBlock(operation: WriteSlab | AppendRows): void {
    const { path, data } = operation;
    if (data.byteLength >= WORTH_LISTING && this.#whole) {
      this.#list(operation, this.#whole.has(path));
      return;
    }
    this.#whole?.drop(path);
    const row = this.#copied.get(path);
    const side = row && data.byteLength < LARGE ? row.block.join(operation) : undefined;
    if (row && side) {
      this.#extend(row, data, side === 'before');
      return;
    }
    const slices = [this.#copy(data)];
    this.#closeAll(path);
    this.#copied.set(path, { slot: this.#newSlot(), block: new GrowingBlock(operation), data: slices });
  }

  #list(operation: WriteSlab | AppendRows, mayFillChunks: boolean): void {
    const { path, data } = operation;
    this.#bytes += data.byteLength;
    const row = this.#listed.get(path);
    const side = mayFillChunks || data.byteLength < LARGE ? row?.block.join(operation) : undefined;
    if (row && side) {
      row[side].push(data);
      return;
    }
    this.#closeAll(path);
    const block = new GrowingBlock(operation);
    this.#listed.set(path, { slot: this.#newSlot(), block, behind: [data], before: [] });
  }

  #extend(row: CopiedRow, data: NumericArray, isBackwards: boolean): void {
    const { byteLength } = data;
    let { room } = row;
    const isFull = !room || room.isBackwards !== isBackwards || room.slice.bytes + byteLength > room.size;
    if (!room || (isFull && !this.#widen(room, byteLength, isBackwards))) {
      const size = Math.max(byteLength, Math.min(2 * (room?.size ?? (FIRST_ROOM / 2) * byteLength), MAX_ROOM));
      const at = this.#reserve(size);
      const slice = { block: this.#blocks.length - 1, at: isBackwards ? at + size : at, bytes: 0 };
      room = row.room = { block: this.#block, at, size, slice, isBackwards };
      if (isBackwards) row.data.unshift(slice);
      else row.data.push(slice);
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
  #closeAll(path: string): void {
    const [copied, listed] = [this.#copied.get(path), this.#listed.get(path)];
    if (copied) this.#close(copied);
    if (listed) this.#cut(listed, true);
    this.#copied.delete(path);
    this.#listed.delete(path);
  }

  #close({ slot, block, data }: CopiedRow): void {
    this.#slots[slot] = [{ ...block.part(0, block.count[block.along] ?? 1), data }];
  }

  /**
   * Cuts values where the chunks of their array end.
   *
   * @returns what waits for the rest of its chunk, unless it is wanted too
   */
  #cut({ slot, block, behind, before }: ListedRow, isLast: boolean): ListedRow | undefined {
    const values = before.length === 0 ? behind : [...before.toReversed(), ...behind];
    const [cuts, step] = [this.#whole?.cut(block, isLast) ?? [], block.step || block.count[block.along] || 1];
    this.#slots[slot] = cuts.map(({ from, to, isWhole }) => {
      const arrays = block.step === 0 ? values : values.slice(from / step, to / step);
      const operation = { ...block.part(from, to), data: [] };
      this.#values.set(operation, { arrays, isWhole });
      return operation;
    });
    const end = cuts.at(-1)?.to ?? 0;
    if (end === block.count[block.along]) return undefined;
    return { slot, block: block.rest(end), behind: values.slice(end / step), before: [] };
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
