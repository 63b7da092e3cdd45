import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DaqtorError } from '@daqtor/core';
import { dataset } from '@daqtor/savers';
import { Notes } from './notes.ts';
import { Python } from './python.ts';
import { tortureScan } from './torture-scan.ts';

/**
 * What disks and people do to a file that is being written: `npm run torture:disk`. Each check wants a clear error, all
 * that was acknowledged in the file, and writing to go on once the cause is gone. Needs root for its own small disk.
 */
const home = mkdtempSync(join(tmpdir(), 'daqtor-disk-'));
using h5py = new Python('check-file.py');
let passed = 0;
let failed = 0;

function hold(condition: boolean, what: string): void {
  if (!condition) throw new Error(`expected ${what}`);
}

async function check(title: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(home, String(passed + failed));
  mkdirSync(folder);
  try {
    await work(folder);
    passed++;
    console.log(`ok      ${title}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${title}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Wants an error that names the file and says what to do. */
async function refused(
  work: Promise<unknown>,
  { problem, advice, path }: { problem: RegExp; advice: RegExp; path: string },
) {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  hold(error !== undefined, 'an error, got none');
  hold(DaqtorError.is(error), `a DaqtorError, got ${String(error)}`);
  const { problem: said, advice: advised = '' } = error as DaqtorError;
  hold(problem.test(said) && said.includes(path), `the problem ${problem} in ${path}, got: ${said}`);
  hold(advice.test(advised), `the advice ${advice}, got: ${advised}`);
}

/** Compares all that was acknowledged, in h5py. */
async function intact(file: string, notes: Notes): Promise<void> {
  const { faults } = await h5py.ask<{ faults: string[] }>({ file, notes: notes.path });
  hold(faults.length === 0, `an intact file, but ${faults.slice(0, 3).join('; ')}`);
}

const mount = (...args: string[]) => execFileSync('mount', args, { stdio: 'pipe' });

/** Runs a check on a disk of its own. */
async function onDisk(title: string, size: string, work: (disk: string) => Promise<void>): Promise<void> {
  await check(title, async (folder) => {
    mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder);
    try {
      await work(folder);
    } finally {
      execFileSync('umount', ['-l', folder]);
    }
  });
}

const small = { shape: [2, 4], ahead: 1, key: 0 } as const;
const ends = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(lock|journal|new)$/.test(name));

async function diskChecks(): Promise<void> {
  const notesFolder = mkdtempSync(join(tmpdir(), 'daqtor-notes-'));
  let number = 0;
  const newNotes = () => new Notes(join(notesFolder, String(number++)));
  try {
    for (const [i, freeKiB] of [0, 4, 8, 16, 28, 40, 64, 96, 160, 256, 80, 128].entries()) {
      const waits = i % 2 === 0;
      const title = `a disk that is full after ${freeKiB} KiB${waits ? ', until there is room' : ''}`;
      await onDisk(title, '2m', async (disk) => {
        const notes = newNotes();
        const recorder = dataset(join(disk, 'data'));
        await tortureScan(recorder, small, notes.told(small));
        const filler = join(disk, 'filler');
        const { bavail, bsize } = statfsSync(disk);
        writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - freeKiB * 1024)));
        const large = { shape: [20, 20], ahead: freeKiB % 3 === 0 ? 1 : 8, key: 1 } as const;
        const noRoom = { problem: /No space left on device/, advice: /Free some space/, path: disk };
        let makeRoom: Promise<void> | undefined;
        const troubled = (trouble: DaqtorError) => {
          if (!waits) return true;
          makeRoom ??= refused(Promise.reject(trouble), noRoom)
            .then(() => intact(notes.file, notes))
            .finally(() => rmSync(filler));
          return false;
        };
        const scan = tortureScan(recorder, large, { ...notes.told(large), troubled });
        // Where there is no room to begin with, nothing is waited for.
        if (freeKiB >= 64 && waits) {
          await scan;
          hold(makeRoom !== undefined, 'to be told of the full disk');
          await makeRoom;
          const { length } = readFileSync(notes.path, 'utf8').match(/^saved 1 /gm) ?? [];
          hold(length === 400, `all 400 points, got ${length}`);
        } else await refused(scan, noRoom);
        await intact(notes.file, notes);
        rmSync(filler, { force: true });
        const next = { ...small, key: 2 };
        await tortureScan(recorder, next, notes.told(next));
        await intact(notes.file, notes);
        hold(ends(disk).length === 0, `nothing beside the file, found ${ends(disk).join()}`);
      });
    }
    await onDisk('a full disk when a dataset is to be made', '64k', async (disk) => {
      const data = join(disk, 'data');
      const recorder = dataset(data);
      const filler = join(disk, 'filler');
      writeFileSync(filler, Buffer.alloc(56 * 1024));
      await refused(tortureScan(recorder, small), { problem: /No space left/, advice: /Free some/, path: disk });
      hold(ends(disk).length === 0, `nothing left behind, found ${ends(disk).join()}`);
      rmSync(filler);
      mount('-o', 'remount,size=8m', disk);
      const notes = newNotes();
      await tortureScan(recorder, small, notes.told(small));
      await intact(notes.file, notes);
    });
    await onDisk('a disk that is read-only, for a new dataset and for one to go on in', '8m', async (disk) => {
      const notes = newNotes();
      const recorder = dataset(disk);
      await tortureScan(recorder, small, notes.told(small));
      mount('-o', 'remount,ro', disk);
      const refusal = { problem: /Read-only file system/, advice: /mounted read-only/, path: disk };
      await refused(tortureScan(recorder, small), refusal);
      await refused(tortureScan(dataset(disk), small), refusal);
      await refused(tortureScan(dataset(join(disk, 'new')), small), refusal);
      mount('-o', 'remount,rw', disk);
      const next = { ...small, key: 1 };
      await tortureScan(recorder, next, notes.told(next));
      await intact(notes.file, notes);
    });
  } finally {
    rmSync(notesFolder, { recursive: true });
  }
}

/** Does something to the file after its third point. */
function interfering(
  notes: Notes,
  scan: { readonly shape: readonly [number, number]; readonly key: number },
  act: () => void,
) {
  const told = notes.told(scan);
  return {
    ...told,
    saved: (step: number) => {
      told.saved(step);
      if (step === 2) act();
    },
  };
}

async function fileChecks(): Promise<void> {
  const lost = { problem: /removed or replaced while/, advice: /new dataset/ };
  await check('a file that is removed while it is written', async (folder) => {
    const notes = new Notes(join(folder, 'notes'));
    const failing = tortureScan(
      dataset(folder),
      small,
      interfering(notes, small, () => rmSync(notes.file)),
    );
    await refused(failing, { ...lost, path: folder });
    const again = new Notes(join(folder, 'again'));
    await tortureScan(dataset(folder), small, again.told(small));
    await intact(again.file, again);
  });
  await check('a file that is moved away while it is written, and moved back', async (folder) => {
    const notes = new Notes(join(folder, 'notes'));
    const recorder = dataset(folder);
    const away = join(folder, 'away.h5');
    const failing = tortureScan(
      recorder,
      small,
      interfering(notes, small, () => renameSync(notes.file, away)),
    );
    await refused(failing, { ...lost, path: folder });
    await intact(away, notes);
    await refused(tortureScan(recorder, small), {
      problem: /No such file/,
      advice: /check the path/,
      path: notes.file,
    });
    renameSync(away, notes.file);
    const next = { ...small, key: 1 };
    await tortureScan(recorder, next, notes.told(next));
    await intact(notes.file, notes);
  });
  await check('a file that is replaced while it is written', async (folder) => {
    const notes = new Notes(join(folder, 'notes'));
    const away = join(folder, 'away.h5');
    const replace = () => {
      renameSync(notes.file, away);
      writeFileSync(notes.file, 'precious');
    };
    await refused(tortureScan(dataset(folder), small, interfering(notes, small, replace)), { ...lost, path: folder });
    hold(readFileSync(notes.file, 'utf8') === 'precious', 'the other file as it was');
    await intact(away, notes);
  });
  await check('a folder that is removed while a file in it is written', async (folder) => {
    const base = join(folder, 'base');
    const notes = new Notes(join(folder, 'notes'));
    const failing = tortureScan(
      dataset(base),
      small,
      interfering(notes, small, () => rmSync(base, { recursive: true })),
    );
    await refused(failing, { ...lost, path: base });
    const again = new Notes(join(folder, 'again'));
    await tortureScan(dataset(base), small, again.told(small));
    await intact(again.file, again);
  });
  await check('a file that another process writes', async (folder) => {
    const notesPath = join(folder, 'notes');
    const script = new URL('kill-writer.ts', import.meta.url).pathname;
    const args = ['--import', 'tsx', script, join(folder, 'data'), notesPath, '1', 'point'];
    const writer = spawn(process.execPath, args, { stdio: ['pipe', 'inherit', 'inherit'] });
    const exited = once(writer, 'exit');
    writer.stdin.write('go\n');
    while (!existsSync(notesPath) || statSync(notesPath).size === 0) await sleep(5);
    const day = readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith('.h5'),
    );
    const file = join(folder, 'data', day ?? '');
    // Between two scans it is nobody's: hold it while it is asked for.
    writer.kill('SIGSTOP');
    const isLocked = existsSync(`${file}.lock`);
    const other = { ...small, key: 900 };
    const who = new RegExp(`is being written by process ${writer.pid}`);
    if (isLocked) {
      await refused(tortureScan(dataset('', {}, { file }), other), {
        problem: who,
        advice: /Let it finish/,
        path: file,
      });
    }
    writer.kill('SIGKILL');
    await exited;
    hold(isLocked, 'the file to be in use');
    const notes = new Notes(notesPath);
    await tortureScan(dataset('', {}, { file }), other, notes.told(other));
    await intact(file, notes);
  });
  await check('a file that this process writes already', async (folder) => {
    const notes = new Notes(join(folder, 'notes'));
    let refusal: Promise<void> | undefined;
    const ask = () => {
      refusal = refused(tortureScan(dataset('', {}, { file: notes.file }), small), {
        problem: /is being written by process/,
        advice: /Let it finish/,
        path: notes.file,
      });
    };
    await tortureScan(dataset(folder), small, interfering(notes, small, ask));
    await refusal;
    await intact(notes.file, notes);
  });
  await check('a path that is too long', async (folder) => {
    const path = join(folder, 'x'.repeat(300));
    await refused(tortureScan(dataset(path), small), { problem: /name too long/, advice: /shorter/, path });
  });
  await check('a base path below a file', async (folder) => {
    writeFileSync(join(folder, 'file'), '');
    const path = join(folder, 'file', 'data');
    await refused(tortureScan(dataset(path), small), { problem: /Not a directory/, advice: /another folder/, path });
  });
  await check('a base path that is not there yet', async (folder) => {
    const notes = new Notes(join(folder, 'notes'));
    await tortureScan(dataset(join(folder, 'a/b/c é')), small, notes.told(small));
    await intact(notes.file, notes);
  });
  await check('names that are taken, by a folder and by what a killed writer left', async (folder) => {
    const notes = new Notes(join(folder, 'notes'));
    await tortureScan(dataset(folder), small, notes.told(small));
    const third = notes.file.replace('_000.h5', '_002.h5');
    mkdirSync(notes.file.replace('_000.h5', '_001.h5'));
    for (const end of ['journal', 'new']) writeFileSync(`${third}.${end}`, 'left by somebody');
    const again = new Notes(join(folder, 'again'));
    await tortureScan(dataset(folder), small, again.told(small));
    hold(again.file === third, `the file ${third}, got ${again.file}`);
    await intact(again.file, again);
    await intact(notes.file, notes);
  });
}

try {
  await fileChecks();
  if (process.getuid?.() === 0) await diskChecks();
  else console.log('not run: full and read-only disks, since only root may mount one');
} finally {
  rmSync(home, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
