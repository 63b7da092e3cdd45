import { describe, expect, it } from 'vitest';
import { lab } from '../lab/lab.ts';
import { adaptive1D } from '../scan/adaptive/adaptive-scans.ts';
import { grid, times } from '../scan/builders.ts';
import { fly } from '../scan/fly/fly-scans.ts';
import type { Scan } from '../scan/scan.ts';
import type { ScanChangeInput } from '../scan/scan-revision.ts';
import type { ScanSettingsInput } from '../scan/scan-settings.ts';
import { linspace, positions } from '../scan/sweep.ts';
import { tabular } from '../scan/tabular.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { memoryRecorder } from './testing/scan-on-trial.ts';

type Faults = Parameters<typeof memoryRecorder>[0];
interface Facts extends ScanSettingsInput {
  readonly faults?: Faults;
  readonly hasBaseline?: boolean;
}

const map = grid(linspace('y', 0, 1, 2), linspace('x', 0, 1, 2)).snake();
const list = tabular(positions('x', [0, 2, 4]), positions('y', [1, 3, 5]));

/** A scan that is paused after `after` of its points. */
async function paused(over: Scan, after: number, { faults, hasBaseline, ...settings }: Facts = {}) {
  const clock = new VirtualClock();
  const modules = await lab(
    { x: stubActuator()({ limits: [-10, 10] }), y: stubActuator()({ limits: [-10, 10] }), meter: stubDetector()({}) },
    { clock },
  );
  const { recorder, kept } = memoryRecorder(faults);
  const baseline = hasBaseline ? { baseline: [modules.meter] } : {};
  const run = modules.scan({ over, read: [modules.meter], settleMs: 20, ...settings, ...baseline, save: recorder });
  let isAsked = false;
  run.actor.subscribe(({ value, context }) => {
    if (isAsked || value !== 'settling' || context.step !== after - 1) return;
    isAsked = true;
    run.pause();
  });
  await clock.sleep(10_000);
  expect([run.state, kept.points.length]).toEqual(['paused', after]);
  return { modules, clock, run, kept };
}

const targetsOf = (points: readonly { readonly targets: readonly number[] }[]) => points.map(({ targets }) => targets);

describe('a paused scan gets more points', () => {
  it('of a grid: what was left comes first, then all combinations that are new', async () => {
    const { run, kept } = await paused(map, 3);
    const totals: number[] = [];
    await run.edit({ add: { x: [5], y: [7] } });
    run.progress$.subscribe(({ total }) => totals.push(total));
    expect(kept.larger).toEqual([{ shape: [3, 3], axes: [expect.anything(), expect.anything()] }]);
    expect(kept.larger[0]?.axes.map(({ label, data }) => [label, ...data])).toEqual([
      ['y', 0, 1, 7],
      ['x', 0, 1, 5],
    ]);
    run.resume();
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 9, skipped: 0 });
    expect(kept.points.map(({ step }) => step)).toEqual([...Array(9).keys()]);
    expect(kept.points.map(({ indexes }) => indexes.join(''))).toEqual([
      '00',
      '01',
      '11',
      '10',
      '02',
      '12',
      '20',
      '21',
      '22',
    ]);
    expect(targetsOf(kept.points.slice(4))).toEqual([
      [0, 5],
      [1, 5],
      [7, 0],
      [7, 1],
      [7, 5],
    ]);
    expect(new Set(totals.slice(1))).toEqual(new Set([9]));
    expect(kept.log.join()).toContain('changed from step 3 on: {"add":{"x":[5],"y":[7]}}');
  });

  it('of a list, more than once', async () => {
    const { run, kept } = await paused(list, 1);
    await run.edit({ add: [{ y: -1, x: -2 }] });
    await run.edit({ add: [{ x: -3, y: -4 }], drop: [1] });
    run.resume();
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 4, skipped: 1 });
    expect(targetsOf(kept.points).slice(3)).toEqual([
      [-2, -1],
      [-3, -4],
    ]);
    expect(kept.points.map(({ indexes }) => indexes[0])).toEqual([0, 1, 2, 3, 4]);
  });

  it('of a relative scan: positions that are counted from nowhere', async () => {
    const { run, kept } = await paused(grid(linspace('x', 1, 2, 2)).relative(), 1);
    await run.edit({ add: { x: [9] } });
    run.resume();
    await run.done;
    expect(targetsOf(kept.points).at(-1)).toEqual([9]);
  });

  it('also where an earlier change has narrowed it, and the same change drops others', async () => {
    const { run, kept } = await paused(list, 1);
    await run.edit({ within: { x: [0, 2] }, add: [{ x: 8, y: 0 }] });
    await run.edit({ add: [{ x: 9, y: 0 }] });
    run.resume();
    await run.done;
    expect(kept.points.map(({ status = 'measured' }) => status)).toEqual([
      'measured',
      'measured',
      'dropped',
      'measured',
      'measured',
    ]);
    expect(targetsOf(kept.points.slice(3))).toEqual([
      [8, 0],
      [9, 0],
    ]);
  });

  it('that are dropped again', async () => {
    const { run, kept } = await paused(list, 1);
    await run.edit({ add: [{ x: 8, y: 0 }] });
    await run.edit({ drop: [3] });
    run.resume();
    expect(await run.done).toMatchObject({ points: 3, skipped: 1 });
    expect(kept.points[3]).toMatchObject({ status: 'dropped', targets: [8, 0] });
  });

  it('after its last one, before its axes go back', async () => {
    const { run, modules, kept } = await paused(list, 3, { returnTo: { x: 1 }, hasBaseline: true });
    await run.edit({ add: [{ x: 8, y: 0 }] });
    run.resume();
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 4 });
    expect([modules.x.position, kept.baseline.map(({ at }) => at)]).toEqual([1, ['begin', 'end']]);
  });

  it('where nothing is saved', async () => {
    const clock = new VirtualClock();
    const modules = await lab({ x: stubActuator()({}), meter: stubDetector()({}) }, { clock });
    const run = modules.scan({ over: grid(linspace('x', 0, 1, 3)), read: [modules.meter] });
    run.pause();
    await clock.sleep(1000);
    await run.edit({ add: { x: [2] } });
    run.resume();
    expect(await run.done).toMatchObject({ points: 4 });
  });
});

describe('points are not added', () => {
  const refusals: readonly (readonly [what: string, over: Scan, add: ScanChangeInput['add'], reasons: string[]])[] = [
    ['whole ones to a grid', map, [{ x: 1, y: 2 }], ['it is a grid: add names positions of its axes']],
    ['along axes to a list', list, { x: [1] }, ['it is a list of points: add names whole points']],
    [
      'that lie out of reach, lack an axis or have another',
      list,
      [
        { x: 1, z: 3 },
        { x: 11, y: 1 },
      ],
      [
        'add names [z], which the scan does not move',
        'add has no position of [y] in points 0',
        'add: [x] 1 of 2 positions (1 to 11 mm) lie outside its limits -10 to 10 mm',
      ],
    ],
    [
      'along axes that the grid does not have',
      map,
      { z: [1], x: [-11] },
      ['add names [z], which the scan does not move', '[x] 1 of 1 positions (-11 to -11 mm) lie outside its limits'],
    ],
    ['where they have times', grid(times(3, 100), linspace('x', 0, 1, 2)), { x: [2] }, ['its points have times']],
    ['where each is repeated', list.repeated(2), [{ x: 1, y: 1 }], ['each of its points has its repetitions']],
    [
      'where they follow from the data',
      adaptive1D('x', 0, 1, { signal: { detector: 'meter' }, count: 9 }),
      [{ x: 1 }],
      ['its points follow from the data'],
    ],
  ];
  it.each(refusals)('%s', async (_, over, add, reasons) => {
    const { run, kept } = await paused(over, 1);
    const message = await run.edit({ add, drop: [99] }).catch((error: Error) => error.message);
    for (const reason of [...reasons, 'drop names steps 99', 'Nothing was changed']) expect(message).toContain(reason);
    expect([kept.revisions, run.revisions]).toEqual([[], []]);
    run.abort();
    await run.done;
  });

  it('to lines that are flown', async () => {
    const clock = new VirtualClock();
    const modules = await lab({ x: stubActuator()({}), meter: stubDetector()({}) }, { clock });
    const over = fly('x', 0, 1, 5).points;
    expect(over.flight).toBeDefined();
    const run = modules.scan({ over: fly('x', 0, 1, 5), read: [modules.meter] });
    run.pauseNow();
    await clock.sleep(100);
    await expect(run.edit({ add: [{ x: 1 }] })).rejects.toThrow('the bins of lines that are flown');
    run.abort();
    await run.done;
  });

  it('where what saves them has no place for them, or no room', async () => {
    const fixed = await paused(list, 1, { faults: { isFixed: true } });
    await expect(fixed.run.edit({ add: [{ x: 1, y: 1 }] })).rejects.toThrow('what saves this scan has no room');
    fixed.run.resume();
    expect(await fixed.run.done).toMatchObject({ points: 3 });
    const full = await paused(grid(linspace('x', 0, 1, 2)), 1, { faults: { freeBytes: 4096 } });
    const many = Array.from({ length: 1000 }, (_, i) => i / 1000);
    await expect(full.run.edit({ add: { x: many } })).rejects.toThrow('its data need 1 MiB, and where they are saved');
    await full.run.edit({ add: { x: many.slice(0, 10) } });
    full.run.resume();
    expect(await full.run.done).toMatchObject({ points: 12 });
  });

  it('once its baseline was read for the end', async () => {
    const { run, clock } = await paused(list, 3, { returnTo: { x: 1 }, hasBaseline: true });
    run.resume();
    let isAway = false;
    run.actor.subscribe(({ value }) => {
      if (value !== 'returning' || isAway) return;
      isAway = true;
      run.pause();
    });
    await clock.sleep(10);
    expect(run.state).toBe('paused');
    await expect(run.edit({ add: [{ x: 1, y: 1 }] })).rejects.toThrow('its baseline was read for the end already');
    run.resume();
    await run.done;
  });

  it('where the file cannot take it: the scan goes on as it was', async () => {
    const { run } = await paused(list, 1, { faults: { failAtRevision: true } });
    await expect(run.edit({ add: [{ x: 1, y: 1 }] })).rejects.toMatchObject({ code: 'save.failed' });
    run.resume();
    expect(await run.done).toMatchObject({ points: 3 });
  });
});
