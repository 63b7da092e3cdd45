import type { ScanOutcome } from '@daqtor/core';
import type { H5Operation } from '../h5/h5-operation.ts';

/**
 * Turns what one module gives into operations on the file. It touches no file itself, but remembers what the first
 * values looked like, since they define the arrays.
 *
 * @typeParam T - one value, e.g. a scan point or a log line
 */
export interface Saver<T> {
  /** What has to be in the file before the first value. */
  open(): readonly H5Operation[];
  /**
   * One value, in the order in which they were published.
   *
   * @throws DaqtorError `data.shape` if it does not fit what came before
   */
  write(value: T): readonly H5Operation[];
  /** Paths of the arrays made so far that grow: their attributes follow when the file is closed. */
  readonly growing?: readonly string[];
  /** Says how it ended, whatever became of the values. */
  close?(outcome: ScanOutcome): readonly H5Operation[];
}
