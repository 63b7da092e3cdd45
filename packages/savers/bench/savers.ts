import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import {
  afterPromises,
  BoundedQueue,
  DataToExport,
  DataWithAxes,
  type NumericArray,
  realClock,
  type ScanPoint,
} from '@daqtor/core';
import { continuousSaving, dataset } from '@daqtor/savers';
import { NEVER, type Observable } from 'rxjs';
import { Python } from '../torture/python.ts';

/**
 * Compares writing with h5py, PyTables and plain files, all in turn in one run: `npm run bench:savers`. Each number is
 * the median time of a case over that of h5py. Ours counts once everything is acknowledged as durable. `loop` is the delay
 * of the main thread's event loop while we write, the 99th of 100, in ms, watched apart from the time.
 */
const { values: options } = parseArgs({
  options: {
    repeat: { type: 'string', default: '11' },
    only: { type: 'string', default: '' },
    folder: { type: 'string', default: tmpdir() },
    quick: { type: 'boolean', default: false },
  },
});
const repeat = Number(options.repeat);
if (!(repeat > 0)) throw new Error(`--repeat ${options.repeat} measures nothing`);
const scale = options.quick ? 0.1 : 1;

const SPECTRUM = Float64Array.from({ length: 1024 }, (_, i) => Math.sin(i / 30));
const FRAME = Uint16Array.from({ length: 2048 * 2048 }, (_, i) => (i * 7919) % 4093);
const IMAGE = Uint16Array.from({ length: 65_536 }, (_, i) => i * 7);

/** How points are committed: each by itself, or many at once. */
type Commit = 'point' | { readonly everyMs: number };
/** Writes values that are there already: making them is not the savers' work. @returns the file */
type Writes = (values: readonly DataToExport[], commit: Commit, gzip: number, folder: string) => Promise<string>;

interface Case {
  readonly name: string;
  readonly value: (i: number) => DataToExport;
  readonly writes: Writes;
  readonly n: number;
  /** Most that the time may be, over that of h5py: with two commits a second, and with one at each point. */
  readonly aim: { readonly group: number; readonly point?: number };
}

const SCALARS = Array.from({ length: 8 }, (_, i) => `s${i}`);
const MODULE = { name: 'det', kind: 'bench', title: 'Bench', units: '', settings: {} };
/** Bytes that a producer may be ahead of the savers. */
const AHEAD = { maxItems: 4096, maxBytes: 32 * 2 ** 20 };

/** What is not measured: at least so many rounds, and so long. */
const WARM_UP = { rounds: 5, ms: 3000 };

/** Values after which a producer lets others have their turn, as those do that come from instruments. */
const TURN = 16;

interface Value {
  readonly name: string;
  readonly data: readonly (NumericArray | number)[];
  readonly shape?: readonly number[];
}
const exported = (...values: readonly Value[]) =>
  new DataToExport({
    name: MODULE.name,
    data: values.map((value) => new DataWithAxes({ ...value, origin: MODULE.name, timestamp: 1 })),
  });

/** Counts what is acknowledged. */
function count(saved$: Observable<unknown>): { reach(n: number): Promise<void>; readonly saved: number } {
  let saved = 0;
  let wake = () => {};
  saved$.subscribe(() => {
    saved++;
    wake();
  });
  return {
    get saved() {
      return saved;
    },
    async reach(n) {
      while (saved < n) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/** A detector that is saved as it comes. */
const rows: Writes = async (values, commit, gzip, folder) => {
  const queue = new BoundedQueue<DataToExport>({ ...AHEAD, bytesOf });
  const settings = { compression: { level: gzip } };
  const recording = await continuousSaving(join(folder, 'ours.h5'), MODULE, queue, { settings, commit });
  const told = count(recording.saved$);
  for (const [i, value] of values.entries()) {
    await queue.put(value);
    if (i % TURN === 0) await new Promise<void>(afterPromises);
    if (commit === 'point') await told.reach(i + 1);
  }
  queue.close();
  await recording.end();
  if (told.saved !== values.length) throw new Error(`${told.saved} of ${values.length} values were acknowledged`);
  return recording.file;
};

/** A scan of 64 x 64 points. */
const scan: Writes = async (values, commit, gzip, folder) => {
  const queue = new BoundedQueue<ScanPoint>({
    ...AHEAD,
    bytesOf: ({ data }) => data.reduce((sum, one) => sum + bytesOf(one), 0),
  });
  const description = {
    type: 'Scan2D',
    subType: 'Linear',
    shape: [64, 64],
    distribution: 'uniform',
    axes: [],
    actuators: [],
    detectors: [MODULE],
    settings: {},
    startedEpochMs: 0,
  } as const;
  const recording = await dataset(folder, {}, { commit, gzip }).begin(
    description,
    { points: queue, log$: NEVER },
    realClock,
  );
  const told = count(recording.saved$);
  for (const [step, value] of values.entries()) {
    if (step % TURN === 0) await new Promise<void>(afterPromises);
    const indexes = [step >> 6, step & 63];
    await queue.put({ step, indexes, targets: [], positions: [], data: [value], atEpochMs: 0 });
    if (commit === 'point') await told.reach(step + 1);
  }
  queue.close();
  await recording.end(values.length === 4096 ? 'completed' : 'stopped');
  if (told.saved !== values.length) throw new Error(`${told.saved} of ${values.length} points were acknowledged`);
  return recording.file;
};

function bytesOf({ data }: DataToExport): number {
  let sum = 0;
  for (const one of data) for (const { byteLength } of one.data) sum += byteLength;
  return sum;
}

const spectra = (channels: number): Value => ({ name: 'spectrum', data: Array(channels).fill(SPECTRUM) });
const scalars = (i: number): Value => ({ name: 'scalars', data: SCALARS.map(() => i) });

const CASES: readonly Case[] = [
  {
    name: 'frames',
    n: 32,
    aim: { group: 1 },
    value: () => exported({ name: 'frame', data: [FRAME], shape: [2048, 2048] }),
    writes: rows,
  },
  { name: 'spectra', n: 8000, aim: { group: 0.2 }, value: () => exported(spectra(1)), writes: rows },
  { name: 'scalars', n: 8000, aim: { group: 0.05 }, value: (i) => exported(scalars(i)), writes: rows },
  { name: 'grid', n: 4096, aim: { group: 0.25 }, value: () => exported(spectra(1)), writes: scan },
  {
    name: 'point',
    n: 1024,
    aim: { group: 0.25, point: 1 },
    value: (i) => exported(spectra(2), scalars(i), { name: 'image', data: [IMAGE], shape: [256, 256] }),
    writes: scan,
  },
];

const median = (numbers: readonly number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
const folder = mkdtempSync(join(options.folder, 'daqtor-bench-'));
using python = new Python('../bench/reference.py');

/**
 * Seconds that each way takes, all ways in turn. Each goes twice, and the second time counts: the first brings its own code
 * and memory back after the others. The event loop is watched in ours' first time, since watching it costs.
 */
async function measure(
  { name, value, writes, n }: Case,
  gzip: number,
  commit: Commit,
): Promise<Record<string, number>> {
  const loopsMs: number[] = [];
  const times: Record<string, number[]> = {};
  // A process that measures for hours has long been compiled; h5py comes compiled.
  const values = Array.from({ length: n }, (_, i) => value(i));
  const warmMs = realClock.now() + WARM_UP.ms;
  for (let i = 0; i < WARM_UP.rounds || realClock.now() < warmMs; i++)
    rmSync(await writes(values, commit, gzip, folder));
  for (let round = 0; round < repeat; round++) {
    for (const other of gzip > 0 ? ['h5py', 'PyTables'] : ['plain', 'h5py', 'PyTables']) {
      const request = { case: name, with: other, folder, n, gzip, flush: commit === 'point' };
      await python.ask<number>(request);
      times[other] = [...(times[other] ?? []), await python.ask<number>(request)];
    }
    const loop = monitorEventLoopDelay({ resolution: 1 });
    loop.enable();
    rmSync(await writes(values, commit, gzip, folder));
    loop.disable();
    loopsMs.push(loop.percentile(99) / 1e6);
    const beganMs = realClock.now();
    const file = await writes(values, commit, gzip, folder);
    times.ours = [...(times.ours ?? []), (realClock.now() - beganMs) / 1000];
    rmSync(file);
  }
  const medians = Object.fromEntries(Object.entries(times).map(([key, seconds]) => [key, median(seconds)]));
  return { ...medians, loopMs: median(loopsMs) };
}

/** Longest delay of the event loop that is aimed at, in ms. */
const LOOP_MS = 10;

const columns = (...cells: readonly string[]) =>
  console.log(cells.map((cell, i) => (i < 2 ? cell.padEnd(22) : cell.padStart(10))).join(''));
let passed = 0;
let failed = 0;
try {
  columns('case', 'commits', 'h5py, us', 'ours', 'PyTables', 'plain', 'aim', 'loop');
  const cases = CASES.filter(({ name }) => name.startsWith(options.only));
  if (cases.length === 0) throw new Error(`no case begins with ${options.only}`);
  for (const one of cases) {
    const n = Math.max(4, Math.ceil(one.n * scale));
    for (const [commit, gzip] of [
      [{ everyMs: 500 }, 0],
      ['point', 0],
      [{ everyMs: 500 }, 4],
    ] as const) {
      // Nobody commits each of thousands of rows: it would only measure how often a chunk is written again.
      if (commit === 'point' && one.name !== 'frames' && one.name !== 'point') continue;
      if (gzip > 0 && (one.name === 'point' || one.name === 'scalars')) continue;
      const {
        h5py = Number.NaN,
        ours = Number.NaN,
        PyTables = Number.NaN,
        plain = Number.NaN,
        loopMs = Number.NaN,
      } = await measure({ ...one, n }, gzip, commit);
      const ratio = (seconds: number) => (Number.isNaN(seconds) ? '' : (seconds / h5py).toFixed(2));
      const aim = gzip > 0 ? 0.75 : commit === 'point' ? one.aim.point : one.aim.group;
      const isMet = aim === undefined || ours / h5py <= aim;
      if (aim !== undefined && isMet) passed++;
      if (!isMet) failed++;
      if (loopMs < LOOP_MS) passed++;
      else failed++;
      const how = commit === 'point' ? 'each' : '2 a second';
      columns(
        `${one.name}${gzip > 0 ? ', gzip 4' : ''}`,
        how,
        ((1e6 * h5py) / n).toFixed(0),
        ratio(ours),
        ratio(PyTables),
        ratio(plain),
        aim === undefined ? '' : `${isMet ? '' : 'missed '}${aim}`,
        `${loopMs < LOOP_MS ? '' : 'missed '}${loopMs.toFixed(1)}`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} aims met, ${failed} missed`);
