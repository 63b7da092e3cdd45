import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineDetector } from '../contracts/define-detector.ts';
import { liveSettings } from '../contracts/live-settings.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { lab } from '../lab/lab.ts';
import { adaptive1D } from '../scan/adaptive/adaptive-scans.ts';
import { grid } from '../scan/builders.ts';
import type { ScanChangeInput } from '../scan/scan-revision.ts';
import type { ScanSettingsInput } from '../scan/scan-settings.ts';
import { linspace } from '../scan/sweep.ts';
import { stubActuator } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { memoryRecorder } from './testing/scan-on-trial.ts';

/** A camera that gives its exposure time, and refuses more than 100 ms. */
const camera = defineDetector({
  kind: 'camera',
  title: 'Camera',
  settings: z.object({ exposureMs: z.number().positive(), size: z.number().default(1) }),
  connect: async ({ exposureMs }) => {
    let ms = exposureMs;
    return {
      grab: async () => [new DataWithAxes({ name: 'exposure', data: [ms], units: 'ms' })],
      adjust: liveSettings<{ readonly exposureMs: number }, 'exposureMs'>({
        names: ['exposureMs'],
        apply: async (wanted) => {
          if (wanted.exposureMs > 100) throw new DaqtorError('instrument.fault', { problem: 'too long' });
          ms = wanted.exposureMs;
        },
      }),
      close: async () => {},
    };
  },
});

/** A scan of 3 × 4 points that is paused after `after` of them. */
async function paused(after = 5, failAtRevision = false, settings: ScanSettingsInput = {}) {
  const clock = new VirtualClock();
  const modules = await lab(
    { x: stubActuator()({ limits: [-10, 10] }), y: stubActuator()({}), camera: camera({ exposureMs: 10 }) },
    { clock },
  );
  const { recorder, kept } = memoryRecorder({ failAtRevision });
  const over = grid(linspace(modules.y, 0, 2, 3), linspace(modules.x, 0, 3, 4));
  const run = modules.scan({ over, read: [modules.camera], settleMs: 20, ...settings, save: recorder });
  run.actor.on('pointSaved', ({ measured }) => measured === after - 1 && run.pause());
  await clock.sleep(10_000);
  expect([run.state, kept.points.length]).toEqual(['paused', after]);
  return { modules, clock, run, kept };
}

const statuses = (points: readonly { readonly status?: string }[]) =>
  points.map(({ status = 'measured' }) => status[0]);

describe('a paused scan', () => {
  it('is narrowed: points outside are dropped, those before stay, and nothing goes there', async () => {
    const { run, kept, clock, modules } = await paused();
    const revision = await run.edit({ within: { x: [1, 2] }, reason: 'nothing there' });
    expect(revision).toEqual({
      within: { x: [1, 2] },
      reason: 'nothing there',
      fromStep: 5,
      atEpochMs: clock.epochMs() - 1,
    });
    expect([kept.revisions, run.revisions]).toEqual([[revision], [revision]]);
    run.resume();
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 9, skipped: 3 });
    expect(statuses(kept.points).join('')).toBe('mmmmmmmddmmd');
    expect(kept.points.map(({ step }) => step)).toEqual([...Array(12).keys()]);
    expect(kept.points[7]).toMatchObject({ positions: [Number.NaN, Number.NaN], targets: [1, 3], data: [] });
    expect(modules.x.position).toBe(2);
    expect(kept.log.filter((line) => line.includes('dropped') || line.includes('was skipped'))).toEqual([]);
    expect(kept.log.join()).toContain(
      'WARNING changed from step 5 on: {"reason":"nothing there","within":{"x":[1,2]}}',
    );
  });

  it('loses single points, and all that are left, by their numbers', async () => {
    const { run, kept } = await paused();
    await run.edit({ drop: [5, 7] });
    await run.edit({ drop: [8, 9, 10, 11] });
    run.resume();
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 6, skipped: 6 });
    expect(statuses(kept.points).join('')).toBe('mmmmmdmddddd');
  });

  it('gets other settings, of itself and of its modules, from the next point on', async () => {
    const { run, kept, clock } = await paused();
    await run.edit({ settings: { settleMs: 0, waitMs: 50 }, modules: { camera: { exposureMs: 40 } } });
    run.resume();
    const beganMs = clock.now();
    const { deadTime } = await run.done;
    expect(kept.points.map(({ data }) => data[0]?.data[0]?.data[0]?.[0])).toEqual([
      ...Array(5).fill(10),
      ...Array(7).fill(40),
    ]);
    expect(deadTime.settlingMs).toBe(5 * 20 + 6 * 50);
    expect(clock.now() - beganMs).toBeGreaterThanOrEqual(6 * 50);
  });

  it('gets conditions and policies', async () => {
    const { run, kept, modules } = await paused();
    await run.edit({
      settings: { onError: 'skip', waitUntil: [{ module: 'camera', from: 50, withinMs: 30, steps: [6] }] },
    });
    run.resume();
    await run.done;
    expect(statuses(kept.points).join('')).toBe('mmmmmmsmmmmm');
    expect(modules.camera.state).toBe('idle');
  });

  it('goes elsewhere at its end than it was told at first, or nowhere', async () => {
    const first = await paused();
    await first.run.edit({ settings: { returnTo: { x: 1.5 } } });
    first.run.resume();
    await first.run.done;
    expect([first.modules.x.position, first.modules.y.position]).toEqual([1.5, 2]);
    const second = await paused(5, false, { returnTo: 'initial' });
    await second.run.edit({ settings: { settleMs: 1 } });
    await second.run.edit({ settings: { returnTo: 'stay' } });
    second.run.resume();
    await second.run.done;
    expect([second.modules.x.position, second.modules.y.position]).toEqual([3, 2]);
    const third = await paused(5, false, { returnTo: 'initial' });
    await third.run.edit({ settings: { settleMs: 1 } });
    third.run.resume();
    await third.run.done;
    expect([third.modules.x.position, third.modules.y.position]).toEqual([0, 0]);
  });

  it('is not resumed while it is being changed, and ends when that is wanted', async () => {
    const { run } = await paused();
    const edited = run.edit({ drop: [5] });
    expect(run.refusal('resume')).toBe('it is being changed just now');
    expect(run.refusal('edit')).toBe('it is being changed just now');
    run.stop();
    await expect(edited).rejects.toThrow('it ended before it could be changed');
    expect((await run.done).outcome).toBe('stopped');
  });
});

describe('a change is refused', () => {
  it('while the scan is not paused', async () => {
    const { run } = await paused();
    run.resume();
    await expect(run.edit({ drop: [7] })).rejects.toThrow('cannot be changed while moving: pause it first');
    await run.done;
    await expect(run.edit({ drop: [7] })).rejects.toThrow('it is over');
  });

  it('with everything that is wrong with it at once, and changes nothing', async () => {
    const { run, kept, modules } = await paused();
    const change: ScanChangeInput = {
      within: { z: [0, 1], x: [2, 1] },
      drop: [4, 12],
      settings: { waitUntil: [{ module: 'oven', from: 1, withinMs: 1 }], returnTo: { q: 1, x: 1e9 } },
      modules: { lamp: {}, camera: { exposureMs: -1, size: 2 } },
    };
    const error = await run.edit(change).catch((reason: Error) => reason.message);
    for (const reason of [
      'within names [z], which the scan does not move',
      'within has 2 to 1 for [x]',
      'drop names steps 4, which are in the file already',
      'drop names steps 12 of a scan of 12 points',
      'waitUntil.0 names [oven]',
      'returnTo names [q], which the scan does not move',
      '[x] returnTo 1000000000 mm lies outside its limits',
      'modules names [lamp], which is not in this lab',
      '[camera] ',
      'Nothing was changed',
    ])
      expect(error).toContain(reason);
    await expect(run.edit({})).rejects.toThrow('it says nothing that would change');
    await expect(run.edit({ modules: { camera: { size: 2 } } })).rejects.toThrow('[camera] cannot change size while');
    expect([kept.revisions, modules.camera.settings.exposureMs]).toEqual([[], 10]);
    run.abort();
    await run.done;
  });

  it('by an instrument: those before it get back what they had', async () => {
    const { run, kept, modules } = await paused();
    await expect(run.edit({ settings: { settleMs: 0 }, modules: { camera: { exposureMs: 200 } } })).rejects.toThrow(
      'too long',
    );
    expect([kept.revisions, modules.camera.settings.exposureMs]).toEqual([[], 10]);
    run.abort();
    await run.done;
  });

  it('where the file cannot take it: the modules get back what they had', async () => {
    const { run, modules } = await paused(5, true);
    await expect(run.edit({ modules: { camera: { exposureMs: 40 } } })).rejects.toMatchObject({ code: 'save.failed' });
    expect([modules.camera.settings.exposureMs, run.revisions]).toEqual([10, []]);
    run.abort();
    await run.done;
  });

  it('of points that follow from the data', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { modules, run: first, clock } = await paused();
    first.abort();
    await first.done;
    const over = adaptive1D(modules.x, 0, 1, { signal: modules.camera, count: 9 });
    const run = modules.scan({ over, read: [modules.camera], settleMs: 20 });
    await clock.sleep(30);
    run.pause();
    await clock.sleep(100);
    await expect(run.edit({ drop: [7] })).rejects.toThrow('its points follow from the data');
    await run.edit({ settings: { settleMs: 0 } });
    run.resume();
    expect((await run.done).outcome).toBe('completed');
  });
});
