/** Blocks are at least so large: fresh memory costs more than what is written into it. */
const SMALLEST = 2 ** 18;
/** Bytes that wait for the next batch: what two threads have under way at full speed. */
const MAX_SPARE = 64 * 2 ** 20;

/** Memory that batches travel in, to the writing thread and back, used again and again. */
export class BlockPool {
  #spare: ArrayBuffer[] = [];
  #spareBytes = 0;

  /** @returns a block of at least that many bytes, with whatever was in it */
  take(bytes: number): ArrayBuffer {
    const fits = this.#spare.findIndex(
      ({ byteLength }) => byteLength >= bytes && byteLength <= 4 * Math.max(bytes, SMALLEST),
    );
    const [block = new ArrayBuffer(Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(bytes))))] =
      fits < 0 ? [] : this.#spare.splice(fits, 1);
    if (fits >= 0) this.#spareBytes -= block.byteLength;
    return block;
  }

  /** For blocks that nobody reads any more. */
  giveBack(blocks: readonly ArrayBuffer[]): void {
    for (const block of blocks) {
      if (this.#spareBytes + block.byteLength > MAX_SPARE) return;
      this.#spare.push(block);
      this.#spareBytes += block.byteLength;
    }
  }
}
