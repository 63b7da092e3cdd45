import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  both,
  grid,
  linspace,
  positions,
  type Scan,
  type ScanChangeInput,
  type ScanRecorder,
  tabular,
  VirtualClock,
} from '@daqtor/core';
import { scanKinds } from '@daqtor/core/testing';
import { describe, expect, it } from 'vitest';
import { describeFile } from './browse/describe-file.ts';
import { readArray } from './browse/read-array.ts';
import { findNode } from './browse/tree.ts';
import { dataset } from './dataset.ts';
import { documents } from './documents/documents.ts';
import { resumeScan } from './resume/resume-scan.ts';
import { contentsOf, crashBench } from './testing/crash-bench.ts';
import { documentsIn } from './testing/documents-in.ts';
import { tempFolder } from './testing/temp-folder.ts';

const GROUP = '/RawData/Scan000';
const x = linspace('x', 0, 1, 4);
const y = linspace('y', 0, 1, 3);
const list = (xs: number[], ys: number[]) => tabular(positions('x', xs), positions('y', ys));

interface Case {
  readonly over: Scan;
  readonly add: NonNullable<ScanChangeInput['add']>;
  /** The same scan with these points from the start. */
  readonly whole: Scan;
}
const longerX = positions('x', [0, 1 / 3, 2 / 3, 1, 4, 3]);
const longerY = positions('y', [0, 0.5, 1, 7]);
const cases: Readonly<Record<string, Case>> = {
  'a grid along its fast axis': { over: grid(y, x), add: { x: [4, 3] }, whole: grid(y, longerX) },
  'a grid along its slow axis, to and fro': {
    over: grid(y, x).snake(),
    add: { y: [7] },
    whole: grid(longerY, x).snake(),
  },
  'a grid along both': { over: grid(y, x), add: { x: [4, 3], y: [7] }, whole: grid(longerY, longerX) },
  'a line': { over: grid(x), add: { x: [4, 3] }, whole: grid(longerX) },
  'a list': {
    over: list([0, 1, 2, 3, 4, 5, 6], [0, 1, 0, 1, 0, 1, 0]),
    add: [
      { x: 7, y: 1 },
      { y: 9, x: 8 },
    ],
    whole: list([0, 1, 2, 3, 4, 5, 6, 7, 8], [0, 1, 0, 1, 0, 1, 0, 1, 9]),
  },
};

interface How {
  readonly after?: number;
  /** Points after which the file is copied as a killed process would leave it; 0: as soon as points were added. */
  readonly killedAfter?: number;
}

/** Pauses after some points, adds others, and goes on. */
async function extended(over: Scan, change: ScanChangeInput, save: ScanRecorder, { after = 2, killedAfter }: How = {}) {
  const clock = new VirtualClock();
  await using bench = await crashBench({ clock });
  const copy = join(tempFolder(), 'copy.h5');
  const run = bench.scan({ over, read: [bench.getViewer('eye')], settleMs: 20, save });
  const kill = () => {
    copyFileSync(run.file as string, copy);
    if (existsSync(`${run.file}.journal`)) copyFileSync(`${run.file}.journal`, `${copy}.journal`);
  };
  if (after === 0) run.pauseNow();
  run.actor.on('pointSaved', ({ measured, skipped }) => {
    if (measured + skipped === after - 1) run.pause();
    if (measured + skipped === killedAfter) kill();
  });
  const edit = async () => {
    await run.edit(change);
    if (killedAfter === 0) kill();
    run.resume();
  };
  run.actor.on('paused', () => void edit().catch(() => run.abort()));
  const { file = '', ...result } = await run.done;
  return { file, copy, result };
}

async function measured(over: Scan): Promise<string> {
  await using bench = await crashBench();
  const save = dataset(tempFolder());
  const { file = '' } = await bench.scan({ over, read: [bench.getViewer('eye')], settleMs: 20, save }).done;
  return file;
}

describe.each([
  ['', {}],
  [', compressed', { gzip: 4 }],
  [' with commits by time', { commit: { everyMs: 50 } }],
] as const)('points are added to a paused scan, saved%s', (_, options) => {
  it.each(Object.entries(cases))('%s: its file is as if they had been in it from the start', async (__, one) => {
    const { file, result } = await extended(one.over, { add: one.add }, dataset(tempFolder(), {}, options));
    expect(result).toMatchObject({ outcome: 'completed', points: one.whole.size, skipped: 0 });
    expect(await contentsOf(file, GROUP)).toEqual(await contentsOf(await measured(one.whole), GROUP));
  });
});

const extendable = Object.entries(scanKinds).flatMap(([name, kind]) => {
  const { points } = kind as Scan;
  const isFixed = points.axes.some(({ role }) => role === 'time' || (role === 'count' && points.shape.length === 1));
  return isFixed ? [] : [[name, kind as Scan] as const];
});

describe('points are added to every kind of scan', () => {
  it.each(extendable)('%s: each lies where its axes say', async (_, over) => {
    const { axes, distribution, size, shape } = over.points;
    const names = axes.filter(({ role }) => role === 'actuator').map(({ name }) => name);
    const isList = distribution === 'spread';
    const at = (name: string) => 7 + names.indexOf(name);
    const add = isList
      ? [Object.fromEntries(names.map((name) => [name, at(name)]))]
      : Object.fromEntries(names.map((name) => [name, [at(name)]]));
    const { file, result } = await extended(over, { add }, dataset(tempFolder()));
    const numbers = async (path: string) => {
      const { data, shape: lengths } = await readArray(file, `${GROUP}/${path}`);
      return { values: [...data].map(Number), lengths };
    };
    const { values: status, lengths } = await numbers('Status/Data0D/CH00/Data00');
    expect(lengths).toEqual(shape.map((length, d) => length + (isList || axes[d]?.role === 'actuator' ? 1 : 0)));
    const measured = status.filter((one) => one === 1).length;
    const product = (all: readonly number[]) => all.reduce((places, length) => places * length, 1);
    const there = size + product(lengths) - product(shape);
    expect([measured, result.points]).toEqual([there, there]);
    for (const [i, name] of names.entries()) {
      const { values: readBack } = await numbers(`Actuator${String(i).padStart(3, '0')}/Data0D/CH00/Data00`);
      const axis = axes.findIndex((one) => one.name === name);
      const { values: coordinates } = await numbers(`NavAxes/Axis${String(axis).padStart(2, '0')}`);
      expect(coordinates.at(-1)).toBe(at(name));
      const inner = product(isList ? [] : lengths.slice(axis + 1));
      for (const [place, position] of readBack.entries())
        if (status[place] === 1) expect(position).toBe(coordinates[Math.floor(place / inner) % coordinates.length]);
    }
  });
});

describe('the file of a scan that points are added to', () => {
  it('has a place for them also where nothing was measured before', async () => {
    const { over, add, whole } = cases['a grid along both'] as Case;
    const { file } = await extended(over, { add }, dataset(tempFolder()), { after: 0 });
    expect(await contentsOf(file, GROUP)).toEqual(await contentsOf(await measured(whole), GROUP));
  });

  it('says in its settings how large it is now, and in `scan_revisions` what was added', async () => {
    const { over, add } = cases['a grid along both'] as Case;
    const { file } = await extended(over, { add, reason: 'cut off' }, dataset(tempFolder()));
    const { attributes } = findNode(await describeFile(file), GROUP, file);
    expect(attributes.settings).toMatch(/<daq_scan_settings .*<shape [^>]*>\(4, 6\)<\/shape>/);
    expect(JSON.parse(String(attributes.scan_revisions))).toEqual([
      { add, reason: 'cut off', fromStep: 2, atEpochMs: expect.any(Number) },
    ]);
  });

  it('takes more of them again, and loses others', async () => {
    const first = await extended(grid(y, x), { add: { x: [4] } }, dataset(tempFolder()), { killedAfter: 3 });
    await using bench = await crashBench();
    const { run } = await resumeScan(first.copy, bench, { edit: { add: { y: [7] }, drop: [4] } });
    run.pauseNow();
    run.actor.on('paused', () => void run.edit({ add: { x: [3] } }).then(() => run.resume()));
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 23, skipped: 1 });
    const { data, shape } = await readArray(first.copy, `${GROUP}/Status/Data0D/CH00/Data00`);
    expect([shape, [...data].filter((status) => status !== 1), data[6]]).toEqual([[4, 6], [6], 6]);
  });

  it('cannot have them where it is read while it is written: it says so, and the scan goes on', async () => {
    await using bench = await crashBench();
    const save = dataset(tempFolder(), {}, { swmr: true });
    const run = bench.scan({ over: grid(x), read: [bench.getViewer('eye')], settleMs: 20, save });
    const told = new Promise<string>((resolve) => {
      run.actor.on('paused', () => void run.edit({ add: { x: [2] } }).catch(({ message }) => resolve(message)));
    });
    run.pauseNow();
    expect(await told).toContain('what saves this scan has no room for more points');
    run.resume();
    expect(await run.done).toMatchObject({ points: 4 });
  });
});

describe('a scan whose process was killed after points were added', () => {
  it.each(
    Object.entries(cases).flatMap(([name, one]) => [0, 3, one.over.size + 1].map((at) => [name, at, one] as const)),
  )('goes on with them: %s, after %i points', async (_, killedAfter, { over, add }) => {
    const { file, copy } = await extended(over, { add }, dataset(tempFolder()), { killedAfter });
    await using bench = await crashBench();
    const { run, from } = await resumeScan(copy, bench);
    expect(from).toBe(killedAfter === 0 ? 2 : killedAfter);
    expect((await run.done).outcome).toBe('completed');
    expect(await contentsOf(copy, GROUP)).toEqual(await contentsOf(file, GROUP));
  });

  it.each(Object.entries(cases))('gets them as it is resumed: %s', async (_, { over, add, whole }) => {
    const { copy } = await extended(over, { settings: { settleMs: 1 } }, dataset(tempFolder()), { killedAfter: 3 });
    await using bench = await crashBench();
    const { run, from } = await resumeScan(copy, bench, { edit: { add } });
    expect([from, await run.done]).toMatchObject([3, { outcome: 'completed', points: whole.size }]);
    expect(await contentsOf(copy, GROUP)).toEqual(await contentsOf(await measured(whole), GROUP));
  });

  it('gets them as it is resumed, also when it was complete', async () => {
    const { over, add, whole } = cases['a list'] as Case;
    const file = await measured(over);
    await using bench = await crashBench();
    const { run, from } = await resumeScan(file, bench, { edit: { add } });
    expect(await run.done).toMatchObject({ outcome: 'completed', points: whole.size });
    expect(from).toBe(over.size);
    expect(await contentsOf(file, GROUP)).toEqual(await contentsOf(await measured(whole), GROUP));
  });
});

it('documents go on with an event for each', async () => {
  const folder = tempFolder();
  const { over, add, whole } = cases['a list'] as Case;
  await extended(over, { add }, both(dataset(tempFolder()), documents(folder)));
  const all = documentsIn(folder);
  const events = all.filter(([name]) => name === 'event').map(([, { seq_num }]) => seq_num);
  expect(events).toEqual(Array.from({ length: whole.size }, (_, i) => i + 1));
  expect(all.at(-1)).toMatchObject(['stop', { exit_status: 'success', num_events: { primary: whole.size } }]);
});
