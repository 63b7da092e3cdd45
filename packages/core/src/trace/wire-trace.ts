import { DaqtorError } from '../errors/daqtor-error.ts';

/** Bytes that went over a wire at once, in one direction. */
export interface TracePiece {
  /** Since the trace began. */
  readonly atMs: number;
  readonly direction: 'sent' | 'received';
  readonly bytes: Uint8Array;
}

/** What went over one wire, byte for byte. */
export interface WireTrace {
  /** What is known of the session, e.g. `driver`, `address`, `identity`; one line each. */
  readonly about: Readonly<Record<string, string>>;
  readonly pieces: readonly TracePiece[];
}

const HEAD = '# daqtor wire trace, version 1';
const LEGEND =
  '# milliseconds, > sent or < received, + more of it; \\r \\n \\t \\\\ \\xNN are single bytes, others stand for themselves';
/** Longest part of a piece on one line. */
const BYTES_OF_LINE = 100;
const SIGNS = { '>': 'sent', '<': 'received' } as const;
const ESCAPES: Readonly<Record<string, string>> = { '\r': '\\r', '\n': '\\n', '\t': '\\t', '\\': '\\\\' };

/**
 * A trace as text that people can read, write and keep under version control:
 *
 * ```
 * # daqtor wire trace, version 1
 * # milliseconds, > sent or < received; …
 * # driver: keithley2000
 * 0.000 > *IDN?\n
 * 4.125 < KEITHLEY INSTRUMENTS INC.,MODEL 2000,1120513,A20\n
 * ```
 *
 * A piece of more than 100 bytes goes on in lines that begin with `+ `. `parseTrace` gives back the same pieces.
 */
export function formatTrace({ about, pieces }: WireTrace): string {
  const facts = Object.entries(about).map(([name, value]) => `# ${name}: ${value.replaceAll(/\s+/g, ' ')}`);
  const lines = pieces.flatMap(({ atMs, direction, bytes }) => {
    const sign = direction === 'sent' ? '>' : '<';
    return inParts(bytes).map((part, i) => `${i === 0 ? `${atMs.toFixed(3)} ${sign}` : '+'} ${escaped(part)}`);
  });
  return `${[HEAD, LEGEND, ...facts, ...lines].join('\n')}\n`;
}

/** @throws DaqtorError `load.failed` for text that is no trace, with the number of the line */
export function parseTrace(text: string): WireTrace {
  const lines = text.split(/\r?\n/);
  if (lines[0] !== HEAD) throw refuse(1, `it does not begin with '${HEAD}'`);
  const about: Record<string, string> = {};
  const pieces: TracePiece[] = [];
  for (const [at, line] of lines.entries()) {
    const [, name, value] = /^# ([\w ]+): (.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined && pieces.length === 0) about[name] = value;
    if (line === '' || line.startsWith('#')) continue;
    const [, ms, sign, data] = /^(?:(\d+(?:\.\d+)?) ([<>])|\+) (.*)$/.exec(line) ?? [];
    const bytes = data === undefined ? undefined : unescaped(data);
    const last = pieces.at(-1);
    if (!bytes || (ms === undefined && !last))
      throw refuse(at + 1, 'it does not read `MS > BYTES`, `MS < BYTES` or `+ BYTES`');
    if (ms !== undefined) pieces.push({ atMs: Number(ms), direction: SIGNS[sign as keyof typeof SIGNS], bytes });
    else if (last) pieces[pieces.length - 1] = { ...last, bytes: Uint8Array.from([...last.bytes, ...bytes]) };
  }
  return { about, pieces };
}

function inParts(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  // At least one, since a piece of no bytes is a piece.
  for (let at = 0; at === 0 || at < bytes.length; at += BYTES_OF_LINE)
    parts.push(bytes.subarray(at, at + BYTES_OF_LINE));
  return parts;
}

function escaped(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
    .replaceAll(/[^ -[\]-~]/g, (char) => ESCAPES[char] ?? `\\x${hex(char)}`)
    .replace(/ $/, '\\x20'); // Editors take blanks away at the ends of lines.
}

const hex = (char: string): string => char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');

function unescaped(text: string): Uint8Array | undefined {
  if (!/^(?:[ -[\]-~]|\\(?:[rnt\\]|x[0-9A-Fa-f]{2}))*$/.test(text)) return undefined;
  const plain = text.replaceAll(/\\(?:x(..)|(.))/g, (_, code: string | undefined, letter: string) =>
    code === undefined
      ? ({ r: '\r', n: '\n', t: '\t' }[letter] ?? '\\')
      : String.fromCharCode(Number.parseInt(code, 16)),
  );
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

function refuse(line: number, problem: string): DaqtorError {
  return new DaqtorError('load.failed', {
    problem: `this is no trace of a wire: line ${line}: ${problem}`,
    advice: 'Give a file that `daqtor record` has written',
  });
}
