// What a scan point costs when the instruments take no time, with 10³ and with 10⁵ points: in the engine alone, with a live
// tap, and with each point committed to a file. Ends with `N passed, N failed`. `npm run bench:scan -- [points]`
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grid, lab, latest, linspace, realClock, type ScanRecorder } from '@daqtor/core';
import { numbersGiven } from '@daqtor/core/testing';
import { dataset } from '@daqtor/savers';
import { mockActuator, mockDetector } from '@daqtor/sim';
import { check, conclude } from './verdict.ts';

const [MANY] = numbersGiven('npm run bench:scan -- [points]', 100_000);
const FEW = 1000;
/** So often the few are measured, for a median that can be compared. */
const RUNS = 5;
/** How a scan of many points may be worse than one of few, and by how much its memory may grow, in bytes. */
const MAX_RATIO = 1.2;
const MAX_GROWTH = 8 * 2 ** 20;
const TAP_EVERY_MS = 40;

const bench = await lab({ x: mockActuator({}), y: mockActuator({}), meter: mockDetector({}) });

interface Run {
  /** From point to point, in microseconds. */
  readonly times: Float64Array;
  /** By how much the heap has grown from a fifth of the scan to its end, in bytes. */
  readonly growth: number;
}

async function run(count: number, isTapped: boolean, save?: ScanRecorder): Promise<Run> {
  const width = Math.round(Math.sqrt(count / 1.6));
  const [rows, columns] = [Math.round(count / width), width];
  const over = grid(linspace(bench.y, 0, 1, rows), linspace(bench.x, 0, 1, columns)).snake();
  const times = new Float64Array(rows * columns);
  const scan = bench.scan({ over, read: [bench.meter], onError: 'abort', ...(save && { save }) });
  let looks = 0;
  if (isTapped) scan.points$.pipe(latest(TAP_EVERY_MS, realClock)).subscribe(() => looks++);
  const early = Math.floor(times.length / 5);
  let [heap, lastMs] = [0, realClock.now()];
  scan.actor.on('pointSaved', ({ measured }) => {
    times[measured - 1] = 1000 * (realClock.now() - lastMs);
    if (measured === early) heap = heapBytes();
    lastMs = realClock.now();
  });
  const { points } = await scan.done;
  if (points !== times.length || (isTapped && looks === 0)) throw new Error('the scan lost something');
  return { times, growth: heapBytes() - heap };
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const quantile = (values: Float64Array, q: number): number =>
  values.toSorted()[Math.floor(q * (values.length - 1))] ?? Number.NaN;
const joined = (runs: readonly Run[]): Float64Array => Float64Array.from(runs.flatMap(({ times }) => [...times]));

/** @param aimUs - for the median of a point */
async function measure(what: string, aimUs: number, isTapped: boolean, save: () => ScanRecorder | undefined) {
  const few: Run[] = [];
  await run(FEW, isTapped, save());
  for (let i = 0; i < RUNS; i++) few.push(await run(FEW, isTapped, save()));
  const many = await run(MANY, isTapped, save());
  const [short, long] = [quantile(joined(few), 0.5), quantile(many.times, 0.5)];
  console.log(`${what}: median ${short.toFixed(0)} µs of ${FEW} points, ${long.toFixed(0)} µs of ${MANY}`);
  check(
    `at most ${aimUs} µs`,
    long <= aimUs,
    `${long.toFixed(0)} µs, 99 % within ${quantile(many.times, 0.99).toFixed(0)}`,
  );
  check(
    `at most ${MAX_RATIO} times that of few points`,
    long <= MAX_RATIO * short,
    `${(long / short).toFixed(2)} times`,
  );
  const mebi = many.growth / 2 ** 20;
  check('memory is flat', many.growth <= MAX_GROWTH, `${mebi.toFixed(1)} MiB more at the end than after a fifth`);
}

const folder = await mkdtemp(join(tmpdir(), 'daqtor-bench-'));
try {
  await measure('the engine alone', 100, false, () => undefined);
  await measure('with a live tap', 100, true, () => undefined);
  await measure('committed point by point, with a live tap', 1000, true, () => dataset(folder));
} finally {
  await bench.close();
  await rm(folder, { recursive: true });
}
conclude();
