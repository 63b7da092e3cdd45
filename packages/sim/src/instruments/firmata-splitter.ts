/** How many bytes follow a command; a message of its own kind, sysex, ends with F7. */
const lengthOf = (command: number): number => {
  if (command === 0xf4 || command === 0xf5) return 2;
  if (command >= 0xf0) return 0;
  return (command & 0xf0) === 0xc0 || (command & 0xf0) === 0xd0 ? 1 : 2;
};
const [SYSEX, SYSEX_END] = [0xf0, 0xf7];
/** As much as a board has room for. */
const MOST_BYTES = 64;

/** Puts bytes that may be cut anywhere together into messages; what was not ended by the next command is dropped. */
export class FirmataSplitter {
  #message: number[] = [];

  push(bytes: Uint8Array): number[][] {
    const messages: number[][] = [];
    for (const byte of bytes) {
      const [command] = this.#message;
      if (byte === SYSEX_END) {
        if (command === SYSEX) messages.push(this.#message);
        this.#message = [];
        continue;
      }
      if (byte >= 0x80) this.#message = [byte];
      else if (command !== undefined && this.#message.length < MOST_BYTES) this.#message.push(byte);
      const [now] = this.#message;
      if (now === undefined || now === SYSEX || this.#message.length <= lengthOf(now)) continue;
      messages.push(this.#message);
      this.#message = [];
    }
    return messages;
  }
}
