const decoder = new TextDecoder('latin1');
const encoder = new TextEncoder();

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

/** Text of an instrument, which is plain ASCII, as bytes. */
export function asciiBytes(text: string): Uint8Array {
  return encoder.encode(text);
}
