import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { planOf, pointsAdded, realClock, type Scan, VirtualClock } from '@daqtor/core';
import { numbersGiven } from '@daqtor/core/testing';
import { dataset, resumeScan, type ScanSaving } from '@daqtor/savers';
import { H5File } from '../src/h5/h5-file.ts';
import { baselineGroup, momentsIn } from '../src/modules/baseline-saver.ts';
import { savedScan } from '../src/resume/saved-scan.ts';
import { contentsOf, crashBench, crashed } from '../src/testing/crash-bench.ts';
import { factsOf, resumableScans, smallScans } from '../src/testing/resumable-scans.ts';
import type { WriterOrder } from '../src/testing/resume-writer.ts';
import { seeded } from '../src/testing/seeded.ts';
import { Python } from './python.ts';

/**
 * Kills scans and resumes them: `npm run torture:resume -- [rounds] [seed] [every]`. First small scans are killed at each step of
 * their machine and at each call of an instrument, then larger ones at random instants, again and again until they are
 * complete, `rounds` of them. After each the file must hold what an uninterrupted scan gives, in Daqtor and in h5py, each
 * point must have been there as soon as it was announced, and no point that was there may be measured again. With
 * `every` 2, small scans are killed at every other moment only.
 */
const [rounds, seed, every] = numbersGiven('npm run torture:resume -- [rounds] [seed] [every]', 60, 1, 1);
const LANES = 2;
/** As it was compiled: most of a life that is read from source goes by before it begins. */
const WRITER = new URL('../dist/testing/resume-writer.js', import.meta.url).pathname;
const GROUP = '/RawData/Scan000';
/**
 * How much of its scan a writer may do at most in the bursts, and how long it lives at most after that: a chain of lives is as
 * long on a busy machine, and ends anywhere.
 */
const MAX_SHARE = 0.35;
const MAX_REST_MS = 30;
/** A round is given up after so many lives: something keeps it from going on. */
const MAX_LIVES = 60;
const SAVINGS: readonly ScanSaving[] = [{}, {}, { commit: { everyMs: 40 } }, { swmr: true }, { gzip: 2 }];

interface Life {
  readonly file: string | undefined;
  readonly saved: readonly number[];
  readonly measured: readonly number[];
  readonly moments: number;
  /** It ended otherwise than by a kill or by completing its scan. */
  readonly hasFailed: boolean;
  readonly wasKilled: boolean;
}

/** When a writer is killed: so long after it has noted so much, once it has begun. */
interface Death {
  readonly notes: number;
  readonly thenMs: number;
}

/** Lets a writer live until it ends, or is killed, by itself or from here. */
async function live(order: WriterOrder, death?: Death): Promise<Life> {
  rmSync(order.notes, { force: true });
  const writer = spawn(process.execPath, [WRITER, JSON.stringify(order)], {
    // Its threads have the condition from there.
    env: { ...process.env, NODE_OPTIONS: '--conditions=built' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exited = once(writer, 'exit');
  if (death) {
    const noted = () => (existsSync(order.notes) ? readFileSync(order.notes, 'utf8').split('\n').length - 1 : 0);
    while (noted() <= death.notes && writer.exitCode === null) await sleep(2);
    await sleep(death.thenMs);
    writer.kill('SIGKILL');
  }
  await exited;
  const lines = existsSync(order.notes) ? readFileSync(order.notes, 'utf8').split('\n') : [];
  const told = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  return {
    file: told('file')[0] ?? order.file,
    saved: told('saved').map(Number),
    measured: told('measured').map(Number),
    moments: Number(told('moments')[0]),
    hasFailed: writer.exitCode !== 0 && writer.signalCode !== 'SIGKILL',
    wasKilled: writer.signalCode === 'SIGKILL',
  };
}

/** The steps that are in a file. */
async function stepsIn(file: string, kind: string): Promise<ReadonlySet<number>> {
  const scan = resumableScans[kind] as (typeof resumableScans)[string];
  const { status, shape, revisions } = await savedScan(file);
  const { at, size } = planOf(scan, {}, {}, pointsAdded(revisions));
  const place = (step: number) => at(step).indexes.reduce((all, index, i) => all * (shape[i] as number) + index, 0);
  return new Set([...Array(size).keys()].filter((step) => status[place(step)] !== 0));
}

/** How a scan ended; `unmade` if it was killed before it was described. */
const outcomeOf = (file: string): Promise<string> =>
  savedScan(file).then(
    ({ outcome }) => outcome,
    () => 'unmade',
  );

/** A writer that is killed after its last commit leaves the mark of SWMR (0009): whoever opens the file to write takes it away. */
async function clearFlag(path: string): Promise<void> {
  await (await H5File.open({ path, mode: 'append', fsync: false }, realClock)).close();
}

const NOTHING: ReadonlySet<number> = new Set();

/** What is wrong with a life that has ended, and the steps that it left. */
async function judgeLife(life: Life, before: ReadonlySet<number>, kind: string) {
  const here = life.file === undefined ? NOTHING : await stepsIn(life.file, kind).catch(() => NOTHING);
  const faults = [
    ...(life.hasFailed ? ['the writer failed, see above'] : []),
    ...[...life.saved, ...before].filter((step) => !here.has(step)).map((step) => `step ${step} was saved and is lost`),
    ...life.measured.filter((step) => before.has(step)).map((step) => `step ${step} was there and measured again`),
    ...life.measured
      .filter((step, i) => life.measured.indexOf(step) !== i)
      .map((step) => `step ${step} was measured twice`),
  ];
  return { here, faults };
}

/** Compares a resumed scan with one that ran through. */
async function judgeEnd(file: string, expected: string, h5py: Python): Promise<string[]> {
  const isSame = isDeepStrictEqual(await contentsOf(file, GROUP), await contentsOf(expected, GROUP));
  const theirs = await h5py.ask<string[]>({ ours: file, expected, group: GROUP });
  return [...(isSame ? [] : ['it differs from a scan that ran through']), ...theirs.map((fault) => `h5py: ${fault}`)];
}

const root = mkdtempSync(join(tmpdir(), 'daqtor-resume-'));
const references = new Map<string, Promise<string>>();
/** The same scan, uninterrupted. */
function reference(kind: string, saving: ScanSaving): Promise<string> {
  const key = JSON.stringify([kind, saving]);
  const scan = resumableScans[kind] as (typeof resumableScans)[string];
  const made =
    references.get(key) ??
    crashed(scan, dataset(mkdtempSync(join(root, 'whole-')), {}, saving), root, -1, factsOf(kind)).then(
      ({ file }) => file,
    );
  references.set(key, made);
  return made;
}

/** What is special about a scan that is killed at each of its moments. */
const orderOf = (kind: string) => ({ kind, ...(kind === 'rich' && { isRich: true, isEdited: true }) });

/** The same scan, uninterrupted. @param isEdited - whether it was changed in its middle */
function smallReference(kind: string, isEdited: boolean): Promise<string> {
  const key = `${kind} ${isEdited}`;
  const folder = mkdtempSync(join(root, 'whole-'));
  const order = { ...orderOf(kind), isEdited, folder, saving: {}, notes: join(folder, 'notes') };
  const made = references.get(key) ?? live(order).then(({ file = '' }) => file);
  references.set(key, made);
  return made;
}

/** What is wrong with the baseline of a scan that has one. */
async function judgeBaseline(file: string): Promise<string[]> {
  const { nodes, recipe } = await savedScan(file);
  if (recipe.baseline.length === 0) return [];
  const moments = momentsIn(nodes.get(baselineGroup(GROUP))?.attributes ?? {}).map(({ at }) => at);
  const isWhole = moments.at(0) !== undefined && moments.at(-1) === 'end' && moments.slice(0, -1).includes('begin');
  // One that had nothing left to measure is read at its end only.
  return isWhole ? [] : [`its baseline was read at ${moments.join(', ') || 'no time'}`];
}

/** A small scan, killed once, then resumed here. @returns what is wrong, and whether there was anything to resume */
async function killedOnce(
  kind: string,
  killAt: number,
  h5py: Python,
): Promise<{ faults: string[]; wasThere: boolean }> {
  const folder = mkdtempSync(join(root, 'step-'));
  const order = { ...orderOf(kind), folder, saving: {}, notes: join(folder, 'notes'), killAt };
  const life = await live(order);
  const { here, faults } = await judgeLife(life, NOTHING, kind);
  if (life.file === undefined) return { faults, wasThere: false };
  if ((await savedScan(life.file)).outcome === 'completed') return { faults, wasThere: false };
  await using bench = await crashBench({ ...factsOf(kind), clock: new VirtualClock(), start: 0.75 });
  const { run, from } = await resumeScan(life.file, bench);
  if (from !== here.size) faults.push(`${here.size} points are there, and it goes on with step ${from}`);
  await run.done;
  const isEdited = (await savedScan(life.file)).revisions.length > 0;
  faults.push(...(await judgeBaseline(life.file)));
  faults.push(...(await judgeEnd(life.file, await smallReference(kind, isEdited), h5py)));
  return { faults, wasThere: true };
}

/** A scan that is killed at random instants until it is complete. */
async function burst(
  round: number,
  random: () => number,
  h5py: Python,
): Promise<{ kind: string; faults: string[]; lives: number }> {
  const folder = mkdtempSync(join(root, 'burst-'));
  const kinds = Object.keys(resumableScans).filter((kind) => !(kind in smallScans));
  const kind = kinds[round % kinds.length] as string;
  const saving = SAVINGS[Math.floor(random() * SAVINGS.length)] as ScanSaving;
  const order = { folder, kind, saving, notes: join(folder, 'notes') };
  const faults: string[] = [];
  let before: ReadonlySet<number> = NOTHING;
  let file: string | undefined;
  for (let lives = 1; lives <= MAX_LIVES; lives++) {
    // Each point is noted twice: measured, and saved.
    const notes = Math.floor(random() * MAX_SHARE * 2 * (resumableScans[kind] as Scan).size);
    const death = { notes, thenMs: random() * MAX_REST_MS };
    const life: Life = await live({ ...order, ...(file !== undefined && { file }) }, death);
    const judged = await judgeLife(life, before, kind);
    faults.push(...judged.faults.map((fault) => `life ${lives}: ${fault}`));
    before = judged.here;
    // A writer that died before it had described its scan has left nothing to go on with.
    file = life.file;
    if (life.hasFailed) return { kind, faults, lives };
    if (file === undefined || (await outcomeOf(file)) !== 'completed') continue;
    if (saving.swmr && life.wasKilled) await clearFlag(file);
    return { kind, faults: [...faults, ...(await judgeEnd(file, await reference(kind, saving), h5py))], lives };
  }
  return { kind, faults: [...faults, `it was not complete after ${MAX_LIVES} lives`], lives: MAX_LIVES };
}

/** Works through tasks in lanes, each with a judge of its own. */
async function inLanes<T>(
  count: number,
  work: (i: number, h5py: Python) => Promise<T & { faults: string[] }>,
  name: string,
) {
  const results: (T & { faults: string[] })[] = [];
  let next = 0;
  const lane = async () => {
    using h5py = new Python('compare-scans.py');
    while (next < count) {
      const i = next++;
      const result = await work(i, h5py);
      results.push(result);
      for (const fault of result.faults.slice(0, 5)) console.log(`${name} ${i}: ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}

/** A small scan, killed at each of its moments. */
async function killedEverywhere(kind: string) {
  const folder = mkdtempSync(join(root, 'count-'));
  const { moments } = await live({ ...orderOf(kind), folder, saving: {}, notes: join(folder, 'notes') });
  const count = Math.ceil(moments / every);
  const trials = await inLanes(count, (i, h5py) => killedOnce(kind, 1 + i * every, h5py), `${kind}, moment`);
  return { kind, trials };
}

const failuresIn = (all: readonly { readonly faults: readonly string[] }[]): number =>
  all.filter(({ faults }) => faults.length > 0).length;

/** A line of the table. */
function row(...[what, scans, resumed, failed]: readonly (string | number)[]): string {
  return `${String(what).padEnd(52)}${[scans, resumed, failed].map((one) => String(one).padStart(10)).join('')}`;
}

try {
  const small = [];
  for (const kind of Object.keys(smallScans)) small.push(await killedEverywhere(kind));
  const random = seeded(seed);
  const bursts = await inLanes(rounds, (i, h5py) => burst(i, random, h5py), 'round');
  const all = [...small.flatMap(({ trials }) => trials), ...bursts];
  console.log(row('', 'scans', 'resumed', 'failed'));
  for (const { kind, trials } of small) {
    const resumed = trials.filter(({ wasThere }) => wasThere).length;
    console.log(
      row(
        `${kind}, killed at ${every === 1 ? 'each' : `1 in ${every}`} of its moments`,
        trials.length,
        resumed,
        failuresIn(trials),
      ),
    );
  }
  for (const kind of [...new Set(bursts.map((one) => one.kind))].sort()) {
    const ours = bursts.filter((one) => one.kind === kind);
    const kills = ours.reduce((sum, { lives }) => sum + lives - 1, 0);
    console.log(row(`${kind}, killed at random instants`, ours.length, kills, failuresIn(ours)));
  }
  const failed = failuresIn(all);
  console.log(`seed ${seed}\n${all.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
