import { dtypeOf, type NumericArray } from '@daqtor/core';
import { ARRAYS } from './h5-operation.ts';

/** Values up to this many are put one by one. */
const FEW = 8;

/** Memory that arrays of all types are copied into. */
export class MemoryBlock {
  readonly memory: ArrayBufferLike;
  readonly #doubles: Float64Array;
  /** All of the memory, as each type that was put into it. */
  readonly #views = new Map<string, NumericArray>();

  constructor(memory: ArrayBufferLike) {
    this.memory = memory;
    this.#doubles = new Float64Array(memory, 0, Math.floor(memory.byteLength / 8));
    this.#views.set('float64', this.#doubles);
  }

  /**
   * Copies an array. Not by its bytes: asking a small array for its buffer makes the engine allocate one.
   *
   * @param at - in bytes; a multiple of the size of an element
   */
  put(array: NumericArray, at: number): void {
    const { length } = array;
    if (array instanceof Float64Array && length <= FEW) {
      for (let i = 0, to = at / 8; i < length; i++, to++) this.#doubles[to] = array[i] as number;
    } else {
      this.#viewAs(array).set(array as never, at / array.BYTES_PER_ELEMENT);
    }
  }

  #viewAs(array: NumericArray): NumericArray {
    const dtype = dtypeOf(array);
    let view = this.#views.get(dtype);
    if (!view) {
      const Same: new (memory: ArrayBufferLike, at: number, length: number) => NumericArray = ARRAYS[dtype];
      view = new Same(this.memory, 0, Math.floor(this.memory.byteLength / array.BYTES_PER_ELEMENT));
      this.#views.set(dtype, view);
    }
    return view;
  }
}
