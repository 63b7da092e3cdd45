import type { DataWithAxes } from '@daqtor/core';
import { dimOf } from '../layout/node-names.ts';
import { type ArrayFacts, storedSignal } from '../layout/nodes.ts';

/** A data object as it lies in the file: how its dimensions map, and where they go. */
export interface StoredForm {
  readonly dim: ArrayFacts['dim'];
  /** Shape of one value as stored, `[]` for 0D. */
  readonly signal: readonly number[];
  /** Index in `signal` of each dimension of the data, -1 if it is not stored. */
  readonly indexes: readonly number[];
}

/** How a data object is stored. One that has navigation of its own is DataND, as in PyMoDAQ. */
export function storedForm({ shape, navIndexes }: DataWithAxes): StoredForm {
  const { signal, indexes } = storedSignal(shape, navIndexes);
  return { dim: navIndexes.length > 0 ? 'DataND' : dimOf(signal), signal, indexes };
}
