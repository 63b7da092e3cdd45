import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** The modules that this one imports statically, and those that they import. */
function imported(file: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(file)) return found;
  const text = readFileSync(file, 'utf8');
  found.set(file, text);
  for (const [, from = ''] of text.matchAll(/^(?:import|export)\s(?!type)[^;]*?from '([^']+)'/gms)) {
    if (from.startsWith('.')) imported(resolve(dirname(file), from), found);
    else found.set(from, '');
  }
  return found;
}

test('files in memory need nothing of Node, so that they work in a browser', () => {
  const modules = imported(fileURLToPath(new URL('./memory.ts', import.meta.url)));
  const others = [...modules.keys()].filter((name) => !name.startsWith('/'));
  expect(others).toEqual(['@daqtor/core', 'rxjs']);
  const withBuffers = [...modules].filter(([, text]) => /\bBuffer\.|\bprocess\.[a-z]/.test(text)).map(([name]) => name);
  expect(withBuffers).toEqual([]);
});
