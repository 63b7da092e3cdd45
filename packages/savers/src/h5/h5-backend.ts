import type { H5Answers, H5Operation, H5Question } from './h5-operation.ts';

/** A hierarchical file that is open for writing. Another library or a service could stand behind this. */
export interface H5Backend {
  readonly path: string;
  /**
   * Applies operations in order, as one transaction: once this resolves all of them are durable, and when it rejects
   * the file is as it was before. Calls may overlap; they are applied one after the other. Arrays are copied before
   * this returns.
   *
   * @throws DaqtorError `save.failed`
   */
  transact(operations: readonly H5Operation[]): Promise<void>;
  /** Names of the members of a group, or the present shape of an array. */
  ask<Q extends H5Question>(question: Q): Promise<H5Answers[Q['ask']]>;
  /**
   * Closes the file and lets go of everything, also when it rejects. Idempotent.
   *
   * @throws DaqtorError `save.failed` if the last bytes could not be written
   */
  close(): Promise<void>;
}
