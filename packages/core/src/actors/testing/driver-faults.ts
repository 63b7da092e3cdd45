import type { DaqtorError } from '../../errors/daqtor-error.ts';

/** Makes a driver's calls fail on command, by aborting them: what a driver owes an abort, it owes a fault. */
export class DriverFaults {
  #armed: DaqtorError | undefined;
  readonly #under = new Set<AbortController>();

  /** The call under way fails with this, or else the next one. */
  arm(error: DaqtorError): void {
    this.#armed = error;
    for (const call of this.#under) call.abort(error);
  }

  /** Runs a call of the driver. */
  async call<T>(signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#fail();
    const abort = new AbortController();
    const pass = () => abort.abort(signal.reason);
    if (signal.aborted) pass();
    signal.addEventListener('abort', pass, { once: true });
    this.#under.add(abort);
    try {
      const answer = await run(abort.signal);
      this.#fail();
      return answer;
    } catch (error) {
      if (error === this.#armed) this.#armed = undefined;
      throw error;
    } finally {
      this.#under.delete(abort);
      signal.removeEventListener('abort', pass);
    }
  }

  #fail(): void {
    const error = this.#armed;
    this.#armed = undefined;
    if (error) throw error;
  }
}
