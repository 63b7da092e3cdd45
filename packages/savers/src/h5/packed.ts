import type { NumericArray } from '@daqtor/core';
import type { BlockPool } from './block-pool.ts';
import { type PackedOperation, STAYS } from './h5-operation.ts';
import { MemoryBlock } from './memory-block.ts';

/** Operations as they are sent to the writing thread. */
export interface Packed {
  readonly operations: readonly PackedOperation[];
  /** Memory that the thread reads. */
  readonly blocks: readonly ArrayBufferLike[];
  /** What the thread only says the place of: the arrays of one value each, or of the values that fill a chunk. */
  readonly staying: readonly (readonly NumericArray[])[];
  /** Whether it goes over bytes that stayed, its own or earlier ones. */
  readonly isOver: boolean;
}

/** The same with nothing that stays. */
export function withoutStaying({ operations, blocks, staying }: Packed, pool: BlockPool): Packed {
  const more: ArrayBufferLike[] = [];
  const copied = (operation: PackedOperation): PackedOperation => {
    if ((operation.op !== 'write' && operation.op !== 'append') || !isStaying(operation)) return operation;
    const arrays = staying[more.length] ?? [];
    const bytes = bytesOf(arrays);
    const memory = pool.take(bytes);
    putAll(new MemoryBlock(memory), arrays, 0);
    const block = blocks.length + more.push(memory) - 1;
    return { ...operation, data: [{ block, at: 0, bytes }] };
  };
  return { operations: operations.map(copied), blocks: [...blocks, ...more], staying: [], isOver: false };
}

/** Whether the bytes of an operation stay where they are. */
export const isStaying = ({ data }: Extract<PackedOperation, { op: 'write' | 'append' }>) => data[0]?.block === STAYS;

/** Copies arrays one behind the other. */
export function putAll(block: MemoryBlock, arrays: readonly NumericArray[], at: number): void {
  let to = at;
  for (const array of arrays) {
    block.put(array, to);
    to += array.byteLength;
  }
}

export const bytesOf = (arrays: readonly NumericArray[]) => arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
