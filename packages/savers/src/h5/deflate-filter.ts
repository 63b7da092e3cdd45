import { deflateSync } from 'node:zlib';
import { type FunctionTable, webAssembly } from './web-assembly.ts';

/** What is needed of h5wasm's module. */
interface Memory {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}
type Filter = (flags: number, n: number, values: number, bytes: number, size: number, buffer: number) => number;

/** `H5Z_FLAG_REVERSE` of the HDF5 C API: decompress. */
const REVERSE = 0x100;
/** `H5Z_class2_t` on wasm32 (HDF5 2.0, H5Zpublic.h) in words: version, id, encoder and decoder present, name, two callbacks, filter. */
const CLASS = { version: 1, id: 1, name: 4, filter: 7 } as const;

/**
 * A WebAssembly module that imports a function of six int32 that returns one, and exports it again: only functions of
 * WebAssembly can stand in its tables.
 */
const ADAPTER = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic, version
  ...[1, 11, 1, 0x60, 6, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f], // type 0: six i32 to one
  ...[2, 7, 1, 1, 0x65, 1, 0x66, 0, 0], // import "e" "f" of type 0
  ...[7, 5, 1, 1, 0x67, 0, 0], // export it as "g"
]);

/** HDF5's gzip compression, done by Node, which is faster and can be done ahead in other threads. */
export interface DeflateFilter {
  /** The next chunk that is compressed becomes these bytes, whatever HDF5 gives. */
  use(compressed: Uint8Array): void;
  /** Whether the bytes that were to be used are still waiting. */
  readonly isWaiting: boolean;
}

/**
 * Takes the place of the deflate filter in HDF5's table of filters.
 *
 * @param table - the functions of the module's instance
 * @throws Error if this build of h5wasm keeps its filters in another way
 */
export function installDeflate(h5: Memory, table: FunctionTable): DeflateFilter {
  const at = findDeflate(h5);
  const words = new Uint32Array(h5.HEAPU8.buffer);
  const original = table.get(words[at + CLASS.filter] as number) as Filter;
  let next: Uint8Array | undefined;
  const filter: Filter = (flags, n, values, bytes, size, buffer) => {
    if (flags & REVERSE) return original(flags, n, values, bytes, size, buffer);
    const before = new DataView(h5.HEAPU8.buffer);
    const from = before.getUint32(buffer, true);
    const level = before.getUint32(values, true);
    const compressed = next ?? deflateSync(h5.HEAPU8.subarray(from, from + bytes), { level });
    next = undefined;
    const to = h5._malloc(compressed.byteLength);
    if (to === 0) return 0; // HDF5 tells of it.
    h5.HEAPU8.set(compressed, to);
    h5._free(from);
    const after = new DataView(h5.HEAPU8.buffer); // The heap may have grown.
    after.setUint32(buffer, to, true);
    after.setUint32(size, compressed.byteLength, true);
    return compressed.byteLength;
  };
  const { exports } = new webAssembly.Instance(new webAssembly.Module(ADAPTER), { e: { f: filter } });
  const index = table.grow(1);
  table.set(index, exports.g);
  new Uint32Array(h5.HEAPU8.buffer)[at + CLASS.filter] = index;
  return {
    use(compressed) {
      next = compressed;
    },
    get isWaiting() {
      return next !== undefined;
    },
  };
}

/** The entry of deflate among the filters: in words. The constant that it was copied from lies below. */
function findDeflate(h5: Memory): number {
  const words = new Uint32Array(h5.HEAPU8.buffer);
  const name = Buffer.from('deflate\0');
  for (let at = words.length - 8; at >= 0; at--) {
    if (words[at] !== CLASS.version || words[at + 1] !== CLASS.id || words[at + 2] !== 1 || words[at + 3] !== 1)
      continue;
    const text = words[at + CLASS.name] as number;
    if (words[at + CLASS.filter] && name.equals(h5.HEAPU8.subarray(text, text + name.length))) return at;
  }
  throw new Error('this h5wasm keeps its filters elsewhere: use the release that is pinned');
}
