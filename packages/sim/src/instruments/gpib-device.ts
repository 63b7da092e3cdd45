import type { Clock } from '@daqtor/core';
import type { SimulatedInstrument, SimulatedSession } from './simulated-instrument.ts';
import { requestsService, statusByteOf } from './status-registers.ts';

/** An instrument as a bus sees it: it listens when it is addressed to, and keeps what it has to say until it may talk. */
export class GpibDevice {
  readonly title: string;
  readonly #instrument: SimulatedInstrument;
  readonly #clock: Clock;
  #session: SimulatedSession;
  #messages: Uint8Array[] = [];
  #heard: (() => void) | undefined;

  constructor(instrument: SimulatedInstrument, clock: Clock) {
    this.title = instrument.title;
    this.#instrument = instrument;
    this.#clock = clock;
    this.#session = this.#plug();
  }

  /** What a serial poll gives; an instrument that has none of IEEE 488.2 gives 0. */
  get statusByte(): number {
    return statusByteOf(this.#instrument.messages, this.#messages.length > 0);
  }

  /** It holds the line SRQ of the bus. */
  get requestsService(): boolean {
    return requestsService(this.statusByte);
  }

  /** A command discards what was not read of an earlier answer (IEEE 488.2). */
  listen(bytes: Uint8Array): void {
    this.#messages = [];
    this.#session.receive(bytes);
  }

  /** Its next message; undefined if it has none within this time. */
  async talk(withinMs: number): Promise<Uint8Array | undefined> {
    if (this.#messages.length === 0) {
      await new Promise<void>((resolve) => {
        const timer = this.#clock.setTimeout(resolve, withinMs);
        this.#heard = () => {
          this.#clock.clearTimeout(timer);
          resolve();
        };
      });
      this.#heard = undefined;
    }
    return this.#messages.shift();
  }

  /** Selected device clear: what is under way is given up, with its answer. */
  clear(): void {
    this.#session.disconnect();
    this.#messages = [];
    this.#session = this.#plug();
  }

  #plug(): SimulatedSession {
    return this.#instrument.connect((bytes) => {
      this.#messages.push(bytes);
      this.#heard?.();
    });
  }
}
