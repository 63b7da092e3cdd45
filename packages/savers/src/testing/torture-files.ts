import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaqtorError } from '@daqtor/core';
import { ReaderThread } from '../browse/reader-thread.ts';
import { DataLoader } from '../load/data-loader.ts';
import { mutate } from './mutate.ts';
import { seeded } from './seeded.ts';

export const GOLDEN = new URL('../../fixtures/golden/', import.meta.url).pathname;

/** How reading damaged files went. */
export interface Tally {
  /** Read, some of them with warnings. */
  read: number;
  /** Refused with an error that names the file and says what to do. */
  refused: number;
  /** Of these: given up after the time limit, or because HDF5 broke. */
  givenUp: number;
  /** What must not happen: the seed and what was thrown. */
  readonly failures: string[];
}

/** Reads all that is in a file. @returns whether it could be opened; @throws what is not a proper error */
export async function readAll(path: string, reader: ReaderThread): Promise<'read' | 'refused' | 'given up'> {
  try {
    const loader = await DataLoader.open(path, reader);
    await loader.loadAll('/', { withBkg: true });
    return 'read';
  } catch (error) {
    if (!DaqtorError.is(error) || error.advice === undefined) throw error;
    if (!error.message.includes(path)) throw new Error(`the error does not name the file: ${error.message}`);
    return /still at it|broke down/.test(error.problem) ? 'given up' : 'refused';
  }
}

/**
 * Reads damaged copies of the golden files.
 *
 * @param seed - of the first copy; each has its own, by which it can be made again
 */
export async function tortureFiles(
  count: number,
  seed: number,
  tell?: (done: number, tally: Tally) => void,
): Promise<Tally> {
  const originals = readdirSync(GOLDEN)
    .filter((name) => name.endsWith('.h5'))
    .map((name) => readFileSync(join(GOLDEN, name)));
  const folder = mkdtempSync(join(tmpdir(), 'daqtor-torture-'));
  const reader = new ReaderThread({ limitMs: 3000 });
  const tally: Tally = { read: 0, refused: 0, givenUp: 0, failures: [] };
  try {
    for (let i = 0; i < count; i++) {
      const random = seeded(seed + i);
      const original = originals[Math.floor(random() * originals.length)] as Buffer;
      const path = join(folder, `${seed + i}.h5`);
      writeFileSync(path, mutate(original, random));
      try {
        const outcome = await readAll(path, reader);
        if (outcome === 'read') tally.read++;
        else tally.refused++;
        if (outcome === 'given up') tally.givenUp++;
      } catch (error) {
        tally.failures.push(
          `seed ${seed + i}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      }
      rmSync(path);
      tell?.(i + 1, tally);
    }
  } finally {
    await reader.close();
    rmSync(folder, { recursive: true });
  }
  return tally;
}
