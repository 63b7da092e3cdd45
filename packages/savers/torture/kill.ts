import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { numbersGiven } from '@daqtor/core/testing';
import { dataset, readArray } from '@daqtor/savers';
import { decodeJournal } from '../src/h5/journal.ts';
import { seeded } from '../src/testing/seeded.ts';
import { Notes } from './notes.ts';
import { Python } from './python.ts';
import { baseOf, imageOf, tortureScan } from './torture-scan.ts';

/**
 * Kills writers at random instants and checks what is left: `npm run torture:kill -- [rounds] [seed]`. After each kill
 * the file must open in h5py and in Daqtor with every acknowledged point in it, nothing half written may be seen, and
 * another scan must go in. A kill in the middle of a commit leaves a journal: then h5py may see half of what was not
 * acknowledged yet, until Daqtor opens the file; such kills are counted.
 */
const [rounds, seed] = numbersGiven('npm run torture:kill -- [rounds] [seed]', 200, 1);
/** Rounds that run at once: a writer that starts leaves room for one that is checked. */
const LANES = 2;
/** How long a writer lives after its first scan has begun, at most. */
const MAX_LIFE_MS = 700;
/** Key of the scan that follows a kill. */
const FOLLOWING = 900;
/** How points are committed, in turn. A killed SWMR writer leaves a flag: others open the file once Daqtor has. */
const COMMITS = ['point', 'point', '20', 'swmr'] as const;

interface Verdict {
  readonly points: number;
  readonly scans: number;
  readonly faults: readonly string[];
}

interface Round {
  readonly acknowledged: number;
  /** A commit was under way. */
  readonly inCommit: boolean;
  /** Others see half of that commit, until Daqtor opens the file and finishes it. */
  readonly isHalf: boolean;
  readonly faults: readonly string[];
}

/** What was acknowledged, by the key of the scan. */
function readNotes(path: string): Map<number, { group: string; width: number; saved: number[] }> {
  const scans = new Map<number, { group: string; width: number; saved: number[] }>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [kind, key, ...rest] = line.split(' ');
    if (kind === 'begun') scans.set(Number(key), { group: rest[2] ?? '', width: Number(rest[1]), saved: [] });
    if (kind === 'saved') scans.get(Number(key))?.saved.push(Number(rest[0]));
  }
  return scans;
}

/** Reads every acknowledged point with Daqtor. */
async function readWithOurs(file: string, notes: string): Promise<string[]> {
  const faults: string[] = [];
  for (const [key, { group, saved }] of readNotes(notes)) {
    if (saved.length === 0) continue;
    const power = await readArray(file, `${group}/Detector000/Data0D/CH00/Data00`);
    const image = await readArray(file, `${group}/Detector000/Data2D/CH00/Data00`);
    const pixels = imageOf(0).length;
    for (const step of saved) {
      const base = baseOf(key, step);
      const stored = image.data.slice(step * pixels, (step + 1) * pixels);
      if (power.data[step] !== base + 0.5)
        faults.push(`ours reads ${power.data[step]} for point ${step} of scan ${key}`);
      if (stored.join() !== imageOf(base).join())
        faults.push(`ours reads another image for point ${step} of scan ${key}`);
    }
  }
  return faults;
}

/** The dataset in a folder, and what lies beside it. */
function findDataset(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.h5'));
  if (files.length !== 1) throw new Error(`expected one dataset in ${folder}, found ${files.length}`);
  return join(folder, files[0] as string);
}

const commitOf = (round: number) => COMMITS[round % COMMITS.length] as (typeof COMMITS)[number];

function startWriter(folder: string, notes: string, round: number): ChildProcess {
  const script = new URL('kill-writer.ts', import.meta.url).pathname;
  const args = ['--import', 'tsx', script, folder, notes, String(seed * 1_000_003 + round), commitOf(round)];
  return spawn(process.execPath, args, { stdio: ['pipe', 'inherit', 'inherit'] });
}

async function play(round: number, lifeMs: number, h5py: Python): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), 'daqtor-kill-'));
  try {
    const notes = join(folder, 'notes');
    const data = join(folder, 'data');
    const writer = startWriter(data, notes, round);
    const exited = once(writer, 'exit');
    writer.stdin?.write('go\n');
    while (!existsSync(notes) || statSync(notes).size === 0) {
      if (writer.exitCode !== null) throw new Error(`the writer ended by itself, with exit code ${writer.exitCode}`);
      await sleep(2);
    }
    await sleep(lifeMs);
    writer.kill('SIGKILL');
    await exited;
    if (writer.signalCode !== 'SIGKILL')
      throw new Error(`the writer ended by itself, with exit code ${writer.exitCode}`);

    const file = findDataset(data);
    const journal = `${file}.journal`;
    const inCommit = existsSync(journal) && decodeJournal(readFileSync(journal)) !== undefined;
    const faults: string[] = [];
    const judge = async (when: string, torn: boolean) => {
      const verdict = await h5py.ask<Verdict>({ file, notes, torn });
      faults.push(...verdict.faults.map((fault) => `${when}, h5py: ${fault}`));
      faults.push(...(await readWithOurs(file, notes)).map((fault) => `${when}: ${fault}`));
      return verdict.points;
    };
    const acknowledged = [...readNotes(notes).values()].reduce((sum, { saved }) => sum + saved.length, 0);
    // Before it is repaired: what was acknowledged must be there all the same.
    const swmr = commitOf(round) === 'swmr';
    const isHalf = inCommit && !swmr && (await h5py.ask<Verdict>({ file, notes })).faults.length > 0;
    if (!swmr) await judge(inCommit ? 'torn' : 'as it was left', inCommit);
    else faults.push(...(await readWithOurs(file, notes)).map((fault) => `as it was left: ${fault}`));
    const following = { shape: [2, 3], key: FOLLOWING, ahead: 3 } as const;
    await tortureScan(dataset('', {}, { file, swmr }), following, new Notes(notes).told(following));
    await judge('after another scan', swmr);
    return { acknowledged, inCommit, isHalf, faults };
  } catch (error) {
    return {
      acknowledged: 0,
      inCommit: false,
      isHalf: false,
      faults: [error instanceof Error ? error.message : String(error)],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const random = seeded(seed);
const lives = Array.from({ length: rounds }, () => random() * MAX_LIFE_MS);
const results: Round[] = [];
let next = 0;
const lane = async () => {
  using h5py = new Python('check-file.py');
  while (next < rounds) {
    const round = next++;
    const result = await play(round, lives[round] as number, h5py);
    results.push(result);
    for (const fault of result.faults.slice(0, 5)) console.log(`round ${round}: ${fault}`);
  }
};
await Promise.all(Array.from({ length: LANES }, lane));

const failed = results.filter(({ faults }) => faults.length > 0).length;
const points = results.map(({ acknowledged }) => acknowledged).sort((a, b) => a - b);
console.log(`seed ${seed}; SIGKILL 0 to ${MAX_LIFE_MS} ms after the first scan began
kills                            ${rounds}
  in the middle of a commit      ${results.filter(({ inCommit }) => inCommit).length}
    of which h5py sees half      ${results.filter(({ isHalf }) => isHalf).length}
acknowledged points, in all      ${points.reduce((sum, count) => sum + count, 0)}
  a kill, median                 ${points[Math.floor(points.length / 2)] ?? 0}
kills that lost or spoilt data   ${failed}
${rounds - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
