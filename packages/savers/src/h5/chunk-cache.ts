/** What is needed of h5wasm's module. */
interface Memory {
  readonly HEAPU8: Uint8Array;
}

/** The default chunk cache of a file as it stands in `H5F_shared_t` (HDF5 2.0, H5Fpkg.h): slots, bytes, preemption. */
const DEFAULT = Buffer.alloc(16);
DEFAULT.writeUInt32LE(8191, 0);
DEFAULT.writeUInt32LE(8 * 2 ** 20, 4);
DEFAULT.writeDoubleLE(0.75, 8);

/** Where it was found last: files that are opened one after the other mostly get the same memory. */
let lastFound = 0;

/**
 * Makes HDF5 write parts of chunks as parts. h5wasm closes an array after each call, and with it the cache of its chunks:
 * so each part of a chunk would cost reading and writing all of it. HDF5 goes past its cache for chunks that are larger
 * than it, and h5wasm has no function for its size.
 *
 * @param h5 - a module that has just opened the file, and has no other open
 * @throws Error if this build of h5wasm keeps the size in another way
 */
export function bypassChunkCache(h5: Memory): void {
  const heap = Buffer.from(h5.HEAPU8.buffer);
  // What an earlier file has left there is no default any more.
  const ours = isDefault(heap, lastFound) ? lastFound : findDefault(heap);
  heap.writeUInt32LE(1, ours + 4);
  lastFound = ours;
}

function isDefault(heap: Buffer, at: number): boolean {
  return at > 0 && heap.compare(DEFAULT, 0, DEFAULT.length, at, at + DEFAULT.length) === 0;
}

function findDefault(heap: Buffer): number {
  const constant = heap.indexOf(DEFAULT); // What new files take theirs from, in the module's data.
  const ours = heap.indexOf(DEFAULT, constant + 1);
  if (constant >= 0 && ours >= 0) return ours;
  throw new Error('this h5wasm keeps the size of the chunk cache elsewhere: use the release that is pinned');
}
