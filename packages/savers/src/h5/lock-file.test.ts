import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from '../testing/temp-folder.ts';
import { lockFile } from './lock-file.ts';

/** Linux gives no process a number above 2^22. */
const DEAD = 2 ** 22 + 1;

test('a lock is held until it is given back', () => {
  const path = join(tempFolder(), 'a.h5');
  const unlock = lockFile(path);
  expect(() => lockFile(path)).toThrow(`is being written by process ${process.pid}`);
  unlock();
  unlock();
  lockFile(path)();
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test.each([
  ['a process that no longer runs', { pid: DEAD, host: hostname(), started: '1' }],
  ['a process whose number another one has by now', { pid: process.pid, host: hostname(), started: '1' }],
])('the lock of %s is taken over', (_, owner) => {
  const path = join(tempFolder(), 'a.h5');
  writeFileSync(`${path}.lock`, JSON.stringify(owner));
  const unlock = lockFile(path);
  expect(readFileSync(`${path}.lock`, 'utf8')).toContain(`"pid":${process.pid},`);
  unlock();
});

test.each([
  [
    'on another machine',
    JSON.stringify({ pid: DEAD, host: 'elsewhere', started: '1' }),
    `process ${DEAD} on elsewhere`,
  ],
  ['not finished', '{"pid":', 'another process'],
])('a lock %s is respected', (_, content, who) => {
  const path = join(tempFolder(), 'a.h5');
  writeFileSync(`${path}.lock`, content);
  expect(() => lockFile(path)).toThrow(`is being written by ${who}`);
  expect(readFileSync(`${path}.lock`, 'utf8')).toBe(content);
});
