import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

it('makes every folder that lacks, and is content with one that is there', () => {
  const base = mkdtempSync(join(tmpdir(), 'daqtor-folder-'));
  makeFolder(join(base, 'a', 'b', 'c'));
  makeFolder(join(base, 'a', 'b', 'c'));
  expect(existsSync(join(base, 'a', 'b', 'c'))).toBe(true);
  rmSync(base, { recursive: true });
});

it('fails below a file', () => {
  const base = mkdtempSync(join(tmpdir(), 'daqtor-folder-'));
  writeFileSync(join(base, 'file'), '');
  expect(() => makeFolder(join(base, 'file', 'a'))).toThrow(/ENOTDIR/);
  rmSync(base, { recursive: true });
});

it.runIf(process.platform === 'linux')('fails, and does not hang, where nothing can be made', () => {
  expect(() => makeFolder('/proc/daqtor/a')).toThrow(/ENOENT/);
});
