import { Subject } from 'rxjs';
import { expect, test } from 'vitest';
import type { ScanDescription, ScanOutcome, ScanPoint, ScanRecorder } from '../contracts/scan-recorder.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { BoundedQueue } from '../streams/bounded-queue.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { both } from './both.ts';

/** Keeps steps; each takes some time, and one may fail. */
function keeper(file: string, { takesMs = 1, failAt = -1, ahead = 1, opens = true } = {}) {
  const kept = { steps: [] as number[], outcome: undefined as ScanOutcome | undefined };
  const recorder: ScanRecorder = {
    freeBytes: async () => file.length,
    begin: async (_, { points }, clock) => {
      if (!opens) throw new DaqtorError('save.failed', { problem: `${file} cannot be made` });
      const saved$ = new Subject<number>();
      const drained = (async () => {
        for (let batch = await points.takeBatch(1); batch; batch = await points.takeBatch(1)) {
          const [{ step } = { step: -1 }] = batch;
          await clock.sleep(takesMs);
          if (step === failAt) return saved$.error(new DaqtorError('save.failed', { problem: `${file} is full` }));
          kept.steps.push(step);
          saved$.next(step);
        }
      })();
      return {
        file,
        group: `/${file}`,
        ahead,
        saved$,
        end: async (outcome) => {
          await drained;
          kept.outcome = outcome;
        },
      };
    },
  };
  return { recorder, kept };
}

async function begun(recorder: ScanRecorder) {
  const clock = new VirtualClock();
  const points = new BoundedQueue<ScanPoint>({ maxItems: 100 });
  const recording = await recorder.begin({} as ScanDescription, { points, log$: new Subject() }, clock);
  const saved: [step: number, atMs: number][] = [];
  const beganMs = clock.now();
  let error: unknown;
  recording.saved$.subscribe({
    next: (step) => saved.push([step, clock.now() - beganMs]),
    error: (reason: unknown) => {
      error = reason;
    },
  });
  return { recording, points, clock, saved, error: () => error };
}

const point = (step: number) => ({ step }) as ScanPoint;

test('each point is saved once the slowest recorder has it, and the file is that of the first', async () => {
  const [fast, slow] = [keeper('fast', { ahead: 5 }), keeper('slow', { takesMs: 10, ahead: 3 })];
  const { recording, points, saved } = await begun(both(fast.recorder, slow.recorder));
  expect(recording).toMatchObject({ file: 'fast', group: '/fast', ahead: 3 });
  for (const step of [4, 5, 6]) await points.put(point(step));
  points.close();
  await recording.end('completed');
  expect(saved).toEqual([
    [4, 10],
    [5, 20],
    [6, 30],
  ]);
  expect([fast.kept, slow.kept]).toEqual([
    { steps: [4, 5, 6], outcome: 'completed' },
    { steps: [4, 5, 6], outcome: 'completed' },
  ]);
});

test('when one fails the scan is told, the others end, and nothing hangs', async () => {
  const [good, bad] = [keeper('good'), keeper('bad', { failAt: 1 })];
  const { recording, points, saved, error } = await begun(both(good.recorder, bad.recorder));
  for (let step = 0; step < 60; step++) await points.put(point(step));
  points.close();
  await recording.end('failed');
  expect(saved.map(([step]) => step)).toEqual([0]);
  expect(String(error())).toContain('bad is full');
  expect([good.kept.outcome, bad.kept.outcome]).toEqual(['failed', 'failed']);
});

test('when one cannot be opened the others are closed again', async () => {
  const good = keeper('good');
  const all = both(good.recorder, keeper('bad', { opens: false }).recorder);
  await expect(begun(all)).rejects.toThrow('bad cannot be made');
  expect(good.kept).toEqual({ steps: [], outcome: 'failed' });
  expect(await all.freeBytes?.()).toBe(4);
});
