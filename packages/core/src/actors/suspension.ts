import type { Subscription } from 'rxjs';
import type { DaqtorError } from '../errors/daqtor-error.ts';
import { reasonToHold, type Suspender } from '../scan/suspender.ts';
import type { Clock, TimerHandle } from '../time/clock.ts';
import { watchedValues } from './watched-values.ts';

export interface SuspensionOptions {
  readonly suspender: Suspender;
  readonly clock: Clock;
  /** Whether a watched detector may be asked for a value now. */
  readonly mayAsk: () => boolean;
  readonly suspend: (reason: string) => void;
  readonly lift: () => void;
  /** It cannot be watched any more, so that nothing holds the scan. */
  readonly broken: (cause: unknown) => void;
}

/** Watches a value as long as a scan runs, and tells when it holds the scan and when it lets go. */
export class Suspension {
  readonly #options: SuspensionOptions;
  #holds = false;
  #lifting: TimerHandle | undefined;
  #subscription: Subscription | undefined;

  constructor(options: SuspensionOptions) {
    this.#options = options;
  }

  start(): void {
    const { suspender, clock, mayAsk, broken } = this.#options;
    this.#subscription = watchedValues(suspender, clock, mayAsk).subscribe({
      next: (seen) => this.#see(seen),
      error: broken,
      complete: () => broken('it gives no more values'),
    });
  }

  stop(): void {
    this.#subscription?.unsubscribe();
    this.#stay();
  }

  #see(seen: number | DaqtorError): void {
    const { suspender, clock, suspend } = this.#options;
    const reason =
      typeof seen === 'number' ? reasonToHold(seen, this.#holds, suspender) : `it cannot be read: ${seen.message}`;
    if (reason === undefined) {
      if (!this.#holds || this.#lifting) return;
      if (suspender.forMs > 0) this.#lifting = clock.setTimeout(() => this.#lift(), suspender.forMs);
      else this.#lift();
      return;
    }
    this.#stay();
    if (!this.#holds) suspend(reason);
    this.#holds = true;
  }

  #lift(): void {
    this.#lifting = undefined;
    this.#holds = false;
    this.#options.lift();
  }

  #stay(): void {
    if (this.#lifting) this.#options.clock.clearTimeout(this.#lifting);
    this.#lifting = undefined;
  }
}
