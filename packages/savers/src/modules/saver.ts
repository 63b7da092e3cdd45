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
}
