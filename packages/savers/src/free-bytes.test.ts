import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dataset } from './dataset.ts';
import { freeBytes } from './free-bytes.ts';
import { tempFolder } from './testing/temp-folder.ts';

it('tells the room where a dataset will be, also before its folder is there', async () => {
  const folder = tempFolder();
  const { bavail, bsize } = statfsSync(folder);
  const free = (await dataset(join(folder, 'not', 'yet')).freeBytes?.()) ?? 0;
  // Others write on this disk, too.
  expect(Math.abs(free - bavail * bsize)).toBeLessThan(2 ** 30);
  expect(free).toBeGreaterThan(0);
});

it('does not fail where nothing can be told', async () => {
  await expect(freeBytes('\0')).resolves.not.toBe(0);
});
