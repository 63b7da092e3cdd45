/** Set in the addresses of endpoints to the host. */
export const ENDPOINT_IN = 0x80;

/** How a transfer ended. Bytes are those that went to the host. */
export type UsbOutcome = { readonly stalled: true } | { readonly stalled: false; readonly bytes: Uint8Array };

interface Waiting {
  readonly maxBytes: number;
  readonly answer: (outcome: UsbOutcome) => void;
}

/**
 * An endpoint to the host: transfers of the device meet those of the host. One of the host ends when it is full or when
 * one of the device ends with a packet that is not full; the rest of a longer one goes into the next.
 */
export class HostEndpoint {
  readonly #packetBytes: number;
  readonly #queued: Uint8Array[] = [];
  readonly #waiting: Waiting[] = [];

  constructor(packetBytes: number) {
    this.#packetBytes = packetBytes;
  }

  get isPending(): boolean {
    return this.#queued.length > 0;
  }

  put(bytes: Uint8Array): void {
    this.#queued.push(bytes);
    this.#meet();
  }

  take(maxBytes: number, answer: (outcome: UsbOutcome) => void): () => boolean {
    const waiting = { maxBytes, answer };
    this.#waiting.push(waiting);
    this.#meet();
    return () => {
      const at = this.#waiting.indexOf(waiting);
      if (at >= 0) this.#waiting.splice(at, 1);
      return at >= 0;
    };
  }

  flush(): void {
    this.#queued.length = 0;
  }

  stall(): void {
    for (const { answer } of this.#waiting.splice(0)) answer({ stalled: true });
  }

  reset(): void {
    this.flush();
    this.#waiting.length = 0;
  }

  #meet(): void {
    while (this.#queued.length > 0) {
      const host = this.#waiting.shift();
      if (!host) return;
      const bytes = this.#queued[0] ?? new Uint8Array();
      const part = bytes.subarray(0, host.maxBytes);
      // A host's transfer that is just filled leaves the rest; a full last packet is followed by one of no bytes.
      const isOver =
        part.length === bytes.length && (part.length < host.maxBytes || part.length % this.#packetBytes > 0);
      if (isOver) this.#queued.shift();
      else this.#queued[0] = bytes.subarray(part.length);
      host.answer({ stalled: false, bytes: part });
    }
  }
}
