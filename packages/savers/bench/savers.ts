import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BoundedQueue, DataToExport, DataWithAxes, realClock, type ScanPoint } from '@daqtor/core';
import { dataset } from '@daqtor/savers';
import { NEVER } from 'rxjs';
import { H5File } from '../src/h5/h5-file.ts';
import type { CreateArray, H5Operation } from '../src/h5/h5-operation.ts';
import { Python } from '../torture/python.ts';

/**
 * Compares writing with h5py, PyTables and plain files, all in turn in one run: `npm run bench:savers`. Each number is
 * the median time of a case over that of h5py. Ours counts once everything is acknowledged as durable.
 */
const { values: options } = parseArgs({
  options: {
    repeat: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    folder: { type: 'string', default: tmpdir() },
    quick: { type: 'boolean', default: false },
  },
});
const repeat = Number(options.repeat);
const scale = options.quick ? 0.1 : 1;

const SPECTRUM = Float64Array.from({ length: 1024 }, (_, i) => Math.sin(i / 30));
const FRAME = Uint16Array.from({ length: 2048 * 2048 }, (_, i) => (i * 7919) % 4093);
const IMAGE = Uint16Array.from({ length: 65_536 }, (_, i) => i * 7);

/** How points are committed: each by itself, or many at once. */
type Commit = 'point' | { readonly everyMs: number };
type Writes = (commit: Commit, gzip: number, n: number, folder: string) => Promise<void>;

interface Case {
  readonly name: string;
  readonly writes: Writes;
  readonly n: number;
  /** Most that the time may be, over that of h5py: with two commits a second, and with one at each point. */
  readonly aim: { readonly group: number; readonly point?: number };
}

const array = (name: string, facts: Partial<CreateArray>): CreateArray => ({
  op: 'array',
  path: `/RawData/${name}`,
  dtype: 'float64',
  shape: [0],
  attributes: {},
  ...facts,
});

/** Opens a file, writes `n` times and closes it. */
const toFile =
  (arrays: (gzip: object) => CreateArray[], write: (i: number) => H5Operation[]): Writes =>
  async (commit, gzip, n, folder) => {
    const path = join(folder, 'ours.h5');
    const file = await H5File.open(
      { path, mode: 'create', fsync: false, ...(commit !== 'point' && { commit }) },
      realClock,
    );
    await file.transact(arrays(gzip > 0 ? { gzip } : {}));
    if (commit === 'point') {
      for (let i = 0; i < n; i++) await file.transact(write(i));
    } else {
      let waiting: Promise<void>[] = [];
      for (let i = 0; i < n; i++) {
        waiting.push(file.transact(write(i)));
        if (waiting.length < AHEAD) continue;
        await waiting[0];
        waiting = waiting.slice(AHEAD / 2);
      }
      await file.settle();
      await Promise.all(waiting);
    }
    await file.close();
    rmSync(path);
  };
/** Writes that a producer may be ahead of the file. */
const AHEAD = 4096;

const one = Float64Array.of(1);
const at = (
  name: string,
  offset: number[],
  count: number[],
  data: H5Operation & object extends never ? never : CreateArray['data'],
): H5Operation => ({ op: 'write', path: `/RawData/${name}`, offset, count, data }) as H5Operation;
const row = (name: string, count: number[], data: CreateArray['data']): H5Operation =>
  ({ op: 'append', path: `/RawData/${name}`, count, data }) as H5Operation;
const SCALARS = Array.from({ length: 8 }, (_, i) => `s${i}`);

/** A whole scan through the recorder that scans use. */
const toDataset: Writes = async (commit, _, n, folder) => {
  const recorder = dataset(folder, {}, commit === 'point' ? {} : { commit });
  const queue = new BoundedQueue<ScanPoint>({ maxItems: 256 });
  const description = {
    type: 'Scan2D',
    subType: 'Linear',
    shape: [64, 64],
    distribution: 'uniform',
    axes: [],
    actuators: [],
    detectors: [{ name: 'det', kind: 'bench', title: 'Bench', units: '', settings: {} }],
    settings: {},
    startedEpochMs: 0,
  } as const;
  const recording = await recorder.begin(description, { points: queue, log$: NEVER }, realClock);
  let wake = () => {};
  let saved = 0;
  recording.saved$.subscribe(() => {
    saved++;
    wake();
  });
  const common = { origin: 'det', timestamp: 1 };
  for (let step = 0; step < n; step++) {
    const data = new DataToExport({
      name: 'det',
      data: [
        new DataWithAxes({ ...common, name: 'spectrum', data: [SPECTRUM, SPECTRUM] }),
        new DataWithAxes({ ...common, name: 'scalars', data: SCALARS.map(() => step) }),
        new DataWithAxes({ ...common, name: 'image', data: [IMAGE], shape: [256, 256] }),
      ],
    });
    const indexes = [step >> 6, step & 63];
    await queue.put({ step, indexes, targets: [], positions: [], data: [data], atEpochMs: 0 });
    while (commit === 'point' && saved <= step) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  queue.close();
  await recording.end(n === 4096 ? 'completed' : 'stopped');
  if (saved !== n) throw new Error(`${saved} of ${n} points were acknowledged`);
  rmSync(recording.file);
};

const CASES: readonly Case[] = [
  {
    name: 'frames',
    n: 16,
    aim: { group: 1 },
    writes: toFile(
      (gzip) => [
        array('frames', {
          dtype: 'uint16',
          shape: [0, 2048, 2048],
          chunks: [1, 2048, 2048],
          enlargeable: true,
          ...gzip,
        }),
      ],
      () => [row('frames', [1, 2048, 2048], FRAME)],
    ),
  },
  {
    name: 'spectra',
    n: 8000,
    aim: { group: 0.2 },
    writes: toFile(
      (gzip) => [array('spectra', { shape: [0, 1024], chunks: [128, 1024], enlargeable: true, ...gzip })],
      () => [row('spectra', [1, 1024], SPECTRUM)],
    ),
  },
  {
    name: 'scalars',
    n: 8000,
    aim: { group: 0.05 },
    writes: toFile(
      (gzip) => SCALARS.map((name) => array(name, { chunks: [1024], enlargeable: true, ...gzip })),
      () => SCALARS.map((name) => row(name, [1], one)),
    ),
  },
  {
    name: 'grid',
    n: 4096,
    aim: { group: 0.25 },
    writes: toFile(
      (gzip) => [array('grid', { shape: [64, 64, 1024], chunks: [1, 16, 1024], ...gzip })],
      (i) => [at('grid', [i >> 6, i & 63, 0], [1, 1, 1024], SPECTRUM)],
    ),
  },
  { name: 'point', n: 1024, aim: { group: 0.25, point: 1 }, writes: toDataset },
];

const median = (numbers: readonly number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
const folder = mkdtempSync(join(options.folder, 'daqtor-bench-'));
using python = new Python('../bench/reference.py');

/** Seconds that each way takes, all ways in turn. */
async function measure({ name, writes, n }: Case, gzip: number, commit: Commit): Promise<Record<string, number>> {
  const times: Record<string, number[]> = {};
  await writes(commit, gzip, Math.min(n, 8), folder); // Starts the thread.
  for (let round = 0; round < repeat; round++) {
    for (const other of gzip > 0 ? ['h5py', 'PyTables'] : ['plain', 'h5py', 'PyTables']) {
      const request = { case: name, with: other, folder, n, gzip, flush: commit === 'point' };
      times[other] = [...(times[other] ?? []), await python.ask<number>(request)];
    }
    const beganMs = realClock.now();
    await writes(commit, gzip, n, folder);
    times.ours = [...(times.ours ?? []), (realClock.now() - beganMs) / 1000];
  }
  return Object.fromEntries(Object.entries(times).map(([key, seconds]) => [key, median(seconds)]));
}

const columns = (...cells: readonly string[]) =>
  console.log(cells.map((cell, i) => (i < 2 ? cell.padEnd(22) : cell.padStart(10))).join(''));
let passed = 0;
let failed = 0;
try {
  columns('case', 'commits', 'h5py, us', 'ours', 'PyTables', 'plain', 'aim');
  for (const one of CASES.filter(({ name }) => name.startsWith(options.only))) {
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
      } = await measure({ ...one, n }, gzip, commit);
      const ratio = (seconds: number) => (Number.isNaN(seconds) ? '' : (seconds / h5py).toFixed(2));
      const aim = gzip > 0 ? 0.75 : commit === 'point' ? one.aim.point : one.aim.group;
      const isMet = aim === undefined || ours / h5py <= aim;
      if (aim !== undefined && isMet) passed++;
      if (!isMet) failed++;
      const how = commit === 'point' ? 'each' : '2 a second';
      columns(
        `${one.name}${gzip > 0 ? ', gzip 4' : ''}`,
        how,
        ((1e6 * h5py) / n).toFixed(0),
        ratio(ours),
        ratio(PyTables),
        ratio(plain),
        aim === undefined ? '' : `${isMet ? '' : 'missed '}${aim}`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} aims met, ${failed} missed`);
