/** Bytes that follow each other, wherever they lie. */
export interface Bytes {
  readonly byteLength: number;
  /** @returns those bytes; they stay for as long as the whole does */
  subarray(begin: number, end: number): Uint8Array;
}

/** Pieces of memory as one: only what lies in two of them is copied. */
export function joined(pieces: readonly Uint8Array[]): Bytes {
  const [first = new Uint8Array(0)] = pieces;
  if (pieces.length <= 1) return first;
  const begins: number[] = [];
  let byteLength = 0;
  for (const piece of pieces) {
    begins.push(byteLength);
    byteLength += piece.byteLength;
  }
  // Mostly asked for from the beginning to the end.
  let last = 0;
  return {
    byteLength,
    subarray(begin, end) {
      if (begin < (begins[last] as number)) last = 0;
      while (last + 1 < pieces.length && begin >= (begins[last + 1] as number)) last++;
      const from = begins[last] as number;
      const piece = pieces[last] as Uint8Array;
      if (end <= from + piece.byteLength) return piece.subarray(begin - from, end - from);
      return copied(pieces, begins, begin, end);
    },
  };
}

function copied(pieces: readonly Uint8Array[], begins: readonly number[], begin: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - begin);
  for (const [i, piece] of pieces.entries()) {
    const at = begins[i] as number;
    const [from, to] = [Math.max(begin, at), Math.min(end, at + piece.byteLength)];
    if (from < to) copy.set(piece.subarray(from - at, to - at), from - begin);
  }
  return copy;
}
