import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Dtype, NumericArray } from '@daqtor/core';
import { Dataset, File, Group } from 'h5wasm/node';
import { diagnostics, type H5Module, H5T } from './h5-module.ts';
import type { RawArray, RawNode } from './h5-operation.ts';
import { decodeJournal, journalPath } from './journal.ts';
import { PageOverlay } from './page-overlay.ts';

/** The whole tree of a file, attributes as stored, arrays without their values. The file is not changed. */
export function describe(h5: H5Module, path: string): RawNode {
  return reading(h5, path, (file) => describeNode(file, '/'));
}

/** One array of a file. The file is not changed. */
export function readRaw(h5: H5Module, path: string, node: string): RawArray {
  return reading(h5, path, (file) => {
    const array = file.get(node);
    if (!(array instanceof Dataset)) throw new Error(`there is no array ${node}`);
    const { shape } = array.metadata;
    return { shape: shape ?? [], dtype: dtypeOf(array), attributes: attributesOf(array), data: valuesOf(array) };
  });
}

function reading<T>(h5: H5Module, path: string, work: (file: File) => T): T {
  statSync(path); // Node says why a file cannot be opened; HDF5 would print it.
  const journal = journalPath(path);
  // A commit that a killed writer left half done is read as if it were done; a live one's is about to be.
  const replay = (existsSync(journal) && decodeJournal(readFileSync(journal))?.runs) || [];
  const overlay = new PageOverlay(h5.FS, path, { replay });
  try {
    const file = new File(path, 'r');
    if (file.file_id < 0n) throw new Error(diagnostics() || 'HDF5 cannot open it');
    try {
      const result = work(file);
      const text = diagnostics();
      if (text) throw new Error(text);
      return result;
    } finally {
      file.close();
    }
  } finally {
    overlay.release();
  }
}

function describeNode(file: File, path: string): RawNode {
  const node = file.get(path);
  const name = path.slice(path.lastIndexOf('/') + 1) || '/';
  if (node instanceof Dataset) {
    const { shape } = node.metadata;
    return { name, path, attributes: attributesOf(node), shape: shape ?? [], dtype: dtypeOf(node), children: [] };
  }
  if (!(node instanceof Group)) return { name, path, attributes: {}, children: [] };
  const children = [...node.keys()].sort();
  return {
    name,
    path,
    attributes: attributesOf(node),
    children: children.map((child) => describeNode(file, `${path === '/' ? '' : path}/${child}`)),
  };
}

function attributesOf(node: Group | Dataset): Record<string, unknown> {
  return Object.fromEntries(Object.entries(node.attrs).map(([name, attribute]) => [name, attribute.value]));
}

function valuesOf(array: Dataset): RawArray['data'] {
  const { type, vlen_type } = array.metadata;
  // Whatever is stored in another type would come out in ways that depend on h5wasm.
  if (type === H5T.integer || type === H5T.float) return array.value as NumericArray;
  if (type === H5T.vlen && vlen_type?.size === 1) return array.value as unknown as Uint8Array[];
  throw new Error(`${array.path} is of a type that is not read here: ${dtypeOf(array)}`);
}

function dtypeOf(array: Dataset): string {
  const { type, size, signed } = array.metadata;
  if (type === H5T.integer) return `${signed ? '' : 'u'}int${size * 8}` satisfies string as Dtype;
  if (type === H5T.float) return `float${size * 8}`;
  return type === H5T.string ? 'string' : type === H5T.vlen ? 'vlen' : `HDF5 class ${type}`;
}
