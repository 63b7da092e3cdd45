import type { Clock, DaqtorError, TimerHandle } from '@daqtor/core';
import { BehaviorSubject, filter, firstValueFrom, type Observable } from 'rxjs';
import type { H5Backend } from '../h5/h5-backend.ts';
import { canBeMended } from '../h5/h5-errors.ts';
import type { Commit, H5Answers, H5Operation, H5Question } from '../h5/h5-operation.ts';

/** Time between two attempts. */
const RETRY_MS = 1000;

/** A transaction that is not durable yet. */
interface Transaction {
  readonly operations: readonly H5Operation[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  isSent: boolean;
}

/**
 * A file that can wait while its disk is full, and goes on by itself once there is room: what could not be committed is
 * written again, in its order. Every other failure is told as it comes.
 */
export class PatientFile implements H5Backend {
  readonly path: string;
  readonly commit: Commit;
  /** What it waits for at present; undefined while all goes well. */
  readonly trouble$: Observable<DaqtorError | undefined>;

  readonly #file: H5Backend;
  readonly #clock: Clock;
  readonly #trouble = new BehaviorSubject<DaqtorError | undefined>(undefined);
  /** In the order in which they came. */
  readonly #waiting = new Set<Transaction>();
  #timer: TimerHandle | undefined;
  #isPatient = false;

  constructor(file: H5Backend, clock: Clock) {
    this.path = file.path;
    this.commit = file.commit;
    this.trouble$ = this.#trouble.asObservable();
    this.#file = file;
    this.#clock = clock;
  }

  transact(operations: readonly H5Operation[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction: Transaction = { operations, resolve, reject, isSent: false };
      this.#waiting.add(transaction);
      if (this.#trouble.value === undefined) this.#send(transaction);
    });
  }

  async settle(): Promise<void> {
    while (this.#waiting.size > 0) {
      if (this.#trouble.value === undefined) await this.#file.settle();
      await firstValueFrom(this.trouble$.pipe(filter((trouble) => trouble === undefined)));
    }
  }

  async ask<Q extends H5Question>(question: Q): Promise<H5Answers[Q['ask']]> {
    await this.settle();
    return this.#file.ask(question);
  }

  async close(): Promise<void> {
    this.giveUp();
    await this.#file.close();
  }

  /** From now on it waits; before, a full disk is a failure like any other. */
  bePatient(): void {
    this.#isPatient = true;
  }

  /** Fails with what it waits for, and does not wait any more. */
  giveUp(): void {
    this.#isPatient = false;
    const error = this.#trouble.value;
    if (error === undefined) return;
    if (this.#timer) this.#clock.clearTimeout(this.#timer);
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting.clear();
    this.#trouble.next(undefined);
  }

  #send(transaction: Transaction): void {
    transaction.isSent = true;
    this.#file.transact(transaction.operations).then(
      () => {
        this.#waiting.delete(transaction);
        transaction.resolve();
        if (this.#trouble.value !== undefined) this.#trouble.next(undefined);
      },
      (error: unknown) => this.#failed(transaction, error),
    );
  }

  #failed(transaction: Transaction, error: unknown): void {
    transaction.isSent = false;
    if (!this.#isPatient || !canBeMended(error)) {
      this.#waiting.delete(transaction);
      transaction.reject(error);
      return;
    }
    if (this.#trouble.value === undefined) this.#trouble.next(error);
    // Those that were called before the failure was known fail with it; then all of them are tried again together.
    if ([...this.#waiting].some(({ isSent }) => isSent) || this.#timer) return;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      for (const one of this.#waiting) this.#send(one);
      void this.#file.settle();
    }, RETRY_MS);
  }
}
