import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from '../testing/temp-folder.ts';
import type { RawFs, RawStream } from './h5-module.ts';
import { decodeJournal, journalPath } from './journal.ts';
import { PageOverlay } from './page-overlay.ts';
import { recover } from './recover.ts';

/** The module's file system, reduced to what the overlay stands between. */
function plainFs(mode = 'r+'): RawFs {
  return {
    open: (path) => {
      const fd = openSync(path, mode);
      return { fd, nfd: fd };
    },
    close: ({ nfd }) => closeSync(nfd),
    read: ({ nfd }, buffer, offset, length, position) => readSync(nfd, buffer, offset, length, position ?? null),
    write: ({ nfd }, buffer, offset, length, position) => writeSync(nfd, buffer, offset, length, position),
    ftruncate: (fd, length) => ftruncateSync(fd, length),
  };
}

interface Bench {
  readonly path: string;
  readonly fs: RawFs;
  readonly overlay: PageOverlay;
  readonly stream: RawStream;
}

/** A file of 10,000 bytes 'a', open behind an overlay. */
function openFile(mode?: string): Bench {
  const path = join(tempFolder(), 'file');
  writeFileSync(path, 'a'.repeat(10_000));
  const fs = plainFs(mode);
  const overlay = new PageOverlay(fs, path, {});
  return { path, fs, overlay, stream: fs.open(path, 0) };
}

const put = ({ fs, stream }: Bench, text: string, position: number) =>
  fs.write(stream, Buffer.from(text), 0, text.length, position);
const onDisk = ({ path }: Bench, from: number, to: number) => readFileSync(path, 'latin1').slice(from, to);
function seen({ fs, stream }: Bench, from: number, to: number): string {
  const buffer = Buffer.alloc(to - from);
  return buffer.toString('latin1', 0, fs.read(stream, buffer, 0, buffer.length, from));
}

test('writes over committed bytes wait for the commit, and are seen meanwhile', () => {
  const bench = openFile();
  put(bench, 'X'.repeat(100), 4050);
  expect(onDisk(bench, 4040, 4160)).toBe('a'.repeat(120));
  expect(seen(bench, 4049, 4151)).toBe(`a${'X'.repeat(100)}a`);
  bench.overlay.commit();
  expect(onDisk(bench, 4049, 4151)).toBe(`a${'X'.repeat(100)}a`);
  bench.overlay.release();
});

test('writes behind the committed bytes go to the disk at once, and wait from the next commit on', () => {
  const bench = openFile();
  put(bench, 'XYZ', 9_999);
  expect(onDisk(bench, 9_998, 10_002)).toBe('aaYZ');
  expect(seen(bench, 9_998, 10_002)).toBe('aXYZ');
  bench.overlay.commit();
  put(bench, '!', 10_001);
  expect(onDisk(bench, 9_998, 10_002)).toBe('aXYZ');
  bench.overlay.release();
});

test('what was not committed is lost on release, and no journal stays', () => {
  const bench = openFile();
  put(bench, 'X', 0);
  bench.overlay.commit();
  put(bench, 'Y', 1);
  bench.overlay.release();
  expect(onDisk(bench, 0, 2)).toBe('Xa');
  expect(existsSync(journalPath(bench.path))).toBe(false);
});

test('a file is cut only by the commit, and not below what was written since', () => {
  const bench = openFile();
  bench.fs.ftruncate(bench.stream.fd, 5000);
  put(bench, 'XY', 6000);
  expect(onDisk(bench, 0, 20_000)).toHaveLength(10_000);
  bench.overlay.commit();
  expect(onDisk(bench, 5999, 20_000)).toBe('aXY');
  bench.overlay.release();
});

test('discarding forgets everything since the last commit, and what follows', () => {
  const bench = openFile();
  put(bench, 'X', 0);
  put(bench, 'Z'.repeat(500), 10_000);
  bench.overlay.discard();
  put(bench, 'X', 1);
  put(bench, 'X', 10_000);
  bench.fs.ftruncate(bench.stream.fd, 3);
  bench.overlay.release();
  expect(onDisk(bench, 0, 20_000)).toBe('a'.repeat(10_000));
});

test('a disk that fails in the middle of a commit leaves the journal that finishes it', () => {
  const bench = openFile('r'); // The journal can be written, the file cannot.
  put(bench, 'X', 5000);
  put(bench, 'X', 0);
  expect(() => bench.overlay.commit()).toThrow('EBADF');
  expect(bench.overlay.isTorn).toBe(true);
  bench.overlay.discard();
  bench.overlay.release();
  expect(onDisk(bench, 4999, 5002)).toBe('aaa');
  // How long the file is comes first.
  const commit = decodeJournal(readFileSync(journalPath(bench.path)));
  expect(commit?.runs.map(({ position }) => position)).toEqual([0, 5000]);
  expect(recover(bench.path)).toBe('replayed');
  expect(onDisk(bench, 4999, 5002)).toBe('aXa');
  expect(recover(bench.path)).toBe('nothing');
});

test('other files of the module pass through', () => {
  const bench = openFile();
  const other = `${bench.path}.other`;
  writeFileSync(other, 'aaaa');
  const stream = bench.fs.open(other, 0);
  bench.fs.write(stream, Buffer.from('X'), 0, 1, 1);
  expect(readFileSync(other, 'latin1')).toBe('aXaa');
  bench.fs.ftruncate(stream.fd, 2);
  bench.fs.close(stream);
  expect(readFileSync(other, 'latin1')).toBe('aX');
  bench.overlay.release();
});

test('values come after all else, in the order in which they were put, and are seen at once', () => {
  const bench = openFile();
  bench.overlay.put(Buffer.from('VV'), 8000);
  put(bench, 'X', 9000);
  bench.overlay.put(Buffer.from('W'), 8001);
  bench.overlay.put(Buffer.from('!'), 100);
  expect(seen(bench, 7999, 8003)).toBe('aVWa');
  expect(onDisk(bench, 7999, 8003)).toBe('aaaa');
  bench.overlay.commit();
  expect(onDisk(bench, 7999, 8003)).toBe('aVWa');
  const record = readFileSync(journalPath(bench.path));
  record.write('DAQJRNL1', 'latin1'); // The commit is done: only the head of its record is not there any more.
  expect(decodeJournal(record)?.runs.map(({ position }) => position)).toEqual([9000, 8000, 8001, 100]);
  put(bench, 'Z', 8002);
  bench.overlay.commit();
  expect(onDisk(bench, 7999, 8003)).toBe('aVWZ');
  bench.overlay.release();
});

test('what was put behind the committed bytes goes to the disk with the commit, or when it is read', () => {
  const bench = openFile();
  bench.overlay.put(Buffer.from('XYZ'), 9_999);
  expect(onDisk(bench, 9_998, 10_002)).toBe('aa');
  expect(seen(bench, 9_998, 10_002)).toBe('aXYZ');
  bench.overlay.put(Buffer.from('!'), 10_002);
  expect(onDisk(bench, 9_998, 10_003)).toBe('aaYZ');
  bench.overlay.commit();
  expect(onDisk(bench, 9_998, 10_003)).toBe('aXYZ!');
  bench.overlay.release();
});

test('what was put behind the committed bytes does not come in behind what follows it, and is lost with it', () => {
  const bench = openFile();
  bench.overlay.put(Buffer.from('XYZ'), 10_000);
  put(bench, '..', 10_001);
  bench.overlay.put(Buffer.from('!'), 10_002);
  bench.overlay.commit();
  expect(onDisk(bench, 10_000, 10_004)).toBe('X.!');
  bench.overlay.put(Buffer.from('XYZ'), 10_003);
  bench.overlay.discard();
  bench.overlay.release();
  expect(onDisk(bench, 10_000, 10_004)).toBe('X.!');
});

test('much that was put behind the committed bytes does not wait', () => {
  const bench = openFile();
  for (let i = 0; i < 40; i++) bench.overlay.put(Buffer.alloc(60_000, 'X'), 10_000 + 60_000 * i);
  const { length } = readFileSync(bench.path);
  expect(length).toBeGreaterThan(1_000_000);
  bench.overlay.put(Buffer.alloc(100_000, 'Y'), 10_000 + 60_000 * 40);
  expect(onDisk(bench, 2_410_000, 2_510_000)).toBe('Y'.repeat(100_000));
  bench.overlay.release();
});

test('one write of the module is replaced by other bytes, and its place is told', () => {
  const bench = openFile();
  const [key, bytes] = [Buffer.from('key'), Buffer.from('values')];
  const place = bench.overlay.replacing({ key, bytes, length: 6 }, () => {
    put(bench, 'key..', 20_000); // Of another length.
    put(bench, 'yek...', 30_000); // Another beginning.
    put(bench, 'key...', 9_997);
    put(bench, 'key...', 40_000); // Only once.
  });
  expect(place).toBe(9_997);
  expect(seen(bench, 9_997, 10_003)).toBe('values');
  expect(seen(bench, 40_000, 40_006)).toBe('key...');
  expect(bench.overlay.replacing({ key, bytes, length: 6 }, () => {})).toBeUndefined();
  bench.overlay.release();
});

test('a write whose bytes come from elsewhere only takes its place, where nothing is committed', () => {
  const bench = openFile();
  const expected = { key: Buffer.from('key'), bytes: undefined, length: 6 };
  expect(bench.overlay.replacing(expected, () => put(bench, 'key...', 20_000))).toBe(20_000);
  expect(onDisk(bench, 20_000, 20_006)).toBe('');
  expect(bench.overlay.replacing(expected, () => put(bench, 'key...', 9_000))).toBeUndefined();
  expect(seen(bench, 9_000, 9_006)).toBe('key...');
  bench.overlay.release();
});
