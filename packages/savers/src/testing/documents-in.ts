import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A document of a run, and its name. */
export type NamedDocument = readonly [name: string, document: Readonly<Record<string, unknown>>];

/** The documents of the only run in a folder, a line each. */
export function documentsIn(folder: string): NamedDocument[] {
  const [file = ''] = readdirSync(folder);
  const text = readFileSync(join(folder, file), 'utf8');
  if (!text.endsWith('\n')) throw new Error(`the last line of ${file} is cut`);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as NamedDocument);
}
