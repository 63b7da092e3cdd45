/**
 * Received bytes in their order. Memory grows with what came, never with what was announced, and a search for a
 * terminator looks at each byte once however finely the data were cut.
 */
export class ByteQueue {
  readonly #maxBytes: number;
  #buffer = new Uint8Array(256);
  #start = 0;
  #end = 0;
  /** Where the last search for `#soughtFor` ended; what lies before it need not be looked at again. */
  #searched = 0;
  #soughtFor: Uint8Array | undefined;

  /** @param maxBytes - what fits */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#end - this.#start;
  }

  /** Takes a copy of the bytes. False, and nothing taken, if they do not fit. */
  push(bytes: Uint8Array): boolean {
    const size = this.size + bytes.length;
    if (size > this.#maxBytes) return false;
    if (this.#end + bytes.length > this.#buffer.length) {
      const roomy = size * 2 > this.#buffer.length ? new Uint8Array(size * 2) : this.#buffer;
      roomy.set(this.#buffer.subarray(this.#start, this.#end));
      this.#searched -= this.#start;
      this.#end -= this.#start;
      this.#start = 0;
      this.#buffer = roomy;
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
    return true;
  }

  /** The next `count` bytes, or undefined while there are fewer. */
  take(count: number): Uint8Array | undefined {
    if (this.size < count) return undefined;
    const bytes = this.#buffer.slice(this.#start, this.#start + count);
    this.#start += count;
    return bytes;
  }

  /** The bytes before the terminator, which is taken as well; undefined while it has not come. */
  takeUntil(terminator: Uint8Array): Uint8Array | undefined {
    if (terminator !== this.#soughtFor) {
      this.#soughtFor = terminator;
      this.#searched = this.#start;
    }
    const last = terminator[terminator.length - 1];
    let at = Math.max(this.#searched, this.#start) + terminator.length - 1;
    for (; at < this.#end; at++) {
      if (this.#buffer[at] !== last) continue;
      const from = at - terminator.length + 1;
      if (!terminator.every((byte, i) => this.#buffer[from + i] === byte)) continue;
      const bytes = this.#buffer.slice(this.#start, from);
      this.#start = at + 1;
      return bytes;
    }
    this.#searched = Math.max(this.#start, this.#end - terminator.length + 1);
    return undefined;
  }

  /** A copy of all that is there; the queue is empty afterwards, its memory given back. */
  drain(): Uint8Array {
    const bytes = this.#buffer.slice(this.#start, this.#end);
    this.#start = this.#end = this.#searched = 0;
    if (this.#buffer.length > 65_536) this.#buffer = new Uint8Array(256);
    return bytes;
  }

  /** A look at what is there, without taking it. */
  peek(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }
}
