import { RAW_TYPES } from './element-types.ts';
import { type H5Module, H5T, type RawType } from './h5-module.ts';
import type { Attributes, AttributeValue } from './h5-operation.ts';
import { check, checked } from './h5-status.ts';
import type { Hid } from './hdf5-functions.ts';
import type { HeapBlock } from './heap-block.ts';

const TEXT: RawType = { type: H5T.string, size: 4, signed: false, littleEndian: true, vlen: true, cset: 1 };
const SCALAR = { shape: [], maxshape: [] } as const;
/** A `char *` in memory, on wasm32, or an int32. */
const VALUE_BYTES = 4;
/** Types of which 1 says yes and 0 no, in their first byte. */
const FLAGS: readonly number[] = [H5T.integer, H5T.enumeration];
/** Most bytes of UTF-8 that a unit of UTF-16 becomes. */
const UTF8_BYTES = 3;

const utf8 = new TextEncoder();

/** What all attributes of one kind share: their type, and the extent of one value. */
interface Kind {
  readonly type: Hid;
  readonly space: Hid;
}

/** Writes attributes. */
export class AttributeWriter {
  readonly #h5: H5Module;
  #file: Hid;
  readonly #block: HeapBlock;
  /** Of single texts and numbers, by what `typeof` calls them, once there is one to take it from. */
  readonly #kinds = new Map<string, Kind>();
  /** The node that was written last: the next attribute is mostly of the same one. */
  #node: { readonly path: string; readonly id: Hid } | undefined;

  constructor(h5: H5Module, file: Hid, block: HeapBlock) {
    this.#h5 = h5;
    this.#file = file;
    this.#block = block;
  }

  /** For a file that was closed and opened again as it was. */
  moveTo(file: Hid): void {
    this.#file = file;
  }

  /** Lets go of all that it has open: before the file is closed. */
  letGo(): void {
    const { hdf5 } = this.#h5;
    for (const { type, space } of this.#kinds.values()) {
      hdf5.H5Tclose(type);
      hdf5.H5Sclose(space);
    }
    this.#kinds.clear();
    this.#letGoOfNode();
  }

  /** Makes attributes that the node does not have. */
  add(path: string, attributes: Attributes): void {
    for (const [name, value] of Object.entries(attributes)) this.#add(path, name, value);
  }

  /** Writes an attribute over the one that is there, if there is one. */
  set(path: string, name: string, value: AttributeValue): void {
    if (this.#has(path, name)) check(this.#h5.hdf5.H5Adelete(this.#open(path), this.#block.loadText(name)));
    this.#add(path, name, value);
  }

  /** Sets a boolean as the file has it; where it has none, a number: h5wasm has no word for booleans. */
  setFlag(path: string, name: string, isSet: boolean): void {
    if (!this.#setThere(path, name, isSet)) this.set(path, name, Number(isSet));
  }

  /** @returns whether there is such an attribute, of a type that says yes or no */
  #setThere(path: string, name: string, isSet: boolean): boolean {
    if (!this.#has(path, name)) return false;
    const { hdf5 } = this.#h5;
    const attribute = checked(hdf5.H5Aopen(this.#open(path), this.#block.loadText(name)));
    const type = checked(hdf5.H5Aget_type(attribute));
    try {
      if (!FLAGS.includes(hdf5.H5Tget_class(type))) return false;
      const bytes = new Uint8Array(hdf5.H5Tget_size(type));
      bytes[0] = Number(isSet);
      check(hdf5.H5Awrite(attribute, type, this.#block.load(bytes)));
      return true;
    } finally {
      hdf5.H5Tclose(type);
      hdf5.H5Aclose(attribute);
    }
  }

  #has(path: string, name: string): boolean {
    const isThere = this.#h5.hdf5.H5Aexists(this.#open(path), this.#block.loadText(name));
    check(isThere);
    return isThere > 0;
  }

  #add(path: string, name: string, value: AttributeValue): void {
    const sort = typeof value;
    const kind = this.#kinds.get(sort);
    if (kind && typeof value !== 'object') this.#addOne(this.#open(path), name, value, kind);
    else {
      this.#create(path, name, value);
      if (sort !== 'object') this.#kinds.set(sort, this.#kindOf(path, name));
    }
  }

  #create(path: string, name: string, value: AttributeValue): void {
    if (typeof value !== 'number') {
      const texts = typeof value === 'string' ? [value] : value;
      const shape =
        typeof value === 'string' ? SCALAR : { shape: [BigInt(texts.length)], maxshape: [BigInt(texts.length)] };
      check(this.#h5.create_vlen_str_attribute(this.#file, path, name, texts, { ...TEXT, ...shape }));
      return;
    }
    const pointer = this.#block.reserve(VALUE_BYTES);
    new DataView(this.#h5.HEAPU8.buffer).setInt32(pointer, value, true);
    check(this.#h5.create_attribute(this.#file, path, name, BigInt(pointer), { ...RAW_TYPES.int32, ...SCALAR }));
  }

  /** The same for one text or number, several times as fast. */
  #addOne(node: Hid, name: string, value: string | number, { type, space }: Kind): void {
    const { hdf5 } = this.#h5;
    const textBytes = typeof value === 'string' ? UTF8_BYTES * value.length : 0;
    const pointer = this.#block.reserve(VALUE_BYTES + UTF8_BYTES * name.length + textBytes + 2);
    const nameAt = pointer + VALUE_BYTES;
    const behind = this.#put(name, nameAt);
    if (typeof value === 'string') this.#put(value, behind);
    const view = new DataView(this.#h5.HEAPU8.buffer);
    if (typeof value === 'string') view.setUint32(pointer, behind, true);
    else view.setInt32(pointer, value, true);
    const attribute = checked(hdf5.H5Acreate2(node, nameAt, type, space, 0n, 0n));
    try {
      check(hdf5.H5Awrite(attribute, type, pointer));
    } finally {
      hdf5.H5Aclose(attribute);
    }
  }

  #kindOf(path: string, name: string): Kind {
    const { hdf5 } = this.#h5;
    const node = this.#open(path);
    const attribute = checked(hdf5.H5Aopen(node, this.#block.loadText(name)));
    try {
      return { type: checked(hdf5.H5Aget_type(attribute)), space: checked(hdf5.H5Screate_simple(0, 0, 0)) };
    } finally {
      hdf5.H5Aclose(attribute);
    }
  }

  #open(path: string): Hid {
    if (this.#node?.path === path) return this.#node.id;
    this.#letGoOfNode();
    this.#node = { path, id: checked(this.#h5.hdf5.H5Oopen(this.#file, this.#block.loadText(path))) };
    return this.#node.id;
  }

  #letGoOfNode(): void {
    if (this.#node) this.#h5.hdf5.H5Oclose(this.#node.id);
    this.#node = undefined;
  }

  /** @returns where it ends, behind its terminating 0 */
  #put(text: string, pointer: number): number {
    const { HEAPU8 } = this.#h5;
    const { written } = utf8.encodeInto(text, HEAPU8.subarray(pointer, pointer + UTF8_BYTES * text.length));
    HEAPU8[pointer + written] = 0;
    return pointer + written + 1;
  }
}
