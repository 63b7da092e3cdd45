import { describe, expect, it, vi } from 'vitest';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { LabEvent } from '../lab/lab-event.ts';
import { retry } from '../scan/error-policy.ts';
import { settingsOf } from '../scan/scan-settings.ts';
import { memoryRecorder, scanBench } from './testing/scan-on-trial.ts';

const refuses = new DaqtorError('instrument.fault', { problem: 'it refuses' });
const gone = new DaqtorError('instrument.gone', { problem: 'the link is lost' });

/** A meter that fails at these grabs, counted from 1. */
async function benchWithMeter(failing: readonly number[], error = refuses) {
  let grabs = 0;
  const bench = await scanBench(
    () => ({}),
    async () => {
      if (failing.includes(++grabs)) throw error;
      return [new DataWithAxes({ name: 'signal', data: [grabs], units: 'V' })];
    },
  );
  return { ...bench, ...memoryRecorder(), grabs: () => grabs };
}

const statuses = (points: readonly { readonly status?: string }[]) => points.map(({ status = 'measured' }) => status);
const twelve = Array<string>(12).fill('measured');

describe('an error, by default', () => {
  it('pauses the scan, which says why, and goes on with the same point', async () => {
    const { scan, over, meter, clock, modules, recorder, kept } = await benchWithMeter([5]);
    const events: LabEvent[] = [];
    modules.events$.subscribe((event) => events.push(event));
    const run = scan({ over, read: [meter], save: recorder });
    let trouble: string | undefined;
    run.progress$.subscribe((progress) => {
      trouble = progress.trouble?.message;
    });
    await clock.sleep(1000);
    expect([run.state, trouble, kept.points.length]).toEqual(['paused', '[meter] it refuses', 4]);
    expect(events.find(({ type }) => type === 'scanPaused')).toMatchObject({ error: { instrument: 'meter' } });
    expect(kept.log.join()).toMatch(/ERROR grabbing at step 4: \[meter\] it refuses.*paused/);
    run.resume();
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 12, skipped: 0 });
    expect(trouble).toBeUndefined();
    expect(kept.points.map(({ step }) => step)).toEqual([...Array(12).keys()]);
  });

  it('is told on the console where nobody listens to events, with what can be done', async () => {
    const { scan, over, meter, clock } = await benchWithMeter([5]);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const run = scan({ over, read: [meter] });
    await clock.sleep(1000);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/paused: \[meter\] it refuses\. resume\(\).*'abort'/)]]);
    warn.mockRestore();
    run.abort();
    await run.done;
  });

  it('is not resumed while an instrument is away, and is once it is connected again', async () => {
    const { scan, over, meter, clock, modules, recorder, kept } = await benchWithMeter([5], gone);
    modules.events$.subscribe();
    const run = scan({ over, read: [meter], save: recorder });
    await clock.sleep(1000);
    expect(() => run.resume()).toThrow(/\[meter\] is faulted; connect it again first/);
    await modules.connect();
    run.resume();
    expect((await run.done).points).toBe(12);
    expect(statuses(kept.points)).toEqual(twelve);
  });
});

describe('a policy', () => {
  it('tries a point again, each time later, then goes on', async () => {
    const { scan, over, meter, recorder, kept } = await benchWithMeter([5, 6]);
    const onError = retry({ times: 2, backoffMs: 100 });
    const { points, deadTime } = await scan({ over, read: [meter], onError, save: recorder }).done;
    expect(points).toBe(12);
    expect(deadTime.settlingMs).toBe(300);
    expect(kept.log.filter((line) => line.includes('attempt'))).toEqual([
      'WARNING attempt 2 begins in 100 ms',
      'WARNING attempt 3 begins in 200 ms',
    ]);
  });

  it('connects a lost instrument again before it tries the point again', async () => {
    const { scan, over, meter, recorder, kept } = await benchWithMeter([5], gone);
    const onError = retry({ times: 1, otherwise: 'abort' });
    expect((await scan({ over, read: [meter], onError, save: recorder }).done).points).toBe(12);
    expect(statuses(kept.points)).toEqual(twelve);
  });

  it('gives a point up when no attempt helped, and records where the axes were, when and why', async () => {
    const { scan, over, meter, recorder, kept } = await benchWithMeter([5, 6, 7]);
    const onError = retry({ times: 2, backoffMs: 100, otherwise: 'skip' });
    const result = await scan({ over, read: [meter], onError, save: recorder }).done;
    expect(result).toMatchObject({ outcome: 'completed', points: 11, skipped: 1 });
    expect(kept.points[4]).toMatchObject({ step: 4, positions: [1, 3], data: [], status: 'skippedGrabbing' });
    expect(statuses(kept.points).filter((status) => status === 'measured')).toHaveLength(11);
    expect(kept.log.join()).toContain('WARNING a point was skipped: [meter] it refuses');
  });

  it('counts attempts for each point anew', async () => {
    const { scan, over, meter } = await benchWithMeter([2, 4, 6, 8]);
    const onError = retry({ times: 1, otherwise: 'abort' });
    expect((await scan({ over, read: [meter], onError }).done).points).toBe(12);
  });

  it('holds for the module and the step that it names; the first that fits counts', async () => {
    const { scan, over, meter, grabs } = await benchWithMeter([5]);
    const onError = [
      { module: 'x', policy: 'abort' as const },
      { module: 'meter', phase: 'moving' as const, policy: 'abort' as const },
      { module: 'meter', phase: 'grabbing' as const, policy: 'skip' as const },
      { policy: 'abort' as const },
    ];
    expect((await scan({ over, read: [meter], onError }).done).skipped).toBe(1);
    expect(grabs()).toBe(12);
  });

  it('is refused before anything moves if it names an instrument that takes no part', async () => {
    const { scan, over, meter } = await benchWithMeter([]);
    const run = scan({ over, read: [meter], onError: [{ module: 'metre', policy: 'skip' }] });
    await expect(run.done).rejects.toThrow('onError names [metre], which takes no part in the scan');
  });

  it('is plain data, and is in the description of the scan', async () => {
    const { scan, over, meter, recorder, kept } = await benchWithMeter([]);
    const onError = JSON.parse(JSON.stringify([{ module: 'meter', policy: retry({ times: 3, otherwise: 'skip' }) }]));
    expect(settingsOf({ onError }).onError).toEqual([
      { module: 'meter', policy: { retry: { times: 3, backoffMs: 0, factor: 2, otherwise: 'skip' } } },
    ]);
    await scan({ over, read: [meter], onError, save: recorder }).done;
    expect(kept.description?.settings.onError).toContain('"otherwise":"skip"');
    expect(() => scan({ over, read: [meter], onError: 'hope' as never })).toThrow(/settings of 'scan'.*onError/);
  });
});

describe('an axis that fails', () => {
  it('leaves the others at rest, and its place empty with the positions that could be read', async () => {
    const moves: number[] = [];
    const { scan, over, meter } = await scanBench(() => ({
      startMove: async (target) => {
        moves.push(target);
        if (moves.length === 5) throw refuses;
      },
      readPosition: async () => moves.at(-1) ?? 0,
    }));
    const { recorder, kept } = memoryRecorder();
    const { skipped } = await scan({ over, read: [meter], onError: 'skip', save: recorder }).done;
    expect(skipped).toBe(1);
    expect(kept.points[4]).toMatchObject({ targets: [1, 3], positions: [1, 3], data: [], status: 'skippedMoving' });
  });
});

describe('a disk that is full', () => {
  it('holds the scan, which says why, and goes on by itself', async () => {
    const { scan, over, meter, clock, modules } = await scanBench();
    const { recorder, kept } = memoryRecorder({ waitsMs: 5000 });
    const events: LabEvent[] = [];
    modules.events$.subscribe((event) => events.push(event));
    const run = scan({ over, read: [meter], save: recorder });
    const troubles: (string | undefined)[] = [];
    run.progress$.subscribe(({ trouble }) => {
      if (trouble?.problem !== troubles.at(-1)) troubles.push(trouble?.problem);
    });
    await clock.sleep(3000);
    expect([run.state, kept.points.length]).toEqual(['saving', 4]);
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 12 });
    expect(troubles).toEqual(['the disk is full', undefined]);
    expect(events.flatMap((event) => (event.type === 'savingWaits' ? [event.error?.problem] : []))).toEqual([
      'the disk is full',
      undefined,
    ]);
    expect(kept.log.join()).toMatch(/ERROR saving waits: the disk is full.*INFO saving goes on/);
  });
});
