import { RAW_TYPES } from './element-types.ts';
import { type H5Module, H5T, type RawType } from './h5-module.ts';
import type { Attributes, AttributeValue } from './h5-operation.ts';
import { check, checked } from './h5-status.ts';
import type { Hid } from './hdf5-functions.ts';
import type { HeapBlock } from './heap-block.ts';

const TEXT: RawType = { type: H5T.string, size: 4, signed: false, littleEndian: true, vlen: true, cset: 1 };
const SCALAR = { shape: [], maxshape: [] } as const;
/** A `char *` in memory, on wasm32. */
const POINTER_BYTES = 4;
/** Most bytes of UTF-8 that a unit of UTF-16 becomes. */
const UTF8_BYTES = 3;

const utf8 = new TextEncoder();

/** Writes attributes. */
export class AttributeWriter {
  readonly #h5: H5Module;
  #file: Hid;
  readonly #block: HeapBlock;
  /** The type of texts and the extent of one value, once there is one to take them from. */
  #text: { readonly type: Hid; readonly space: Hid } | undefined;

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
    if (!this.#text) return;
    this.#h5.hdf5.H5Tclose(this.#text.type);
    this.#h5.hdf5.H5Sclose(this.#text.space);
    this.#text = undefined;
  }

  /** Makes attributes that the node does not have. */
  add(path: string, attributes: Attributes): void {
    let node: Hid | undefined;
    try {
      for (const [name, value] of Object.entries(attributes)) {
        if (typeof value === 'string' && this.#text) {
          node ??= this.#open(path);
          this.#addText(node, name, value);
        } else {
          this.#addAny(path, name, value);
          if (typeof value === 'string') this.#takeType(path, name);
        }
      }
    } finally {
      if (node !== undefined) this.#h5.hdf5.H5Oclose(node);
    }
  }

  /** Writes an attribute over the one that is there, if there is one. */
  set(path: string, name: string, value: AttributeValue): void {
    if (this.#h5.get_attribute_names(this.#file, path).includes(name)) {
      check(this.#h5.delete_attribute(this.#file, path, name));
    }
    this.add(path, { [name]: value });
  }

  #addAny(path: string, name: string, value: AttributeValue): void {
    if (typeof value !== 'number') {
      const texts = typeof value === 'string' ? [value] : value;
      const shape =
        typeof value === 'string' ? SCALAR : { shape: [BigInt(texts.length)], maxshape: [BigInt(texts.length)] };
      check(this.#h5.create_vlen_str_attribute(this.#file, path, name, texts, { ...TEXT, ...shape }));
      return;
    }
    const pointer = this.#block.reserve(4);
    new DataView(this.#h5.HEAPU8.buffer).setInt32(pointer, value, true);
    check(this.#h5.create_attribute(this.#file, path, name, BigInt(pointer), { ...RAW_TYPES.int32, ...SCALAR }));
  }

  /** The same for one text, several times as fast. */
  #addText(node: Hid, name: string, value: string): void {
    const { type, space } = this.#text as { type: Hid; space: Hid };
    const { hdf5 } = this.#h5;
    const pointer = this.#block.reserve(POINTER_BYTES + UTF8_BYTES * (name.length + value.length) + 2);
    const nameAt = pointer + POINTER_BYTES;
    const valueAt = this.#put(name, nameAt);
    this.#put(value, valueAt);
    new DataView(this.#h5.HEAPU8.buffer).setUint32(pointer, valueAt, true);
    const attribute = checked(hdf5.H5Acreate2(node, nameAt, type, space, 0n, 0n));
    try {
      check(hdf5.H5Awrite(attribute, type, pointer));
    } finally {
      hdf5.H5Aclose(attribute);
    }
  }

  #takeType(path: string, name: string): void {
    const { hdf5 } = this.#h5;
    const node = this.#open(path);
    const attribute = checked(hdf5.H5Aopen(node, this.#block.loadText(name)));
    const type = checked(hdf5.H5Aget_type(attribute));
    this.#text = { type, space: checked(hdf5.H5Screate_simple(0, 0, 0)) };
    hdf5.H5Aclose(attribute);
    hdf5.H5Oclose(node);
  }

  #open(path: string): Hid {
    return checked(this.#h5.hdf5.H5Oopen(this.#file, this.#block.loadText(path)));
  }

  /** @returns where it ends, behind its terminating 0 */
  #put(text: string, pointer: number): number {
    const { HEAPU8 } = this.#h5;
    const { written } = utf8.encodeInto(text, HEAPU8.subarray(pointer, pointer + UTF8_BYTES * text.length));
    HEAPU8[pointer + written] = 0;
    return pointer + written + 1;
  }
}
