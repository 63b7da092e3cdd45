import { ScpiError } from './scpi-error.ts';
import { scpiShortForm } from './scpi-parameters.ts';

/** A mnemonic of a header pattern. */
interface Node {
  readonly short: string;
  readonly long: string;
  readonly optional: boolean;
}

/** Tells whether a command's path names this header. Throws -114 for a numeric suffix other than 1. */
export type ScpiHeader = (path: readonly string[]) => boolean;

/**
 * Makes a matcher from the notation of the manuals, e.g. `[:SENSe]:VOLTage[:DC]:NPLCycles` or `*IDN`: capitals are the
 * short form, brackets may be left out, every mnemonic may carry the numeric suffix 1.
 */
export function scpiHeader(pattern: string): ScpiHeader {
  const nodes = Array.from(
    pattern.matchAll(/(\[?):?(\*?[A-Za-z]+)\]?/g),
    ([, bracket, name = '']): Node => ({
      short: scpiShortForm(name),
      long: name.toUpperCase(),
      optional: bracket !== '',
    }),
  );
  const matches = (path: readonly string[], at: number, node: number): boolean => {
    const expected = nodes[node];
    if (!expected) return at === path.length;
    const name = path[at];
    if (name !== undefined && names(expected, name) && matches(path, at + 1, node + 1)) return true;
    return expected.optional && matches(path, at, node + 1);
  };
  return (path) => {
    const bare = path.map((name) => name.replace(/\d+$/, ''));
    if (!matches(bare, 0, 0)) return false;
    if (path.some((name) => !/^\D+1?$/.test(name))) throw new ScpiError(-114);
    return true;
  };
}

function names({ short, long }: Node, name: string): boolean {
  return name === short || name === long;
}
