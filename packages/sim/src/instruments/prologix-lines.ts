const [LF, CR, ESC, PLUS] = [0x0a, 0x0d, 0x1b, 0x2b];

/** What an adapter was sent as one: a command of its own, or bytes for an instrument. */
export interface PrologixLine {
  readonly isCommand: boolean;
  readonly bytes: Uint8Array;
}

/** Lines that end with an unescaped CR or LF; ESC makes an ordinary byte of the next one. Empty lines do not count. */
export class PrologixLines {
  #line: number[] = [];
  /** Of the line so far, whether it begins with two plus signs that are not escaped. */
  #plusSigns = 0;
  #isEscaped = false;

  push(bytes: Uint8Array): PrologixLine[] {
    const lines: PrologixLine[] = [];
    for (const byte of bytes) {
      if (this.#isEscaped) {
        this.#isEscaped = false;
        this.#line.push(byte);
      } else if (byte === ESC) this.#isEscaped = true;
      else if (byte === CR || byte === LF) {
        if (this.#line.length > 0) lines.push({ isCommand: this.#plusSigns === 2, bytes: Uint8Array.from(this.#line) });
        this.#line = [];
        this.#plusSigns = 0;
      } else {
        if (byte === PLUS && this.#line.length === this.#plusSigns && this.#plusSigns < 2) this.#plusSigns++;
        this.#line.push(byte);
      }
    }
    return lines;
  }
}
