import type { Clock, TimerHandle } from '@daqtor/core';

/** What a full packet of a USB converter carries: 64 bytes, of which two are its status. */
const PACKET_BYTES = 62;

/**
 * Holds bytes back as the converters of FTDI do: until a packet is full, or for some time since the first that waits (16 ms as they
 * are shipped).
 */
export class LatencyTimer {
  readonly #clock: Clock;
  readonly #holdMs: () => number;
  readonly #deliver: (bytes: Uint8Array) => void;
  #held: number[] = [];
  #timer: TimerHandle | undefined;

  /** @param holdMs - 0 holds nothing back */
  constructor(clock: Clock, holdMs: () => number, deliver: (bytes: Uint8Array) => void) {
    this.#clock = clock;
    this.#holdMs = holdMs;
    this.#deliver = deliver;
  }

  put(bytes: Uint8Array): void {
    const holdMs = this.#holdMs();
    if (holdMs === 0 && this.#held.length === 0) {
      this.#deliver(bytes);
      return;
    }
    this.#held.push(...bytes);
    while (this.#held.length >= PACKET_BYTES) this.#deliver(Uint8Array.from(this.#held.splice(0, PACKET_BYTES)));
    if (this.#held.length > 0) this.#timer ??= this.#clock.setTimeout(() => this.#flush(), holdMs);
    else this.#stop();
  }

  /** What is held is lost. */
  cut(): void {
    this.#held = [];
    this.#stop();
  }

  #flush(): void {
    const bytes = Uint8Array.from(this.#held);
    this.cut();
    this.#deliver(bytes);
  }

  #stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
