import type { H5Module } from './h5-module.ts';
import type { Bytes } from './joined-bytes.ts';

const utf8 = new TextEncoder();

/** A block of the module's heap that all data go through; it grows to the largest. */
export class HeapBlock {
  readonly #h5: H5Module;
  #pointer = 0;
  #bytes = 0;

  constructor(h5: H5Module) {
    this.#h5 = h5;
  }

  /**
   * @returns a pointer to that many bytes, good until the next call
   * @throws Error if the module's heap cannot grow so far
   */
  reserve(bytes: number): number {
    if (bytes > this.#bytes) {
      this.#h5._free(this.#pointer);
      this.#pointer = this.#h5._malloc(bytes);
      this.#bytes = this.#pointer === 0 ? 0 : bytes;
      if (this.#pointer === 0) throw new Error(`${bytes} bytes at once are more than the writer's memory holds`);
    }
    return this.#pointer;
  }

  /** @returns a pointer to a copy, good until the next call */
  load(bytes: Bytes): number {
    const pointer = this.reserve(bytes.byteLength);
    this.#h5.HEAPU8.set(bytes.subarray(0, bytes.byteLength), pointer);
    return pointer;
  }

  /** @returns a pointer to a text that ends with 0, good until the next call */
  loadText(text: string): number {
    const bytes = utf8.encode(`${text}\0`);
    const pointer = this.reserve(bytes.byteLength);
    this.#h5.HEAPU8.set(bytes, pointer);
    return pointer;
  }

  /** Gives the memory back. */
  release(): void {
    this.#h5._free(this.#pointer);
    this.#pointer = this.#bytes = 0;
  }
}
