import { ScpiError } from './scpi-error.ts';

/** The values a numeric parameter may have, and what its names stand for. */
export interface ScpiRange {
  readonly minimum: number;
  readonly maximum: number;
  readonly default: number;
}

/**
 * A number, or MINimum, MAXimum, DEFault.
 *
 * @throws ScpiError -104 for what is no number, -222 for one out of range
 */
export function scpiNumber(text: string, range: ScpiRange): number {
  const named = namedValue(text, range);
  if (named !== undefined) return named;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?$/i.test(text)) throw new ScpiError(-104);
  const value = Number(text);
  if (value < range.minimum || value > range.maximum) throw new ScpiError(-222);
  return value;
}

/** A whole number; SCPI rounds what is not. */
export function scpiInteger(text: string, range: ScpiRange): number {
  return Math.round(scpiNumber(text, range));
}

/** ON, OFF, or a number that is 0 or not. */
export function scpiBoolean(text: string): boolean {
  const word = text.toUpperCase();
  if (word === 'ON') return true;
  if (word === 'OFF') return false;
  return scpiInteger(text, { minimum: -32768, maximum: 32767, default: 0 }) !== 0;
}

/**
 * One of several words, in short or long form.
 *
 * @param words - in the notation of the manuals, e.g. `READing`
 * @returns the short form, e.g. `READ`
 * @throws ScpiError -224 for another word
 */
export function scpiWord(text: string, words: readonly string[]): string {
  const wanted = text.toUpperCase();
  for (const word of words) {
    const short = scpiShortForm(word);
    if (wanted === short || wanted === word.toUpperCase()) return short;
  }
  throw new ScpiError(-224);
}

/** Of a word in the notation of the manuals, e.g. `READ` of `READing`. */
export function scpiShortForm(word: string): string {
  return word.replace(/[a-z]/g, '');
}

/** Text between single or double quotes. */
export function scpiString(text: string): string {
  const [, , inside] = /^(["'])(.*)\1$/s.exec(text) ?? [];
  if (inside === undefined) throw new ScpiError(-104);
  return inside;
}

/** What MINimum, MAXimum or DEFault stands for; undefined for anything else. */
function namedValue(text: string, { minimum, maximum, default: usual }: ScpiRange): number | undefined {
  switch (text.toUpperCase()) {
    case 'MIN':
    case 'MINIMUM':
      return minimum;
    case 'MAX':
    case 'MAXIMUM':
      return maximum;
    case 'DEF':
    case 'DEFAULT':
      return usual;
    default:
      return undefined;
  }
}
