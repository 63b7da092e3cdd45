import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chunkShape } from './chunk-shape.ts';
import { dimOf, nextName } from './node-names.ts';
import { storedSignal } from './nodes.ts';
import { DAQTOR_VERSION } from './versions.ts';

test.each([
  [[10_000], [], 8, [8192]],
  [[21, 21], [], 8, [21, 21]],
  [[100, 100], [], 8, [81, 100]],
  [[3, 20_000], [], 8, [1, 8192]],
  [[10, 10], [5], 8, [10, 10, 5]],
  [[10, 100], [1024], 8, [1, 64, 1024]],
  [[10, 10], [256, 256], 2, [1, 1, 256, 256]],
  [[10, 10], [2048, 2048], 2, [1, 1, 2048, 2048]],
])('a scan of %j points of %j values of %i bytes is stored in chunks of %j', (nav, signal, bytes, chunk) => {
  expect(chunkShape(nav, signal, bytes)).toEqual(chunk);
});

test('compressed chunks are small', () => {
  expect(chunkShape([10, 100], [1024], 8, 4)).toEqual([1, 16, 1024]);
});

test('dimensions of length 1 are dropped, and the others move up', () => {
  expect(storedSignal([1])).toEqual({ signal: [], indexes: [-1] });
  expect(storedSignal([3, 1, 4])).toEqual({ signal: [3, 4], indexes: [0, -1, 1] });
});

test('the dimension of data is that of what is stored', () => {
  expect([[], [3], [3, 4], [3, 4, 5]].map(dimOf)).toEqual(['Data0D', 'Data1D', 'Data2D', 'DataND']);
});

test('a scan is numbered after the last one that is there', () => {
  expect(nextName('scan', ['Logger'])).toBe('Scan000');
  expect(nextName('scan', ['Logger', 'Scan000', 'Scan007', 'Detector012'])).toBe('Scan008');
});

test('the version in the files is that of the package', () => {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  expect(manifest).toContain(`"version": "${DAQTOR_VERSION}"`);
});
