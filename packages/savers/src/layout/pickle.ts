const PROTO = 0x80;
const STOP = 0x2e;
const BINUNICODE = 0x58;
const SHORT_BINUNICODE = 0x8c;
const BINUNICODE8 = 0x8d;
const FRAME = 0x95;

/**
 * The pickle of a Python str, as PyMoDAQ's arrays of strings hold one per row: protocol 2, one text of up to 4 GiB
 * (Python's pickletools, opcodes PROTO, BINUNICODE, STOP).
 */
export function pickleText(text: string): Uint8Array {
  const utf8 = new TextEncoder().encode(text);
  const row = new Uint8Array(utf8.length + 8);
  row.set([PROTO, 2, BINUNICODE]);
  new DataView(row.buffer).setUint32(3, utf8.length, true);
  row.set(utf8, 7);
  row[row.length - 1] = STOP;
  return row;
}

/** @returns undefined if the row is not the pickle of one str */
export function unpickleText(row: Uint8Array): string | undefined {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  let at = row[0] === PROTO ? 2 : 0;
  if (row[at] === FRAME) at += 9;
  const code = row[at++];
  let length: number;
  if (code === SHORT_BINUNICODE && at + 1 <= row.length) {
    length = view.getUint8(at);
    at += 1;
  } else if (code === BINUNICODE && at + 4 <= row.length) {
    length = view.getUint32(at, true);
    at += 4;
  } else if (code === BINUNICODE8 && at + 8 <= row.length) {
    length = Number(view.getBigUint64(at, true));
    at += 8;
  } else {
    return undefined;
  }
  return at + length < row.length ? new TextDecoder().decode(row.subarray(at, at + length)) : undefined;
}
