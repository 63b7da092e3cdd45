import { expect, test } from 'vitest';
import type { ScanPoint } from '../contracts/scan-recorder.ts';
import { lab } from '../lab/lab.ts';
import { grid, times } from '../scan/builders.ts';
import { planOf } from '../scan/plan.ts';
import { linspace } from '../scan/sweep.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';

async function bench() {
  const clock = new VirtualClock();
  const modules = await lab({ x: stubActuator()({}), meter: stubDetector()({}) }, { clock });
  return { ...modules, modules, clock, scan: modules.scan.bind(modules) };
}

test('a scan that goes on measures from its step to its last, and counts all of its points', async () => {
  const { scan, x, meter } = await bench();
  const run = scan({
    over: grid(linspace(x, 0, 4, 5)),
    read: [meter],
    settleMs: 100,
    before: { steps: 3, skipped: 0 },
  });
  const points: ScanPoint[] = [];
  run.points$.subscribe((point) => points.push(point));
  const progress: { done: number; pointsPerSecond: number; remainingMs: number | undefined }[] = [];
  run.progress$.subscribe((now) => progress.push(now));
  expect(await run.done).toMatchObject({ outcome: 'completed', points: 5 });
  expect(points.map(({ step, targets }) => [step, targets[0]])).toEqual([
    [3, 3],
    [4, 4],
  ]);
  expect(progress[0]).toMatchObject({ done: 3, total: 5, pointsPerSecond: 0, remainingMs: undefined });
  expect(progress.find(({ done }) => done === 4)).toMatchObject({ pointsPerSecond: 10, remainingMs: 100 });
});

test('a scan of which all points are measured ends without moving', async () => {
  const { scan, x, meter } = await bench();
  await x.move(7);
  const { outcome, points } = await scan({
    over: grid(linspace(x, 0, 4, 5)),
    read: [meter],
    before: { steps: 5, skipped: 0 },
  }).done;
  expect([outcome, points, x.position]).toEqual(['completed', 5, 7]);
});

test('points at times go on at their pace: the next one is due at once', async () => {
  const { scan, clock, meter } = await bench();
  const beganMs = clock.now();
  const at: number[] = [];
  const run = scan({ over: grid(times(6, 1000)), read: [meter], before: { steps: 3, skipped: 0 } });
  run.points$.subscribe(() => at.push(clock.now() - beganMs));
  await run.done;
  expect(at).toEqual([0, 1000, 2000]);
});

test('a relative scan counts from the base that it is given, in the units of the scan', async () => {
  const { modules, x } = await bench();
  await x.move(2);
  const over = grid(linspace(x, -100, 100, 3, 'um')).relative();
  expect(planOf(over, modules.modules).base).toEqual({ x: 2000 });
  const plan = planOf(over, modules.modules, { x: 500 });
  expect([plan.base, plan.at(0).targets, [...plan.positions(0)]]).toEqual([{ x: 500 }, [400], [400, 500, 600]]);
  expect(planOf(grid(linspace(x, 0, 1, 2)), modules.modules).base).toEqual({});
});

test('a dry run of what is left needs room for what is left only', async () => {
  const { modules, x, meter } = await bench();
  await meter.grab();
  const over = grid(linspace(x, 0, 3, 4));
  const { bytes = 0 } = await modules.dryRun({ over, read: [meter] });
  expect((await modules.dryRun({ over, read: [meter], before: { steps: 3, skipped: 0 } })).bytes).toBe(bytes / 4);
});
