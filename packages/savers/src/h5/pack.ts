import type { H5Operation, PackedOperation, Slice } from './h5-operation.ts';

const ALIGNMENT = 8;

/**
 * Copies the arrays of a batch into one buffer, so that a single transfer carries them to the worker and the caller
 * keeps its own.
 */
export function pack(operations: readonly H5Operation[]): { operations: PackedOperation[]; buffer: ArrayBuffer } {
  const arrays: ArrayBufferView[] = [];
  let size = 0;
  const place = (array: ArrayBufferView): Slice => {
    const slice = { at: size, bytes: array.byteLength };
    arrays.push(array);
    size += Math.ceil(array.byteLength / ALIGNMENT) * ALIGNMENT;
    return slice;
  };
  const packed = operations.map((operation): PackedOperation => {
    if (operation.op === 'append-bytes') return { ...operation, rows: operation.rows.map(place) };
    if (operation.op === 'write') return { ...operation, data: place(operation.data) };
    if (operation.op === 'array') {
      const { data, ...rest } = operation;
      return data ? { ...rest, data: place(data) } : rest;
    }
    return operation;
  });
  const buffer = new ArrayBuffer(size);
  let at = 0;
  for (const array of arrays) {
    new Uint8Array(buffer, at, array.byteLength).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    at += Math.ceil(array.byteLength / ALIGNMENT) * ALIGNMENT;
  }
  return { operations: packed, buffer };
}
