import { existsSync, readFileSync } from 'node:fs';
import { sizeOf } from '@daqtor/core';
import { decode } from './decode.ts';
import { diagnostics, type H5Module, type RawStream } from './h5-module.ts';
import type {
  RawArray,
  RawAttribute,
  RawAttributes,
  RawNode,
  RawValues,
  ReadAnswer,
  ReadArray,
} from './h5-operation.ts';
import { decodeJournal, journalPath } from './journal.ts';
import { check } from './operation-runner.ts';
import { PageOverlay } from './page-overlay.ts';
import { readFailed, reasonIn, textOf } from './read-errors.ts';
import type { ReadingModule, StoredMetadata } from './reading-module.ts';
import { checkSignature } from './signature.ts';
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

/** A file that is open for reading. */
interface OpenFile {
  readonly h5: ReadingModule;
  readonly id: bigint;
  /** Length of the file. */
  readonly bytes: number;
}

let thrown = 0;

/** The whole tree of a file, attributes as stored, arrays without their values. The file is not changed. */
export function describe(h5: H5Module, path: string): ReadAnswer<RawNode> {
  return reading(h5, path, (file) => {
    const left = { nodes: MAX_NODES };
    return describeNode(file, { name: '/', path: '/' }, [], left);
  });
}

/** Arrays of a file, all as they were at one moment; each is read or has an error of its own. The file is not changed. */
export function readArrays(h5: H5Module, path: string, nodes: readonly string[]): ReadAnswer<readonly ReadArray[]> {
  return reading(h5, path, (file) =>
    nodes.map((node) => {
      try {
        return { array: readArray(file, node) };
      } catch (error) {
        if (isFatal(error)) throw error;
        thrown++;
        return { error: readFailed(`${node} of ${path}`, error) };
      }
    }),
  );
}

/** Attributes of a node of a file that is open, as they are stored. */
export function attributesOf(h5: H5Module, id: bigint, path: string): RawAttributes {
  return readAttributes({ h5: h5 as unknown as ReadingModule, id, bytes: MAX_BYTES }, path, []);
}

function reading<T>(module: H5Module, path: string, work: (file: OpenFile) => T): ReadAnswer<T> {
  const h5 = module as unknown as ReadingModule;
  try {
    const bytes = checkSignature(path);
    const journal = journalPath(path);
    // A commit that a killed writer left half done is read as if it were done; a live one's is about to be.
    const replay = (existsSync(journal) && decodeJournal(readFileSync(journal))?.runs) || [];
    const overlay = new PageOverlay(h5.FS, path, { replay });
    const opened = new Set<RawStream>();
    const { open, close } = h5.FS;
    // HDF5 keeps a file open for as long as one of its objects is: then the next reader would get the old bytes.
    h5.FS.open = (...args) => {
      const stream = open.apply(h5.FS, args);
      opened.add(stream);
      return stream;
    };
    h5.FS.close = (stream) => {
      opened.delete(stream);
      close.call(h5.FS, stream);
    };
    let answer: ReadAnswer<T>;
    try {
      answer = { value: inFile(h5, path, bytes, work), spent: false };
    } catch (error) {
      answer = failure(path, error);
    } finally {
      overlay.release();
    }
    return { ...answer, spent: answer.spent || opened.size > 0 || thrown > MAX_THROWN };
  } catch (error) {
    return failure(path, error);
  }
}

function inFile<T>(h5: ReadingModule, path: string, bytes: number, work: (file: OpenFile) => T): T {
  const id = openFile(h5, path);
  try {
    return work({ h5, id, bytes });
  } finally {
    h5.close_file(id);
    diagnostics(); // What closing complains about was read already, or has been told.
  }
}

function openFile(h5: ReadingModule, path: string): bigint {
  const open = (mode: number) => h5.open(path, mode, false, -1, -1);
  diagnostics();
  const id = open(h5.H5F_ACC_RDONLY);
  const complaint = diagnostics();
  if (id >= 0n) return id;
  // A writer has it open for readers beside it, or was killed while it had: the rows that it flushed are all there.
  const shared = /already open for write|consistency flag/i.test(complaint) ? open(h5.H5F_ACC_SWMR_READ) : -1n;
  diagnostics();
  if (shared >= 0n) return shared;
  throw new Error(complaint || 'HDF5 cannot open it');
}

function failure(path: string, error: unknown): ReadAnswer<never> {
  return { error: readFailed(path, error), spent: isFatal(error) };
}

/** Whether the module itself broke, as opposed to what it was asked. */
function isFatal(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError');
}

interface Place {
  readonly name: string;
  readonly path: string;
}

/** @param above - what tells the groups above apart, so that one which holds itself is noticed */
function describeNode(file: OpenFile, place: Place, above: readonly string[], left: { nodes: number }): RawNode {
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

function readAttributes(file: OpenFile, path: string, problems: string[]): RawAttributes {
  const { h5, id } = file;
  const attributes: Record<string, RawAttribute> = {};
  for (const name of checked(() => h5.get_attribute_names(id, path))) {
    const value = attempt(problems, `attribute '${name}'`, () => readAttribute(file, path, name));
    if (value !== undefined) attributes[name] = value;
  }
  return attributes;
}

function readAttribute(file: OpenFile, path: string, name: string): RawAttribute {
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

function readArray(file: OpenFile, path: string): RawArray {
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
function refuseClaim({ bytes }: OpenFile, { chunks }: StoredMetadata, size: number): void {
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
