import { ScpiError } from './scpi-error.ts';

/** One command of a message, before anyone knows whether it exists. */
export interface ScpiUnit {
  /** Mnemonics from the root, upper case without colons, e.g. `['SENS', 'VOLT', 'NPLC']`; or `['*IDN']`. */
  readonly path: readonly string[];
  readonly query: boolean;
  readonly parameters: readonly string[];
}

/**
 * Takes a program message apart (IEEE 488.2, SCPI-1999).
 *
 * A header that follows `;` without a colon goes on at the level of the one before; a common command (`*…`) leaves that
 * level as it is. Units come one by one: those before a faulty one are executed, as the standard wants it.
 *
 * @throws ScpiError -101 or -102, when the faulty unit is reached
 */
export function* parseScpiMessage(message: string): Generator<ScpiUnit> {
  let level: readonly string[] = [];
  for (const text of splitOutsideQuotes(message, ';')) {
    const unit = text.trim();
    if (unit === '') continue;
    const [, header = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(unit) ?? [];
    if (/[^\w:?*]/.test(header)) throw new ScpiError(-101);
    const match = /^(?:(\*[A-Z]+)|(:?)((?:[A-Z]\w*)(?::[A-Z]\w*)*))(\??)$/i.exec(header);
    if (!match) throw new ScpiError(-102);
    const [, common, colon, names = '', mark] = match;
    const parameters = rest === '' ? [] : splitOutsideQuotes(rest, ',').map((parameter) => parameter.trim());
    if (parameters.includes('')) throw new ScpiError(-102);
    const own = names.toUpperCase().split(':');
    const path = common ? [common.toUpperCase()] : colon ? own : [...level, ...own];
    if (!common) level = path.slice(0, -1);
    yield { path, query: mark === '?', parameters };
  }
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts = [''];
  let quote = '';
  for (const character of text) {
    if (quote === '' && character === separator) {
      parts.push('');
      continue;
    }
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
    parts[parts.length - 1] += character;
  }
  if (quote !== '') throw new ScpiError(-102);
  return parts;
}
