/** A message of the APT protocol as it came: a header of 6 bytes, and data if its destination says so. */
export interface AptMessage {
  readonly id: number;
  /** The two bytes in the place of the length, of a message without data. */
  readonly parameters: readonly [number, number];
  readonly destination: number;
  readonly source: number;
  readonly data: DataView;
}

/** Puts bytes that may be cut anywhere together into messages, by the lengths in their headers. */
export class AptSplitter {
  #rest = new Uint8Array();

  push(bytes: Uint8Array): AptMessage[] {
    this.#rest = Uint8Array.from([...this.#rest, ...bytes]);
    const messages: AptMessage[] = [];
    for (;;) {
      const [low = 0, high = 0, first = 0, second = 0, to = 0, source = 0] = this.#rest;
      const end = 6 + (to & 0x80 ? first + 256 * second : 0);
      if (this.#rest.length < 6 || this.#rest.length < end) return messages;
      const data = new DataView(this.#rest.buffer, 6, end - 6);
      messages.push({ id: low + 256 * high, parameters: [first, second], destination: to & 0x7f, source, data });
      this.#rest = this.#rest.slice(end);
    }
  }
}

/** A message with data. */
export function aptMessage(id: number, destination: number, source: number, data: Uint8Array): Uint8Array {
  const header = [id % 256, id >> 8, data.length % 256, data.length >> 8, destination | 0x80, source];
  return Uint8Array.from([...header, ...data]);
}
