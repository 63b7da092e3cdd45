/** Blocks are at least so large: fresh memory costs more than what is written into it. */
const SMALLEST = 2 ** 18;
/** Bytes that wait for the next batch: what two threads have under way at full speed. */
const MAX_SPARE = 64 * 2 ** 20;

/** Memory that batches are put into, used again and again. */
export class BlockPool {
  readonly #allocate: (bytes: number) => ArrayBufferLike;
  #spare: ArrayBufferLike[] = [];
  #spareBytes = 0;

  /**
   * @param allocate - for another thread to read, shared memory: handing over a block and getting it back counts as so
   *   much garbage to be collected, each time
   */
  constructor(allocate: (bytes: number) => ArrayBufferLike = (bytes) => new ArrayBuffer(bytes)) {
    this.#allocate = allocate;
  }

  /** @returns a block of at least that many bytes, with whatever was in it */
  take(bytes: number): ArrayBufferLike {
    const fits = this.#spare.findIndex(
      ({ byteLength }) => byteLength >= bytes && byteLength <= 4 * Math.max(bytes, SMALLEST),
    );
    const [block = this.#allocate(Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(bytes))))] =
      fits < 0 ? [] : this.#spare.splice(fits, 1);
    if (fits >= 0) this.#spareBytes -= block.byteLength;
    return block;
  }

  /** For blocks that nobody reads any more. */
  giveBack(blocks: readonly ArrayBufferLike[]): void {
    for (const block of blocks) {
      if (this.#spareBytes + block.byteLength > MAX_SPARE) return;
      this.#spare.push(block);
      this.#spareBytes += block.byteLength;
    }
  }
}
