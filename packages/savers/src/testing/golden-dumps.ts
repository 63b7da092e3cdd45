import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A node of a file of PyMoDAQ's, as h5py's low-level functions find it. */
export interface DumpNode {
  readonly kind: 'group' | 'dataset';
  readonly type?: { readonly class: string; readonly size?: number };
  readonly shape?: readonly number[];
  readonly attrs: Readonly<Record<string, { readonly value: unknown }>>;
  readonly values?: unknown;
}

/** What is in PyMoDAQ's files in `fixtures/golden`: nodes by their path, by the name of the file. */
export function goldenDumps(): Readonly<Record<string, Readonly<Record<string, DumpNode>>>> {
  const file = new URL('../../fixtures/golden/dumps.json.gz', import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString());
}
