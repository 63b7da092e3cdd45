/** Knows whether a driver still works on what it was asked: it is asked one thing at a time, also after an abort. */
export class DriverTurn {
  #call: Promise<void> | undefined;

  get isTaken(): boolean {
    return this.#call !== undefined;
  }

  /** Takes the turn until the call has settled, whether or not anybody still waits for it. */
  hold<T>(answer: Promise<T>): Promise<T> {
    // What a driver gives may be no promise at all.
    const call = Promise.resolve(answer);
    const free = () => {
      if (this.#call === settled) this.#call = undefined;
    };
    const settled = call.then(free, free);
    this.#call = settled;
    return call;
  }

  /**
   * Resolves when the turn is free. Of several who wait, only one may have it: `take` sees to that.
   *
   * @throws `signal.reason` if whoever waits is not wanted any more by then
   */
  async whenFree(signal: AbortSignal): Promise<void> {
    while (this.#call) await this.#call;
    signal.throwIfAborted();
  }

  /** Asks as soon as the turn is free, and holds it. */
  async take<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    while (this.#call) await this.#call;
    signal.throwIfAborted();
    return await this.hold(ask());
  }

  /** Forgets the call of a driver that was given up. */
  reset(): void {
    this.#call = undefined;
  }
}
