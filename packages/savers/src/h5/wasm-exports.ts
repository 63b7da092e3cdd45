/** Sections of a WebAssembly module that matter here, by their ids (WebAssembly Core Specification 2.0, 5.5). */
const SECTION = { types: 1, imports: 2, functions: 3, exports: 7, code: 10, data: 11 } as const;
const FUNCTION = 0;
const I32_CONST = 0x41;
const TYPES: Readonly<Record<number, string>> = { 127: 'i', 126: 'I', 125: 'f', 124: 'd' };

interface Span {
  /** Where the section's header, its content and what follows it begin. */
  readonly header: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Lets a WebAssembly module export functions that it keeps to itself. Each is found by the name that it reports errors
 * under: the one function of the expected type that refers to this text.
 *
 * @param wasm - the module
 * @param wanted - types by name: a letter per parameter, then the result; `i` for 32 bits, `I` for 64
 * @throws Error if there is not exactly one such function
 */
export function withExports(wasm: Uint8Array, wanted: Readonly<Record<string, string>>): Uint8Array {
  const sections = sectionsOf(wasm);
  const section = (id: number) => {
    const span = sections.get(id);
    if (!span) throw new Error(`no WebAssembly module with a section ${id}`);
    return new Reader(wasm, span.from, span.to);
  };
  const types = section(SECTION.types).list(typeOf);
  const imported = section(SECTION.imports).list(isImportedFunction).filter(Boolean).length;
  const functions = section(SECTION.functions).list((reader) => reader.unsigned());
  const names = textsAt(section(SECTION.data), new Set(Object.keys(wanted)));
  const users = usersOf(section(SECTION.code), names);
  const added = Object.entries(wanted).map(([name, type]) => {
    const [at, ...others] = (users.get(name) ?? []).filter((index) => types[functions[index] as number] === type);
    if (at === undefined || others.length > 0) throw new Error(`not one function ${name} of type ${type}`);
    const text = new TextEncoder().encode(name);
    return [...unsigned(text.length), ...text, FUNCTION, ...unsigned(imported + at)];
  });
  const old = section(SECTION.exports);
  const count = old.unsigned();
  const content = [unsigned(count + added.length), wasm.subarray(old.at, old.end), ...added];
  const length = content.reduce((sum, part) => sum + part.length, 0);
  const { header, to } = sections.get(SECTION.exports) as Span;
  return concat([wasm.subarray(0, header), [SECTION.exports, ...unsigned(length)], ...content, wasm.subarray(to)]);
}

/** Reads the numbers of the binary format, one after the other. */
class Reader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte(): number {
    return this.bytes[this.at++] as number;
  }

  unsigned(): number {
    return this.#number()[0];
  }

  /** A number of 32 bits that may be negative. */
  signed(): number {
    const [value, bits] = this.#number();
    return bits < 32 && value >= 2 ** (bits - 1) ? value - 2 ** bits : value | 0;
  }

  skip(length: number): void {
    this.at += length;
  }

  list<T>(item: (reader: Reader) => T): T[] {
    return Array.from({ length: this.unsigned() }, () => item(this));
  }

  #number(): [value: number, bits: number] {
    let [value, bits, byte] = [0, 0, 0];
    do {
      byte = this.byte();
      value += (byte & 127) * 2 ** bits;
      bits += 7;
    } while (byte & 128);
    return [value, bits];
  }
}

function sectionsOf(wasm: Uint8Array): ReadonlyMap<number, Span> {
  const reader = new Reader(wasm, 8, wasm.length);
  const sections = new Map<number, Span>();
  while (reader.at < wasm.length) {
    const header = reader.at;
    const id = reader.byte();
    const length = reader.unsigned();
    sections.set(id, { header, from: reader.at, to: reader.at + length });
    reader.skip(length);
  }
  return sections;
}

function typeOf(reader: Reader): string {
  reader.skip(1);
  const letters = () => reader.list((one) => TYPES[one.byte()] ?? '?').join('');
  return letters() + letters();
}

function isImportedFunction(reader: Reader): boolean {
  for (let i = 0; i < 2; i++) reader.skip(reader.unsigned()); // Its module and its name.
  const kind = reader.byte();
  const limits = () => {
    const hasMost = reader.byte() & 1;
    reader.unsigned();
    if (hasMost) reader.unsigned();
  };
  if (kind === FUNCTION) reader.unsigned();
  else if (kind === 1) {
    reader.skip(1);
    limits();
  } else if (kind === 2) limits();
  else reader.skip(2);
  return kind === FUNCTION;
}

/** Which of the texts lie where in the memory. */
function textsAt(data: Reader, texts: ReadonlySet<string>): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const codes = [...texts].map((text) => ({ text, bytes: new TextEncoder().encode(text) }));
  data.list((reader) => {
    let address = 0;
    if (reader.byte() === 0) {
      reader.skip(1); // i32.const
      address = reader.signed();
      reader.skip(1); // end
    }
    const length = reader.unsigned();
    const [from, to] = [reader.at, reader.at + length];
    for (let end = data.bytes.indexOf(0, from); end >= 0 && end < to; end = data.bytes.indexOf(0, end + 1)) {
      // The linker lets a text be the end of a longer one.
      for (const { text, bytes } of codes) {
        const begin = end - bytes.length;
        if (begin >= from && bytes.every((byte, i) => byte === data.bytes[begin + i]))
          found.set(address + begin - from, text);
      }
    }
    reader.skip(length);
  });
  return found;
}

/** The functions whose code has the address of a text as a constant, by text; counted from 0. */
function usersOf(code: Reader, texts: ReadonlyMap<number, string>): ReadonlyMap<string, readonly number[]> {
  const users = new Map<string, number[]>();
  let index = 0;
  code.list((reader) => {
    const length = reader.unsigned();
    const to = reader.at + length;
    for (let at = code.bytes.indexOf(I32_CONST, reader.at); at >= 0 && at < to; ) {
      const text = texts.get(new Reader(code.bytes, at + 1, to).signed());
      if (text) {
        const known = users.get(text) ?? [];
        if (known.at(-1) !== index) users.set(text, [...known, index]);
      }
      at = code.bytes.indexOf(I32_CONST, at + 1);
    }
    index++;
    reader.skip(length);
  });
  return users;
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return bytes;
}

function concat(parts: readonly ArrayLike<number>[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
