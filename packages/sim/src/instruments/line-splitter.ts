const decoder = new TextDecoder('latin1');

/** Puts a stream of bytes that may be cut anywhere together into lines. */
export class LineSplitter {
  readonly #terminator: string;
  #rest = '';

  /** @param terminator - the one character that ends a line */
  constructor(terminator: string) {
    this.#terminator = terminator;
  }

  /** The lines that these bytes complete, without their terminators. */
  push(bytes: Uint8Array): string[] {
    const lines = (this.#rest + decoder.decode(bytes)).split(this.#terminator);
    this.#rest = lines.pop() ?? '';
    return lines;
  }
}

/** Text of an instrument as bytes, one for each character (Latin-1), so that it can carry binary data. */
export function textBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
