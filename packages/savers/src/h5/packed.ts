import type { NumericArray } from '@daqtor/core';
import type { BlockPool } from './block-pool.ts';
import { type PackedOperation, type Slice, STAYS } from './h5-operation.ts';
import { MemoryBlock } from './memory-block.ts';

/** Values that are still where they came from. */
export interface Listed {
  /** They follow each other in the file. */
  readonly arrays: readonly NumericArray[];
  /** Whether they fill a chunk that nothing was written to. */
  readonly isWhole: boolean;
}

/** Operations that can be sent to the writing thread, and again after a failure. */
export interface Taken {
  readonly operations: readonly PackedOperation[];
  /** Memory with the small values. */
  readonly blocks: readonly ArrayBufferLike[];
  /** The values of the operations that bring no bytes yet. */
  readonly listed: ReadonlyMap<PackedOperation, Listed>;
  /** Whether it goes over bytes that stayed, its own or earlier ones. */
  readonly isOver: boolean;
}

/** Operations as they are sent to the writing thread. */
export interface Packed {
  readonly operations: readonly PackedOperation[];
  /** Memory that the thread reads. */
  readonly blocks: readonly ArrayBufferLike[];
  /** The part of it that is needed until the thread has answered. */
  readonly passing: readonly ArrayBufferLike[];
  /** What the thread only says the place of: for each chunk the arrays that fill it. */
  readonly staying: readonly (readonly NumericArray[])[];
}

/** @param mayStay - whether the thread still knows which chunks are new; otherwise everything is copied */
export function packed({ operations, blocks, listed }: Taken, pool: BlockPool, mayStay: boolean): Packed {
  const copied = [...listed.values()].filter(({ isWhole }) => !(isWhole && mayStay));
  const room = copied.reduce((sum, { arrays }) => sum + aligned(bytesOf(arrays)), 0);
  const passing = room > 0 ? [pool.take(room)] : [];
  const memory = new MemoryBlock(passing[0] ?? new ArrayBuffer(0));
  let end = 0;
  const copy = (arrays: readonly NumericArray[]): Slice => {
    const slice = { block: blocks.length, at: end, bytes: 0 };
    for (const array of arrays) {
      memory.put(array, slice.at + slice.bytes);
      slice.bytes += array.byteLength;
    }
    end += aligned(slice.bytes);
    return slice;
  };
  const staying: (readonly NumericArray[])[] = [];
  const stay = (arrays: readonly NumericArray[]): Slice => {
    staying.push(arrays);
    return { block: STAYS, at: 0, bytes: bytesOf(arrays) };
  };
  const whole = operations.map((operation) => {
    const values = listed.get(operation);
    if (!values) return operation;
    const data = [values.isWhole && mayStay ? stay(values.arrays) : copy(values.arrays)];
    return { ...operation, data } as PackedOperation;
  });
  return { operations: whole, blocks: [...blocks, ...passing], passing, staying };
}

/** Whether the bytes of an operation stay where they are. */
export const isStaying = (operation: PackedOperation) =>
  (operation.op === 'write' || operation.op === 'append') && operation.data[0]?.block === STAYS;

const ALIGNMENT = 8;

/** Values of all types can begin at such a place. */
export const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

export const bytesOf = (arrays: readonly NumericArray[]) => arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
