import type { Clock, DaqtorError } from '@daqtor/core';
import { BehaviorSubject, type Observable } from 'rxjs';
import { canBeMended } from './h5-errors.ts';

/** Time between two attempts. */
const RETRY_MS = 1000;

/** Waits while a disk is full, and tells so. Until it is asked to be patient, a full disk is a failure like any other. */
export class Patience {
  /** What it waits for at present; undefined while all goes well. */
  readonly trouble$: Observable<DaqtorError | undefined>;

  readonly #clock: Clock;
  readonly #trouble = new BehaviorSubject<DaqtorError | undefined>(undefined);
  #isPatient = false;
  #wake = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
    this.trouble$ = this.#trouble.asObservable();
  }

  /** From now on it waits. */
  begin(): void {
    this.#isPatient = true;
  }

  /** From now on it does not, nor for what it waits for. */
  giveUp(): void {
    this.#isPatient = false;
    this.#wake();
  }

  /** Waits after a failure. @returns whether the same is worth another attempt */
  async endures(error: unknown): Promise<boolean> {
    if (!this.#isPatient || !canBeMended(error)) return false;
    if (this.#trouble.value === undefined) this.#trouble.next(error);
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimeout(resolve, RETRY_MS);
      this.#wake = () => {
        this.#clock.clearTimeout(timer);
        resolve();
      };
    });
    return this.#isPatient;
  }

  /** It went well, or was given up. */
  end(): void {
    if (this.#trouble.value !== undefined) this.#trouble.next(undefined);
  }
}
