/** What is needed of h5wasm's module. */
interface Memory {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
}

/** Where HDF5 keeps the fill value that new arrays get, in the module's memory. */
export interface FillSlot {
  /**
   * Makes an array that gets this fill value.
   *
   * @param value - one element, in the array's type; undefined for one that is never filled, because all of each chunk is
   *   written at once
   * @param work - makes that one array
   */
  during(value: ArrayBufferView | undefined, work: () => void): void;
}

/** `H5O_fill_t` on wasm32 (HDF5 2.0, H5Oprivate.h): byte offsets of its fields. */
const SIZE = 40;
const POINTER = 44;
const WHEN = 52;
const IS_DEFINED = 56;
/** `H5D_FILL_TIME_NEVER` and `H5D_FILL_TIME_IFSET`. */
const NEVER = 1;
const IF_SET = 2;
/** `H5D_CRT_FILL_VALUE_DEF` (HDF5 2.0, H5Pdcpl.c) as words: no address, version 2, nothing defined, late, if set. */
const DEFAULT = [0, 0, 0, undefined, 0, undefined, -1, -1, 2, 0, 0, 0, 2, 2];

/**
 * Finds the default fill value of HDF5's class of dataset creation properties. h5wasm has no function for a fill value:
 * without one, NaN would have to be written into every array before its first point, which costs more than the points.
 *
 * @param h5 - a module that has made no array yet, so that there is no copy to be taken for the default
 * @throws Error if this build of h5wasm keeps it in another way
 */
export function findFillSlot(h5: Memory): FillSlot {
  const words = new Int32Array(h5.HEAPU8.buffer);
  // The constant that it was copied from lies below, in the module's data.
  let at = words.length - DEFAULT.length - 1;
  while (at >= 0 && !isDefault(words, at)) at--;
  if (at < 0) throw new Error('this h5wasm keeps the default fill value elsewhere: use the release that is pinned');
  const slot = 4 * at;
  const set = (size: number, buffer: number) => {
    const view = new DataView(h5.HEAPU8.buffer);
    view.setUint32(slot + SIZE, size, true);
    view.setUint32(slot + POINTER, buffer, true);
    view.setUint8(slot + IS_DEFINED, size === 0 ? 0 : 1);
  };
  return {
    during(value, work) {
      if (!value) {
        new DataView(h5.HEAPU8.buffer).setUint32(slot + WHEN, NEVER, true);
        try {
          work();
        } finally {
          new DataView(h5.HEAPU8.buffer).setUint32(slot + WHEN, IF_SET, true);
        }
        return;
      }
      // The one list of properties that is made meanwhile takes the bytes over and frees them.
      const buffer = h5._malloc(value.byteLength);
      h5.HEAPU8.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), buffer);
      set(value.byteLength, buffer);
      try {
        work();
      } finally {
        set(0, 0);
      }
    },
  };
}

function isDefault(words: Int32Array, at: number): boolean {
  const isDefined = ((words[at + DEFAULT.length] ?? 0) & 0xff) !== 0;
  return !isDefined && DEFAULT.every((word, i) => word === undefined || words[at + i] === word);
}
