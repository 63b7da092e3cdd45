import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  adaptive1D,
  adaptive2D,
  fly,
  grid,
  linspace,
  type Scan,
  type ScanSettingsInput,
  times,
  VirtualClock,
} from '@daqtor/core';
import { scanKinds } from '@daqtor/core/testing';
import { describe, expect, it, test } from 'vitest';
import { describeFile } from '../browse/describe-file.ts';
import { readArray, readTexts } from '../browse/read-array.ts';
import { findNode } from '../browse/tree.ts';
import { dataset } from '../dataset.ts';
import { H5File } from '../h5/h5-file.ts';
import { runsIn } from '../layout/scan-runs.ts';
import { type BenchFacts, contentsOf, crashBench, crashed } from '../testing/crash-bench.ts';
import { runScan, scan2d } from '../testing/scan-bench.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { resumeScan } from './resume-scan.ts';

const GROUP = '/RawData/Scan000';
const map = grid(linspace('y', 0, 1, 3), linspace('x', 0, 1, 4)).snake();

async function crashedMap(points = 5) {
  const folder = tempFolder();
  return await crashed(map, dataset(folder), folder, points);
}

/** Resumes a scan in a new lab. */
async function resumed(copy: string, facts: BenchFacts = {}) {
  await using bench = await crashBench(facts);
  const { run, ...told } = await resumeScan(copy, bench);
  return { ...told, ...(await run.done) };
}

const refusal = (copy: string, facts: BenchFacts = {}) =>
  resumed(copy, facts).then(
    () => 'it was not refused',
    (error: Error) => error.message,
  );

describe.each(Object.entries(scanKinds))('a scan of the kind %s whose process was killed', (_, scan) => {
  it('has the same data after it was resumed as one that ran through', async () => {
    const folder = tempFolder();
    const points = Math.ceil(scan.size / 2);
    const { file, copy } = await crashed(scan, dataset(folder), folder, points);
    // Somebody has moved the stages meanwhile.
    const { outcome, from } = await resumed(copy, { start: 3 });
    expect([outcome, from]).toEqual(['completed', points]);
    expect(await contentsOf(copy, GROUP)).toEqual(await contentsOf(file, GROUP));
  });
});

describe('a map', () => {
  it.each([0, 1, 4, 11])('killed after %i points is completed', async (points) => {
    const folder = tempFolder();
    const { file, copy } = await crashed(map, dataset(folder), folder, Math.max(1, points));
    if (points === 0) await killedBeforeItsFirstPoint(copy);
    const { from } = await resumed(copy);
    expect(from).toBe(points);
    expect(await contentsOf(copy, GROUP)).toEqual(await contentsOf(file, GROUP));
  });

  it('killed after its last point, before its end, gets its end and moves nothing', async () => {
    const { file, copy } = await crashedMap(12);
    const calls: string[] = [];
    const { from, outcome } = await resumed(copy, { called: (call) => calls.push(call) });
    expect([from, outcome]).toEqual([12, 'completed']);
    expect(calls.filter((call) => call.includes('move'))).toEqual([]);
    expect(await contentsOf(copy, GROUP)).toEqual(await contentsOf(file, GROUP));
  });

  it.each([
    ['commits by time', { commit: { everyMs: 50 } }],
    ['SWMR', { swmr: true }],
    ['gzip and another type', { gzip: 3, settings: { dynamic: 'float32', saveRawOnly: true } }],
    ['commits at the end', { commit: { everyPoints: Number.POSITIVE_INFINITY } }],
  ] as const)('saved with %s goes on as it was saved', async (_, options) => {
    const folder = tempFolder();
    const { file, copy } = await crashed(map, dataset(folder, {}, options), folder, 7);
    const { from } = await resumed(copy);
    expect(from).toBeLessThanOrEqual(7);
    expect(await contentsOf(copy, GROUP)).toEqual(await contentsOf(file, GROUP));
  });

  it('stopped by somebody is resumed, again and again', async () => {
    const folder = tempFolder();
    const { file } = await crashed(map, dataset(folder), folder, 1);
    const path = await stoppedAfter(4);
    await using bench = await crashBench();
    const { run, from } = await resumeScan(path, bench);
    run.actor.on('pointSaved', ({ measured }) => measured === 8 && run.stop());
    expect([from, (await run.done).outcome]).toEqual([4, 'stopped']);
    expect((await resumed(path)).from).toBe(9);
    expect(await contentsOf(path, GROUP)).toEqual(await contentsOf(file, GROUP));
  });

  it('follows the policies that it began with, and counts what was skipped before', async () => {
    const path = await stoppedAfter(4, { onError: 'skip' }, { failing: [2] });
    const result = await resumed(path, { failing: [1, 3] });
    expect(result).toMatchObject({ from: 4, outcome: 'completed', points: 9, skipped: 3 });
    const { data } = await readArray(path, `${GROUP}/Status/Data0D/CH00/Data00`);
    expect([...data]).toEqual([1, 4, 1, 1, 1, 4, 1, 4, 1, 1, 1, 1]);
    const power = await readArray(path, `${GROUP}/Detector000/Data0D/CH00/Data00`);
    expect([...power.data].map(Number.isNaN)).toEqual([...data].map((status) => status !== 1));
  });

  it('keeps where its time went, run by run, and the gaps between', async () => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 31, 12));
    const folder = tempFolder();
    const { copy } = await crashed(map, dataset(folder), folder, 5, { clock });
    const later = new VirtualClock(Date.UTC(2026, 0, 31, 18));
    const { gap } = await resumed(copy, { clock: later });
    const { attributes } = findNode(await describeFile(copy), GROUP, copy);
    const times = await readArray(copy, `${GROUP}/Timestamps/Data0D/CH00/Data00`);
    const [first, second] = runsIn(attributes);
    expect(gap).toEqual({
      afterStep: 4,
      beforeStep: 5,
      fromEpochMs: Date.UTC(2026, 0, 31, 12) + 1000 * Number(times.data[7]),
      untilEpochMs: Date.UTC(2026, 0, 31, 18),
    });
    expect(first).toEqual({ from: 0, beganEpochMs: Date.UTC(2026, 0, 31, 12) });
    expect(second).toMatchObject({ from: 5, gap, outcome: 'completed', deadTime: { settlingMs: 140, exposureMs: 7 } });
    expect(second?.endedEpochMs).toBe(Date.UTC(2026, 0, 31, 18) + 147);
    expect(await readTexts(copy)).toContainEqual(
      expect.stringContaining(
        'the scan was cut short, nobody worked on it from 2026-01-31T12:00:00.104Z to 2026-01-31T18',
      ),
    );
  });

  it('stops what moves, and says what is not as it was', async () => {
    const { copy } = await crashedMap();
    const calls: string[] = [];
    const { remarks } = await resumed(copy, { start: 40, exposureMs: 2, called: (call) => calls.push(call) });
    expect(calls.slice(0, 2).sort()).toEqual(['x stop', 'y stop']);
    expect(remarks).toEqual([
      '[eye] exposureMs is 2, and was 1',
      expect.stringContaining('[y] was at 0.5 mm at the last point and is at 40 mm now'),
      expect.stringContaining('[x] was at 1 mm at the last point and is at 40 mm now'),
    ]);
    expect((await readTexts(copy)).join('\n')).toContain('DAQ_Scan - WARNING - [eye] exposureMs is 2, and was 1');
  });
});

test('a series of points at times goes on at its pace', async () => {
  const folder = tempFolder();
  const { copy } = await crashed(grid(times(6, 1000)), dataset(folder), folder, 3, { clock: new VirtualClock(1e12) });
  await resumed(copy, { clock: new VirtualClock(1e12 + 60_000) });
  const { data } = await readArray(copy, `${GROUP}/Timestamps/Data0D/CH00/Data00`);
  const seconds = [...data].map((at) => Math.round(Number(at) * 10) / 10);
  expect(seconds).toEqual([0, 1, 2, 60, 61, 62]);
});

const steps = { detector: 'eye', data: 'spectrum' };
const adaptive = {
  'along an axis': adaptive1D('x', 0, 3, { signal: steps, count: 24, initial: 5 }),
  'in a plane': adaptive2D(['x', 0, 2], ['y', 0, 1], { signal: steps, count: 40, initial: 9 }),
  'counted from where the axis was': adaptive1D('x', -1, 3, { signal: steps, count: 15, initial: 3 }).relative(),
};

describe.each(Object.entries(adaptive))('an adaptive scan %s', (_, scan) => {
  it.each([1, 7, 14])('goes where it would have gone, after it was killed after %i points', async (points) => {
    const folder = tempFolder();
    const { file, copy } = await crashed(scan, dataset(folder), folder, points);
    const { from, outcome, remarks } = await resumed(copy, { start: 0.7 });
    expect([from, outcome]).toEqual([points, 'completed']);
    expect(remarks.filter((remark) => !remark.includes('is at 0.7 mm now'))).toEqual([]);
    expect(await contentsOf(copy, GROUP)).toEqual(await contentsOf(file, GROUP));
  });
});

describe('an adaptive scan', () => {
  const scan = adaptive['along an axis'];

  it('does not decide otherwise because its data are kept with less precision, or points were skipped', async () => {
    const folder = tempFolder();
    const rough = dataset(folder, {}, { settings: { dynamic: 'float32', saveRawOnly: true } });
    const facts = { failing: [1, 9], onError: 'skip' } as const;
    const { file, copy } = await crashed(scan, rough, folder, 11, facts);
    expect(await resumed(copy)).toMatchObject({ from: 13, outcome: 'completed', points: 22, skipped: 2 });
    expect(await contentsOf(copy, GROUP)).toEqual(await contentsOf(file, GROUP));
  });

  it('that has reached its goal has nothing left to do', async () => {
    const folder = tempFolder();
    const flat = adaptive1D('x', 0, 0.9, { signal: steps, count: 30, initial: 3, goal: 0.6 });
    const { copy } = await crashed(flat, dataset(folder), folder, 3);
    const calls: string[] = [];
    const { from, outcome } = await resumed(copy, { called: (call) => calls.push(call) });
    expect([from, outcome]).toEqual([3, 'completed']);
    expect(calls).toEqual(['x stop']);
  });

  it('is refused where its points are not those that its data lead to', async () => {
    const folder = tempFolder();
    const { copy } = await crashed(scan, dataset(folder), folder, 9);
    const file = await H5File.open({ path: copy, mode: 'append', fsync: false }, new VirtualClock());
    const path = `${GROUP}/Signal/Data0D/CH00/Data00`;
    await file.transact([{ op: 'write', path, offset: [2], count: [1], data: Float64Array.of(1e6) }]);
    await file.close();
    expect(await refusal(copy)).toContain(`its points are not those of ${copy}`);
  });
});

describe('a fly scan', () => {
  const over = fly('x', 0, 2, 30, { overrun: 0.1, lines: linspace('y', 0, 1, 4), snake: true });
  const facts = { speed: 10, exposureMs: 10, start: 0.5 };

  it.each([1, 3])('goes on with the first line that is not there, after %i lines', async (lines) => {
    const folder = tempFolder();
    const { file, copy } = await crashed(over, dataset(folder), folder, lines, facts);
    const { from, outcome, points, skipped } = await resumed(copy, { ...facts, start: 1.5 });
    expect([from, outcome, points + skipped]).toEqual([lines * 30, 'completed', 120]);
    expect(skipped).toBeGreaterThan(20);
    expect(await contentsOf(copy, GROUP)).toEqual(await contentsOf(file, GROUP));
  });

  it('flies a line again of which something is missing', async () => {
    const folder = tempFolder();
    const { file, copy } = await crashed(over, dataset(folder), folder, 2, facts);
    const broken = await H5File.open({ path: copy, mode: 'append', fsync: false }, new VirtualClock());
    const path = `${GROUP}/Status/Data0D/CH00/Data00`;
    await broken.transact([{ op: 'write', path, offset: [1, 4], count: [1, 1], data: Uint8Array.of(0) }]);
    await broken.close();
    expect((await resumed(copy, facts)).from).toBe(30);
    expect(await contentsOf(copy, GROUP)).toEqual(await contentsOf(file, GROUP));
  });

  it('keeps the policies and the frames that it began with', async () => {
    const folder = tempFolder();
    const settings = { everyMs: 25, lagMs: 2, onError: 'skip' } as const;
    const { file, copy } = await crashed(over, dataset(folder), folder, 2, { ...facts, ...settings });
    await resumed(copy, facts);
    expect(await contentsOf(copy, GROUP)).toEqual(await contentsOf(file, GROUP));
  });
});

describe('a scan is not resumed', () => {
  it('when it is complete', async () => {
    const { file } = await crashedMap();
    expect(await refusal(file)).toContain(
      `${GROUP} of ${file} cannot be resumed: it is complete, with all of its 12 points.`,
    );
  });

  it('with other instruments, other units, out of reach or in use: every reason at once', async () => {
    const { copy } = await crashedMap();
    const holder = await H5File.open({ path: copy, mode: 'append', fsync: false }, new VirtualClock());
    const calls: string[] = [];
    const message = await refusal(copy, {
      serial: 'B',
      units: 'deg',
      stages: ['x'],
      called: (call) => calls.push(call),
    });
    await holder.close();
    for (const reason of [
      `${copy} is being written by process ${process.pid}`,
      '[x] is another instrument: stage x B, and it was stage x A',
      "[x] moves in 'deg', and did in 'mm'",
      '[eye] is another instrument: eye B, and it was eye A',
      '[y] is not in this lab, which has x, eye',
    ])
      expect(message).toContain(reason);
    expect(message).toContain('Nothing has moved');
    expect(calls).toEqual([]);
    expect((await resumed(copy)).outcome).toBe('completed');
  });

  it('when its points would be others', async () => {
    const { copy } = await crashedMap();
    const file = await H5File.open({ path: copy, mode: 'append', fsync: false }, new VirtualClock());
    const path = `${GROUP}/NavAxes/Axis01`;
    await file.transact([{ op: 'write', path, offset: [1], count: [1], data: Float64Array.of(0.25) }]);
    await file.close();
    expect(await refusal(copy)).toContain(`its points are not those of ${copy}`);
  });

  it('when it does not say how it was made, or is not there', async () => {
    const { scan: _, ...withoutScan } = scan2d();
    const { file } = await runScan(dataset(tempFolder()), { points: 3, outcome: 'stopped', description: withoutScan });
    expect(await refusal(file)).toContain(`${GROUP} of ${file} does not say how it was made`);
    const bench = await crashBench();
    await expect(resumeScan(file, bench, { scan: 'Scan007' })).rejects.toThrow(
      `there is no Scan007 in ${file}. It has Scan000`,
    );
    const other = join(tempFolder(), 'other.h5');
    writeFileSync(other, 'no HDF5');
    await expect(resumeScan(other, bench)).rejects.toMatchObject({ code: 'load.failed' });
    await bench.close();
  });

  it.each([
    ['shape', { pixels: 4 }, 'shape [3, 4, 4] after [3, 4, 3]'],
    ['coordinates', { firstNm: 500 }, `other coordinates for ${GROUP}/Detector000/Data1D/CH00/Axis00`],
  ] as const)('when its detectors give another %s: what was measured stays as it was', async (_, facts, reason) => {
    const { copy } = await crashedMap();
    const before = await readArray(copy, `${GROUP}/Detector000/Data1D/CH00/Data00`);
    expect(await refusal(copy, facts)).toContain(
      `the detectors give other data than when the scan was begun: ${reason}`,
    );
    expect(await readArray(copy, `${GROUP}/Detector000/Data1D/CH00/Data00`)).toEqual(before);
    expect((await resumed(copy)).from).toBe(5);
  });

  it('by two at once', async () => {
    const { copy } = await crashedMap();
    const [one, two] = [await crashBench(), await crashBench()];
    const both = await Promise.allSettled([resumeScan(copy, one), resumeScan(copy, two)]);
    const ends = await Promise.allSettled(
      both.flatMap((result) => (result.status === 'fulfilled' ? [result.value.run.done] : [])),
    );
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await one.close();
    await two.close();
  });
});

async function stoppedAfter(points: number, settings: ScanSettingsInput = {}, facts: BenchFacts = {}): Promise<string> {
  await using bench = await crashBench(facts);
  const options = { settleMs: 20, ...settings, save: dataset(tempFolder()) };
  const run = bench.scan({ over: map, read: [bench.getViewer('eye')], ...options });
  run.actor.on('pointSaved', ({ measured, skipped }) => measured + skipped === points - 1 && run.stop());
  return (await run.done).file as string;
}

/** Makes of a path a file whose scan was described, and no more. */
async function killedBeforeItsFirstPoint(copy: string): Promise<void> {
  await using bench = await crashBench();
  const run = bench.scan({
    over: map as Scan,
    read: [bench.getViewer('eye')],
    settleMs: 20,
    save: dataset(tempFolder()),
  });
  let isMade = false;
  const made = new Promise<void>((resolve) => {
    run.actor.subscribe(({ value }) => {
      if (value !== 'moving' || run.file === undefined || isMade) return;
      isMade = true;
      copyFileSync(run.file, copy);
      resolve();
    });
  });
  await made;
  await run.done;
}
