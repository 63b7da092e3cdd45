import { sizeOf } from '@daqtor/core';
import { decode } from './decode.ts';
import { diagnostics, type H5Module } from './h5-module.ts';
import type { RawArray, RawAttribute, RawAttributes, RawNode, RawValues, ReadArray } from './h5-operation.ts';
import { check } from './h5-status.ts';
import { readFailed, reasonIn, textOf } from './read-errors.ts';
import type { ReadingModule, StoredMetadata } from './reading-module.ts';
import { CLASS, isBoolean, isReadable, typeName } from './stored-type.ts';

/** Deeper or larger trees are damaged files, or made to hold somebody up. */
const MAX_DEPTH = 64;
const MAX_NODES = 100_000;
/** What the module's memory of 2 GiB can hold, with room for the chunks that are read. */
const MAX_BYTES = 2 ** 30;
/** No file of a few bytes can hold more than deflate makes of them, which is at most 1032 : 1. */
const MAX_INFLATION = 1032;
/** Claims up to here are believed: an array may be larger than its file while most of it is not yet written. */
const BELIEVED_BYTES = 2 ** 28;
/** After so many exceptions thrown across the module, whose stack each time loses a little. */
const MAX_THROWN = 200;

/** A file that a module has open. */
export interface FileInModule {
  readonly h5: ReadingModule;
  readonly id: bigint;
  /** Length of the file. */
  readonly bytes: number;
}

let thrown = 0;

/** Whether so much was thrown across the module that it should not be used any more. */
export function isWorn(): boolean {
  return thrown > MAX_THROWN;
}

/** A file of our own that is being written, which makes no false claims. */
export function ownFile(h5: H5Module, id: bigint): FileInModule {
  return { h5: h5 as unknown as ReadingModule, id, bytes: MAX_BYTES };
}

/** A node and all below it: attributes as stored, arrays without their values. */
export function describeTree(file: FileInModule, path = '/'): RawNode {
  const name = path.slice(path.lastIndexOf('/') + 1) || '/';
  return describeNode(file, { name, path }, [], { nodes: MAX_NODES });
}

/** Where the header of a node lies in its file. @throws Error if there is no such node */
export function addressOf(h5: H5Module, id: bigint, path: string): number {
  const reference = checked(() => (h5 as unknown as ReadingModule).create_object_reference(id, path));
  return Number(new DataView(Uint8Array.from(reference).buffer).getBigUint64(0, true));
}

/** An array, or why it cannot be read. @param name - of the file, for the error */
export function tryArray(file: FileInModule, path: string, name: string): ReadArray {
  try {
    return { array: readArray(file, path) };
  } catch (error) {
    if (isFatal(error)) throw error;
    thrown++;
    return { error: readFailed(`${path} of ${name}`, error) };
  }
}

/** Whether the module itself broke, as opposed to what it was asked. */
export function isFatal(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError');
}

interface Place {
  readonly name: string;
  readonly path: string;
}

/** @param above - what tells the groups above apart, so that one which holds itself is noticed */
function describeNode(file: FileInModule, place: Place, above: readonly string[], left: { nodes: number }): RawNode {
  const { h5, id } = file;
  const { path } = place;
  const problems: string[] = [];
  const tried = <T>(what: string, work: () => T): T | undefined => attempt(problems, what, work);
  const node = { ...place, children: [], attributes: {}, problems };

  left.nodes--;
  const target = path === '/' ? undefined : tried('link', () => linkTarget(h5, id, path));
  if (target !== undefined) return { ...node, kind: 'link', target };
  const type = path === '/' ? h5.H5G_GROUP : tried('type', () => checked(() => h5.get_type(id, path)));
  if (type !== h5.H5G_GROUP && type !== h5.H5G_DATASET) {
    if (type !== undefined) problems.push('it is neither a group nor an array');
    return { ...node, kind: 'unreadable' };
  }
  const attributes = tried('attributes', () => readAttributes(file, path, problems)) ?? {};
  if (type === h5.H5G_DATASET) {
    const metadata = tried('shape and type', () => checked(() => h5.get_dataset_metadata(id, path)));
    if (!metadata) return { ...node, kind: 'unreadable', attributes };
    return { ...node, kind: 'array', attributes, shape: shapeOf(metadata), dtype: typeName(metadata) };
  }
  const self = tried('address', () => String(h5.create_object_reference(id, path))) ?? path;
  if (above.includes(self)) return { ...node, kind: 'link', target: 'a group above', attributes };
  const names = tried('members', () => checked(() => [...h5.get_names(id, path, false)])) ?? [];
  if (above.length >= MAX_DEPTH) {
    problems.push(`what lies deeper than ${MAX_DEPTH} groups is left out`);
    return { ...node, kind: 'group', attributes };
  }
  const children: RawNode[] = [];
  for (const name of names.sort()) {
    if (left.nodes <= 0) {
      problems.push(`only the first ${MAX_NODES} nodes of the file are shown`);
      break;
    }
    children.push(describeNode(file, { name, path: `${path === '/' ? '' : path}/${name}` }, [...above, self], left));
  }
  return { ...node, kind: 'group', attributes, children };
}

function linkTarget(h5: ReadingModule, id: bigint, path: string): string | undefined {
  const soft = checked(() => h5.get_symbolic_link(id, path));
  if (soft !== null) return soft;
  const { filename, obj_path = '' } = checked(() => h5.get_external_link(id, path));
  return filename === undefined ? undefined : `${filename}:${obj_path}`;
}

/** What `work` gives, or undefined and a line more in `problems`. */
function attempt<T>(problems: string[], what: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isFatal(error)) throw error;
    thrown++;
    problems.push(`its ${what} cannot be read: ${reasonIn(textOf(error))}`);
    return undefined;
  }
}

/** What `work` gives. @throws Error with what HDF5 complained about meanwhile */
function checked<T>(work: () => T): T {
  let result: T;
  try {
    result = work();
  } catch (error) {
    const complaint = diagnostics();
    throw complaint && !isFatal(error) ? new Error(complaint) : error;
  }
  check(0);
  return result;
}

/** What could not be read is told in `problems`. */
export function readAttributes(file: FileInModule, path: string, problems: string[] = []): RawAttributes {
  const { h5, id } = file;
  const attributes: Record<string, RawAttribute> = {};
  for (const name of checked(() => h5.get_attribute_names(id, path))) {
    const value = attempt(problems, `attribute '${name}'`, () => readAttribute(file, path, name));
    if (value !== undefined) attributes[name] = value;
  }
  return attributes;
}

function readAttribute(file: FileInModule, path: string, name: string): RawAttribute {
  const { h5, id, bytes } = file;
  const metadata = checked(() => h5.get_attribute_metadata(id, path, name));
  if (!metadata.shape) return metadata.type === CLASS.string ? '' : null; // So does PyTables store an empty title.
  if (!isReadable(metadata)) return `<${typeName(metadata)}>`;
  const size = metadata.size * metadata.total_size;
  if (!(size <= bytes)) throw new Error(`it claims ${size} bytes in a file of ${bytes}`);
  const values = readValues(h5, metadata, {
    fill: (pointer) => h5.get_attribute_data(id, path, name, pointer),
    reclaim: (pointer) => h5.reclaim_vlen_memory(id, path, name, pointer),
  });
  if (values.kind === 'rows' || values.kind === 'complex') return `<${typeName(metadata)}>`;
  const items = isBoolean(metadata) ? Array.from(values.data, Boolean) : [...values.data];
  return metadata.shape.length === 0 ? (items[0] ?? null) : items;
}

/** @throws Error why it cannot be read */
export function readArray(file: FileInModule, path: string): RawArray {
  const { h5, id } = file;
  if (checked(() => h5.get_type(id, path)) !== h5.H5G_DATASET) throw new Error('there is no such array');
  const metadata = checked(() => h5.get_dataset_metadata(id, path));
  const dtype = typeName(metadata);
  if (!isReadable(metadata)) throw new Error(`its values are of type ${dtype}, which is not read here`);
  const shape = shapeOf(metadata);
  refuseClaim(file, metadata, sizeOf(shape) * metadata.size);
  const problems: string[] = [];
  const attributes = readAttributes(file, path, problems);
  const values = readValues(h5, metadata, {
    fill: (pointer) => h5.get_dataset_data(id, path, null, null, null, pointer),
    reclaim: (pointer) => h5.reclaim_vlen_memory(id, path, '', pointer),
  });
  return { shape, dtype, attributes, values, problems };
}

/** Sizes come out of the file, and a damaged one may name any. */
function refuseClaim({ bytes }: FileInModule, { chunks }: StoredMetadata, size: number): void {
  const most = chunks ? Math.max(BELIEVED_BYTES, bytes * MAX_INFLATION) : Math.max(BELIEVED_BYTES, bytes);
  if (size > most) throw new Error(`it claims ${size} bytes of values in a file of ${bytes}`);
  if (!(size <= MAX_BYTES)) throw new Error(`its ${size} bytes are more than the ${MAX_BYTES} that are read at once`);
}

/** How values get into the module's memory, and what HDF5 allocates for them out of it again. Both return a status. */
interface Access {
  fill(pointer: bigint): number;
  reclaim(pointer: bigint): number;
}

function readValues(h5: ReadingModule, metadata: StoredMetadata, { fill, reclaim }: Access): RawValues {
  const { size, total_size: count, type, vlen } = metadata;
  if (count === 0) return decode(h5.HEAPU8, metadata, 0, 0);
  const pointer = h5._malloc(count * size);
  if (pointer === 0) throw new Error(`there is no memory for its ${count * size} bytes`);
  try {
    // What HDF5 leaves out must not be what lay here before.
    h5.HEAPU8.fill(0, pointer, pointer + count * size);
    check(checked(() => fill(BigInt(pointer))));
    try {
      return decode(h5.HEAPU8, metadata, pointer, count);
    } finally {
      if (vlen || type === CLASS.vlen) checked(() => reclaim(BigInt(pointer)));
    }
  } finally {
    h5._free(pointer);
  }
}

function shapeOf({ shape }: StoredMetadata): readonly number[] {
  return shape ?? [0];
}
