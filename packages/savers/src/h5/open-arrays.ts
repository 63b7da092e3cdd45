import type { H5Module } from './h5-module.ts';
import { check, checked } from './h5-status.ts';
import type { Hid } from './hdf5-functions.ts';
import type { HeapBlock } from './heap-block.ts';

/** As many arrays stay open. */
const MOST = 64;
/** `H5S_SELECT_SET` of the HDF5 C API. */
const SET = 0;
/** An `hsize_t`. */
const LENGTH_BYTES = 8;

interface OpenArray {
  readonly array: Hid;
  readonly type: Hid;
}

/** Arrays that stay open between writes: opening one takes longer than writing to it. */
export class OpenArrays {
  readonly #h5: H5Module;
  #file: Hid;
  readonly #names: HeapBlock;
  readonly #open = new Map<string, OpenArray>();

  /** @param names - memory for paths and extents */
  constructor(h5: H5Module, file: Hid, names: HeapBlock) {
    this.#h5 = h5;
    this.#file = file;
    this.#names = names;
  }

  /** For a file that was closed and opened again as it was. */
  moveTo(file: Hid): void {
    this.#file = file;
  }

  /** Closes all of them: before the file is closed. */
  letGo(): void {
    for (const { array, type } of this.#open.values()) {
      this.#h5.hdf5.H5Tclose(type);
      this.#h5.hdf5.H5Dclose(array);
    }
    this.#open.clear();
  }

  /**
   * Writes a block.
   *
   * @param values - where they are in the module's memory, in the array's type
   */
  write(path: string, offset: readonly number[], count: readonly number[], values: number): void {
    const { hdf5 } = this.#h5;
    const { array, type } = this.#opened(path);
    const { rank, lengths, starts } = this.#put(count, offset);
    const inMemory = checked(hdf5.H5Screate_simple(rank, lengths, 0));
    try {
      const inFile = checked(hdf5.H5Dget_space(array));
      try {
        check(hdf5.H5Sselect_hyperslab(inFile, SET, starts, 0, lengths, 0));
        check(hdf5.H5Dwrite(array, type, inMemory, inFile, values));
      } finally {
        hdf5.H5Sclose(inFile);
      }
    } finally {
      hdf5.H5Sclose(inMemory);
    }
  }

  #opened(path: string): OpenArray {
    const known = this.#open.get(path);
    if (known) return known;
    if (this.#open.size >= MOST) this.letGo();
    const array = checked(this.#h5.hdf5.H5Dopen2(this.#file, this.#names.loadText(path)));
    const one = { array, type: checked(this.#h5.hdf5.H5Dget_type(array)) };
    this.#open.set(path, one);
    return one;
  }

  /** Puts an extent and where it begins into memory. */
  #put(count: readonly number[], offset: readonly number[]): { rank: number; lengths: number; starts: number } {
    const rank = count.length;
    const lengths = this.#names.reserve(2 * LENGTH_BYTES * rank);
    const starts = lengths + LENGTH_BYTES * rank;
    const view = new DataView(this.#h5.HEAPU8.buffer);
    for (let d = 0; d < rank; d++) {
      view.setBigUint64(lengths + LENGTH_BYTES * d, BigInt(count[d] as number), true);
      view.setBigUint64(starts + LENGTH_BYTES * d, BigInt(offset[d] as number), true);
    }
    return { rank, lengths, starts };
  }
}
