import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { tempFolder } from '../testing/temp-folder.ts';
import { lockFile } from './lock-file.ts';

const killed = vi.hoisted(() => ({ before: undefined as 'its bytes' | 'its link' | undefined }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  /** A process that is killed does nothing more, not even what comes in any case. */
  const unlessKilled =
    <A extends unknown[], R>(work: (...args: A) => R) =>
    (...args: A): R => {
      if (killed.before) throw new Error('killed');
      return work(...args);
    };
  return {
    ...fs,
    writeFileSync: (path: string, text: string, options?: { flag: string }) => {
      fs.writeFileSync(path, killed.before === 'its bytes' ? '' : text, options);
      if (killed.before === 'its bytes') throw new Error('killed');
    },
    linkSync: unlessKilled(fs.linkSync),
    rmSync: unlessKilled(fs.rmSync),
  };
});

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

test.each(['its bytes', 'its link'] as const)(
  'a process that is killed before %s are there locks nobody out',
  (before) => {
    const path = join(tempFolder(), 'a.h5');
    killed.before = before;
    expect(() => lockFile(path)).toThrow('killed');
    killed.before = undefined;
    const unlock = lockFile(path);
    expect(readFileSync(`${path}.lock`, 'utf8')).toContain(`"pid":${process.pid},`);
    unlock();
    expect(readdirSync(dirname(path))).toEqual([]);
  },
);

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
