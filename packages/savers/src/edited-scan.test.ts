import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { both, grid, linspace, type ScanChangeInput, type ScanRecorder, VirtualClock } from '@daqtor/core';
import { describe, expect, it } from 'vitest';
import { describeFile } from './browse/describe-file.ts';
import { readArray, readTexts } from './browse/read-array.ts';
import { findNode } from './browse/tree.ts';
import { dataset } from './dataset.ts';
import { documents } from './documents/documents.ts';
import { revisionsIn } from './layout/scan-revisions.ts';
import { resumeScan } from './resume/resume-scan.ts';
import { contentsOf, crashBench } from './testing/crash-bench.ts';
import { documentsIn } from './testing/documents-in.ts';
import { tempFolder } from './testing/temp-folder.ts';

const GROUP = '/RawData/Scan000';
const map = grid(linspace('y', 0, 1, 3), linspace('x', 0, 1, 4)).snake();
const narrower: ScanChangeInput = {
  within: { x: [0, 0.5] },
  settings: { settleMs: 1 },
  modules: { eye: { exposureMs: 3 } },
};
/** By place. The middle row runs backwards: step 4, the first of it, was measured before the change, step 5 is dropped. */
const STATUSES = [1, 1, 1, 1, 1, 1, 6, 1, 1, 1, 6, 6];
const statuses = async (file: string) => [...(await readArray(file, `${GROUP}/Status/Data0D/CH00/Data00`)).data];

/** Pauses after five points, changes the scan, and goes on. @returns the file, and a copy as a process would leave it that is killed at step 7 */
async function edited(save: ScanRecorder, change: ScanChangeInput = narrower) {
  const clock = new VirtualClock();
  await using bench = await crashBench({ clock });
  const copy = join(tempFolder(), 'copy.h5');
  const run = bench.scan({ over: map, read: [bench.getViewer('eye')], settleMs: 20, save });
  run.actor.on('pointSaved', ({ measured, skipped }) => {
    if (measured + skipped === 4) run.pause();
    if (measured + skipped !== 7 || run.file === undefined) return;
    copyFileSync(run.file, copy);
    if (existsSync(`${run.file}.journal`)) copyFileSync(`${run.file}.journal`, `${copy}.journal`);
  });
  run.actor.on('paused', () => void run.edit(change).then(() => run.resume()));
  const { file = '' } = await run.done;
  return { file, copy };
}

describe.each([
  ['', {}],
  [' with commits by time', { commit: { everyMs: 50 } }],
  [' for readers', { swmr: true }],
] as const)('a scan that is changed while it is paused, saved%s', (_, options) => {
  it('has in its file what was changed, and of points that were dropped a status and no values', async () => {
    const { file } = await edited(dataset(tempFolder(), {}, options));
    expect(await statuses(file)).toEqual(STATUSES);
    const revisions = revisionsIn(findNode(await describeFile(file), GROUP, file).attributes);
    expect(revisions).toEqual([{ ...narrower, fromStep: 5, atEpochMs: expect.any(Number) }]);
    const power = await readArray(file, `${GROUP}/Detector000/Data0D/CH00/Data00`);
    expect([...power.data].map(Number.isNaN)).toEqual((await statuses(file)).map((status) => status !== 1));
    const times = await readArray(file, `${GROUP}/Timestamps/Data0D/CH00/Data00`);
    expect([...times.data].every((time) => Number.isFinite(time))).toBe(true);
    expect((await readTexts(file)).join('\n')).toContain('changed from step 5 on');
  });
});

describe('a scan that was changed and whose process was killed', () => {
  it('goes on as it was changed, with the settings that the change gave its modules', async () => {
    const { file, copy } = await edited(dataset(tempFolder()));
    await using bench = await crashBench({ start: 3 });
    const { run, from, remarks } = await resumeScan(copy, bench);
    expect([from, remarks.filter((remark) => remark.includes('eye'))]).toEqual([7, []]);
    await run.done;
    expect(await contentsOf(copy, GROUP)).toEqual(await contentsOf(file, GROUP));
    expect(bench.getViewer('eye').settings).toMatchObject({ exposureMs: 3 });
  });

  it.each([
    [undefined, 0.25],
    [{ settings: { returnTo: 'stay' } } as const, 1],
  ])('goes at its end where the change says, or the one after that: %j', async (edit, position) => {
    const { copy } = await edited(dataset(tempFolder()), { settings: { returnTo: { x: 0.25 } } });
    await using bench = await crashBench({ start: 3 });
    const { run } = await resumeScan(copy, bench, edit && { edit });
    await run.done;
    expect(bench.getMove('x').position).toBe(position);
  });

  it('is changed again as it goes on', async () => {
    const { copy } = await edited(dataset(tempFolder()));
    await using bench = await crashBench({ start: 3 });
    const { run } = await resumeScan(copy, bench, { edit: { drop: [8], reason: 'burnt' } });
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 8, skipped: 4 });
    const { attributes } = findNode(await describeFile(copy), GROUP, copy);
    expect(revisionsIn(attributes).map(({ fromStep, drop, reason }) => [fromStep, drop, reason])).toEqual([
      [5, undefined, undefined],
      [7, [8], 'burnt'],
    ]);
    expect((await statuses(copy))[8]).toBe(6);
    await using other = await crashBench();
    const { copy: second } = await edited(dataset(tempFolder()));
    await expect(resumeScan(second, other, { edit: { drop: [2] } })).rejects.toThrow('which are in the file already');
  });
});

it('documents tell the settings of a module from the change on by a descriptor of its own', async () => {
  const folder = tempFolder();
  await edited(both(dataset(tempFolder()), documents(folder)));
  const all = documentsIn(folder);
  const configured = all.flatMap(([name, document]) =>
    name === 'descriptor'
      ? [(document.configuration as { eye: { data: { exposureMs: number } } }).eye.data.exposureMs]
      : [],
  );
  expect(configured).toEqual([1, 3]);
  const events = all.filter(([name]) => name === 'event').map(([, { seq_num }]) => seq_num);
  expect(events).toEqual(events.map((_, i) => i + 1));
  expect(all.at(-1)).toMatchObject(['stop', { num_events: { primary: events.length } }]);
});

it('points that cannot be added to a scan are one that follows it, in the same file', async () => {
  await using bench = await crashBench();
  const save = dataset(tempFolder());
  const options = { read: [bench.getViewer('eye')], settleMs: 20, save };
  const first = await bench.scan({ ...options, over: map }).done;
  const more = await bench.scan({ ...options, over: grid(linspace('x', 1.25, 2, 4)), follows: first }).done;
  expect([more.file, more.group]).toEqual([first.file, '/RawData/Scan001']);
  const { attributes } = findNode(await describeFile(more.file ?? ''), '/RawData/Scan001', more.file ?? '');
  expect(attributes.scan_follows).toBe(GROUP);
  const elsewhere = await bench.scan({ ...options, over: map, save: dataset(tempFolder()), follows: first }).done;
  const other = findNode(await describeFile(elsewhere.file ?? ''), GROUP, elsewhere.file ?? '');
  expect(other.attributes.scan_follows).toBe(`${first.file}#${GROUP}`);
  const shown = await bench.scan({ over: map, read: options.read }).done;
  const { reasons } = await bench.dryRun({ ...options, over: map, follows: shown });
  expect(reasons).toEqual(['it follows a scan that was not saved']);
});
