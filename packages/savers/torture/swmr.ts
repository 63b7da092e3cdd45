import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numbersGiven } from '@daqtor/core/testing';
import { dataset } from '@daqtor/savers';
import { Notes } from './notes.ts';
import { Python } from './python.ts';
import { tortureScan } from './torture-scan.ts';

/**
 * Reads files with h5py while scans are written into them: `npm run torture:swmr -- [scans]`. A reader in another process
 * must see the points grow, each marked as measured only with all of its values; when the scan has ended, the file must
 * open as any other.
 */
const [scans] = numbersGiven('npm run torture:swmr -- [scans]', 4);
/** Points that may be acknowledged and not be seen yet: h5py reads one array after the other. */
const SHAPE = [40, 50] as const;
let passed = 0;
let failed = 0;
const expect = (what: string, isTrue: boolean, more = '') => {
  if (isTrue) passed++;
  else failed++;
  if (!isTrue) console.log(`FAILED  ${what} ${more}`);
};

interface Seen {
  /** Points that were marked as measured, at each look. */
  readonly counts: readonly number[];
  readonly faults: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'daqtor-swmr-'));
using watcher = new Python('watch-file.py');
using judge = new Python('check-file.py');
try {
  for (let round = 0; round < scans; round++) {
    const path = join(folder, `notes${round}`);
    const notes = new Notes(path);
    const commit = round % 2 === 0 ? ('point' as const) : { everyMs: 20 };
    // Slow enough to be still under way when the reader has opened the file.
    const scan = { shape: SHAPE, key: round, ahead: commit === 'point' ? 1 : 20 };
    const told = notes.told(scan);
    let looks: Promise<Seen> | undefined;
    await tortureScan(dataset(folder, {}, { swmr: true, commit }), scan, {
      ...told,
      saved(step) {
        told.saved(step);
        // Once the arrays are there; a reader lists them before it looks.
        if (step === 20)
          looks = watcher.ask<Seen>({ file: notes.file, group: '/RawData/Scan000', key: round, looks: 12 });
      },
    });
    const { counts = [], faults = [] } = (await looks) ?? {};
    const rising = counts.some((count, i) => i > 0 && count > (counts[i - 1] as number));
    console.log(`scan ${round}, commits ${JSON.stringify(commit)}: a reader saw ${counts.join(', ')} points`);
    expect('a reader sees points grow', rising);
    expect('no point is seen without its values', faults.length === 0, faults.slice(0, 3).join('; '));
    expect(
      'points never become fewer',
      counts.every((count, i) => i === 0 || count >= (counts[i - 1] as number)),
    );
    const verdict = await judge.ask<{ points: number; faults: readonly string[] }>({ file: notes.file, notes: path });
    expect(
      'the file opens as any other when it is done',
      verdict.points === SHAPE[0] * SHAPE[1],
      String(verdict.points),
    );
    expect('all of it is right', verdict.faults.length === 0, verdict.faults.slice(0, 3).join('; '));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
