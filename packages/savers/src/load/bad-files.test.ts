import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, realClock, type TimerHandle } from '@daqtor/core';
import { afterAll, expect, test } from 'vitest';
import { readArray } from '../browse/read-array.ts';
import { ReaderThread } from '../browse/reader-thread.ts';
import { groupNode } from '../layout/nodes.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { GOLDEN, readAll, tortureFiles } from '../testing/torture-files.ts';
import { writeNodes } from '../testing/write-nodes.ts';
import { DataLoader } from './data-loader.ts';

const SMALL = join(GOLDEN, 'f_plain_nocompression_h5py.h5');
/** A damaged copy over which HDF5 2.0.0 loops for ever as it reads an attribute of the root; found by the torture. */
const HANGS = new URL('../../fixtures/damaged/hangs.h5', import.meta.url).pathname;
const reader = new ReaderThread();
afterAll(() => reader.close());

function fileOf(bytes: Uint8Array | string): string {
  const path = join(tempFolder(), 'bad.h5');
  writeFileSync(path, bytes);
  return path;
}

test('a file that was cut off is refused, wherever it was cut', async () => {
  const whole = readFileSync(SMALL);
  const folder = tempFolder();
  for (let length = 0; length < whole.length; length += 64) {
    const path = join(folder, `${length}.h5`);
    writeFileSync(path, whole.subarray(0, length));
    expect(await readAll(path, reader), `${length} bytes`).toBe('refused');
  }
  const path = fileOf(whole.subarray(0, whole.length - 64));
  await expect(DataLoader.open(path, reader)).rejects.toThrow(
    `${path} cannot be read: it ends before its own last byte. A copy was cut off`,
  );
});

test.each([
  ['nothing', '', 'it is empty. Its writer was killed'],
  ['text', 'hello\n', 'it is no HDF5 file but text'],
  ['zeros', new Uint8Array(600), 'it begins with zeros'],
  ['a classic netCDF file', 'CDF\x01\x00\x00', 'classic netCDF file (convert it with nccopy'],
  ['a zip archive', 'PK\x03\x04\x00', 'a zip archive'],
  ['noise', Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) % 251), 'its signature is missing'],
])('%s is no HDF5 file, and the error says what it is', async (_, bytes, says) => {
  const path = fileOf(bytes);
  await expect(DataLoader.open(path, reader)).rejects.toMatchObject({
    code: 'load.failed',
    message: expect.stringContaining(says),
    problem: expect.stringContaining(path),
    advice: expect.any(String),
  });
});

test('a file that is not there, a folder and a file behind a file are told apart', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'sub.h5'));
  await expect(DataLoader.open(join(folder, 'none.h5'))).rejects.toThrow('there is no such file');
  await expect(DataLoader.open(join(folder, 'sub.h5'))).rejects.toThrow('it is a folder');
  await expect(DataLoader.open(join(fileOf('x'), 'y.h5'))).rejects.toThrow('a part of that path is a file');
});

test('HDF5 behind a user block is read', async () => {
  const path = fileOf(Buffer.concat([Buffer.alloc(1024, 'a'), readFileSync(SMALL)]));
  // The addresses in the golden file count from its signature, as the format has it.
  await expect(DataLoader.open(path, reader)).resolves.toMatchObject({ tree: { name: '/' } });
});

test('nodes without CLASS are read like any other', async () => {
  const group = groupNode('/RawData/CH00', 'Power');
  const data = Float64Array.of(1, 2);
  const array = {
    op: 'array',
    path: '/RawData/CH00/Data00',
    dtype: 'float64',
    shape: [2],
    data,
    attributes: {},
  } as const;
  const path = await writeNodes({ ...group, attributes: {} }, array);
  expect((await (await DataLoader.open(path)).loadAll()).data.get('Data00')?.data).toEqual([data]);
});

test('an array that claims more than its file can hold is refused before memory is taken', async () => {
  const shape = [2 ** 30];
  const path = await writeNodes({
    op: 'array',
    path: '/RawData/x',
    dtype: 'float64',
    shape,
    chunks: [1024],
    attributes: {},
  });
  await expect(readArray(path, '/RawData/x')).rejects.toThrow(/\/RawData\/x of .* claims 8589934592 bytes of values/);
});

test('a damaged node does not keep the others from being read', async () => {
  const bytes = readFileSync(SMALL);
  const at = bytes.indexOf('Detector000');
  bytes.write('Detector00\xff', at, 'latin1');
  const loader = await DataLoader.open(fileOf(bytes), reader);
  expect(loader.tree.children[0]?.children.map(({ name }) => name)).toContain('Logger');
});

/** A clock whose timers go off when they are told to. */
function handClock(): Clock & { readonly timers: ReadonlySet<unknown>; fire(): void } {
  const timers = new Set<() => void>();
  return {
    ...realClock,
    timers,
    setTimeout: (callback) => {
      timers.add(callback);
      return callback as unknown as TimerHandle;
    },
    clearTimeout: (handle) => timers.delete(handle as unknown as () => void),
    fire: () => {
      for (const timer of timers) timer();
    },
  };
}

test('a file over which HDF5 never ends is given up with its thread, and what waits behind it is answered', async () => {
  const clock = handClock();
  const watched = new ReaderThread({ clock, limitMs: 1000 });
  await watched.describe(SMALL);
  const hanging = watched.describe(HANGS);
  const behind = watched.describe(SMALL);
  while (clock.timers.size === 0) await Promise.resolve();
  clock.fire();
  await expect(hanging).rejects.toMatchObject({ code: 'load.failed', problem: expect.stringContaining(HANGS) });
  await expect(hanging).rejects.toThrow('HDF5 was still at it after 1 s');
  expect((await behind).name).toBe('/');
  await watched.close();
});

test('damaged copies of golden files are read or refused, and nothing hangs or breaks', async () => {
  const tally = await tortureFiles(25, 1);
  expect(tally.failures).toEqual([]);
  expect(tally.read + tally.refused).toBe(25);
  expect(Math.min(tally.read, tally.refused)).toBeGreaterThan(3);
}, 30_000);
