/** Memory for one thing at a time, used again: fresh memory costs more than what is written into it. */
export class Scratch {
  #memory = new Uint8Array(0);

  /** @returns that many bytes, with whatever was in them, good until the next call */
  take(bytes: number): Uint8Array {
    if (bytes > this.#memory.byteLength) this.#memory = new Uint8Array(bytes);
    return this.#memory.subarray(0, bytes);
  }
}
