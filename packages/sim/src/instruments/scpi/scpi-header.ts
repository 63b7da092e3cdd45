import { scpiShortForm } from './scpi-parameters.ts';

/** A mnemonic of a header pattern. */
interface Node {
  readonly short: string;
  readonly long: string;
  readonly suffix: string;
  readonly optional: boolean;
}

/** How a command's path compares: it names this header, or it does but for a numeric suffix, or it does not. */
export type ScpiHeader = (path: readonly string[]) => 'same' | 'other suffix' | undefined;

/**
 * Makes a matcher from the notation of the manuals, e.g. `[:SENSe]:VOLTage[:DC]:NPLCycles` or `*IDN`: capitals are the
 * short form, brackets may be left out. A mnemonic may carry the numeric suffix 1, or the one that the pattern has, e.g.
 * `:CHANnel2:DISPlay`.
 */
export function scpiHeader(pattern: string): ScpiHeader {
  const nodes = Array.from(
    pattern.matchAll(/(\[?):?(\*?[A-Za-z]+)(\d*)\]?/g),
    ([, bracket, name = '', suffix = '']): Node => ({
      short: scpiShortForm(name),
      long: name.toUpperCase(),
      suffix: suffix || '1',
      optional: bracket !== '',
    }),
  );
  const matches = (path: readonly string[], at: number, node: number, suffixes: boolean): boolean => {
    const expected = nodes[node];
    if (!expected) return at === path.length;
    const name = path[at];
    if (name !== undefined && names(expected, name, suffixes) && matches(path, at + 1, node + 1, suffixes)) return true;
    return expected.optional && matches(path, at, node + 1, suffixes);
  };
  return (path) => {
    if (matches(path, 0, 0, true)) return 'same';
    return matches(path, 0, 0, false) ? 'other suffix' : undefined;
  };
}

function names({ short, long, suffix }: Node, name: string, suffixes: boolean): boolean {
  const [, bare = '', digits = ''] = /^(.*?)(\d*)$/.exec(name) ?? [];
  return (bare === short || bare === long) && (!suffixes || (digits || '1') === suffix);
}
