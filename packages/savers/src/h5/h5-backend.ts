import type { DaqtorError } from '@daqtor/core';
import type { Observable } from 'rxjs';
import type { Commit, H5Answers, H5Operation, H5Question } from './h5-operation.ts';

/** A hierarchical file that is open for writing. Another library or a service could stand behind this. */
export interface H5Backend {
  readonly path: string;
  readonly commit: Commit;
  /** What writing waits for at present, room on a full disk; undefined while all goes well. */
  readonly trouble$: Observable<DaqtorError | undefined>;
  /**
   * Applies operations in order, as one transaction: once this resolves all of them are durable, and when it rejects
   * the file is as it was before. Calls may overlap; they are applied one after the other, may be committed together,
   * and fail together: after a failure those that were called before it was known fail with it. Arrays must stay as they
   * are until then.
   *
   * @throws DaqtorError `save.failed`
   */
  transact(operations: readonly H5Operation[]): Promise<void>;
  /** From now on a full disk is waited for, and what could not be written is written again; before, it is a failure. */
  bePatient(): void;
  /** From now on it is a failure again, also what is waited for at present. */
  giveUp(): void;
  /** Commits what waits for the end of an interval now. Never rejects: a failure is told by `transact`. */
  settle(): Promise<void>;
  /**
   * Tells what is in the file, once all that was written before is durable.
   *
   * @throws DaqtorError if there is no such node
   */
  ask<Q extends H5Question>(question: Q): Promise<H5Answers[Q['ask']]>;
  /**
   * Closes the file and lets go of everything, also when it rejects. Idempotent.
   *
   * @throws DaqtorError `save.failed` if the last bytes could not be written
   */
  close(): Promise<void>;
}
