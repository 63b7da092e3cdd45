import type { Axis, NumericArray } from '@daqtor/core';
import type { ElementType, H5Operation } from '../h5/h5-operation.ts';
import type { ArrayFacts } from '../layout/nodes.ts';

/**
 * Turns the values of one array into operations.
 *
 * @typeParam At - what says where a value belongs
 */
export interface ArraySaver<At> {
  readonly dtype: ElementType;
  /** Makes the array. @param data - the first value, for an array that holds no other */
  create(facts: ArrayFacts, data?: NumericArray): H5Operation;
  /** A value, of the array's dtype and length; pairs for a complex one. */
  next(at: At, data: NumericArray): H5Operation;
}

/** A way to store arrays: as they are, row by row, or point by point. */
export interface ArrayStorage<At> {
  /** PyMoDAQ's name for arrays that are stored this way. */
  readonly type: 'data' | 'data_enlargeable';
  /** Number of dimensions that stand in front of the data's own. */
  readonly navRank: number;
  /** Axes of these dimensions, where they are known beforehand. */
  readonly navAxes: readonly Axis[];
  /** Whether an array is made with its one value in it. */
  readonly isSingle: boolean;
  /** How these dimensions are laid out; undefined: as in the data. */
  readonly distribution: ArrayFacts['distribution'] | undefined;
  /** @param signal - shape of one value as stored, `[]` for 0D */
  saver(path: string, dtype: ElementType, signal: readonly number[]): ArraySaver<At>;
}

export interface Compression {
  /** Level of gzip, 1 to 9; 0 or undefined for none. */
  readonly gzip?: number | undefined;
}
