import { Subject } from 'rxjs';
import { expect, it } from 'vitest';
import type { DetectorDriver } from '../contracts/detector-driver.ts';
import type { ScanPoint } from '../contracts/scan-recorder.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { lab } from '../lab/lab.ts';
import { grid, times } from '../scan/builders.ts';
import { inBand } from '../scan/condition.ts';
import { retry } from '../scan/error-policy.ts';
import { FRAMES } from '../scan/fly/fly-bins.ts';
import { fly } from '../scan/fly/fly-scans.ts';
import { suspendWhile } from '../scan/suspender.ts';
import { linspace } from '../scan/sweep.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import type { DaqScan } from './daq-scan.ts';
import { memoryRecorder } from './testing/scan-on-trial.ts';

/** A stage of 10 mm/s, a meter that takes 10 ms and shows where the stage was in the middle of them, and a second axis. */
async function bench(overrides: Partial<DetectorDriver> = {}) {
  const clock = new VirtualClock();
  let [from, to, beganMs] = [0, 0, 0];
  const where = () => from + Math.sign(to - from) * Math.min(Math.abs(to - from), (clock.now() - beganMs) / 100);
  const stage = stubActuator((_, driver) => ({
    startMove: async (target) => {
      driver.calls.push(`startMove ${target}`);
      [from, to, beganMs] = [where(), target, clock.now()];
    },
    isMoving: async () => where() !== to,
    readPosition: async () => where(),
    stop: async () => {
      driver.calls.push('stop');
      [from, to] = [where(), where()];
    },
  }));
  const grab = async () => {
    await clock.sleep(5);
    const seen = where();
    await clock.sleep(5);
    return [new DataWithAxes({ name: 'seen', data: [seen], units: 'mm' })];
  };
  const specs = {
    x: stage({ limits: [-1, 21], timeoutMs: 60_000 }),
    y: stubActuator()({}),
    meter: stubDetector(grab, () => overrides)({}),
  };
  return Object.assign(await lab(specs, { clock }), { where });
}

function collect(run: DaqScan): ScanPoint[] {
  const points: ScanPoint[] = [];
  run.points$.subscribe((point) => points.push(point));
  return points;
}
const datum = ({ data }: ScanPoint, name: string) => Number(data[0]?.get(name)?.data[0]?.[0]);

it('measures on the way what it would measure at rest, each frame in the bin where it belongs', async () => {
  await using b = await bench();
  const run = b.scan({ over: fly(b.x, 0, 20, 20, { overrun: 1 }), read: [b.meter] });
  const points = collect(run);
  expect(await run.done).toMatchObject({ outcome: 'completed', points: 20 });
  expect(points.map(({ indexes }) => indexes[0])).toEqual([...Array(20).keys()]);
  for (const point of points) {
    expect(datum(point, FRAMES)).toBeGreaterThanOrEqual(9);
    expect(datum(point, 'seen')).toBeCloseTo(point.positions[0] as number, 6);
    expect(Math.abs((point.positions[0] as number) - (point.targets[0] as number))).toBeLessThan(0.06);
  }
});

it('says of bins that were passed between two frames that they have none', async () => {
  await using b = await bench();
  const run = b.scan({ over: fly(b.x, 0, 20, 400), read: [b.meter] });
  const points = collect(run);
  const { points: count, skipped } = await run.done;
  expect(count).toBeLessThan(210);
  expect(count).toBeGreaterThan(190);
  expect([count + skipped, points.length]).toEqual([400, 400]);
  expect(points.map(({ step }) => step)).toEqual([...Array(400).keys()]);
  const empty = points.filter(({ status }) => status === 'passed');
  expect(empty).toHaveLength(skipped);
  for (const { data, positions, targets } of empty)
    expect([data, positions[0]]).toEqual([[], expect.closeTo(targets[0] as number, 9)]);
});

it('flies line by line, to and fro', async () => {
  await using b = await bench();
  const over = fly(b.x, 0, 10, 5, { lines: linspace(b.y, 1, 3, 3), snake: true });
  const run = b.scan({ over, read: [b.meter] });
  const points = collect(run);
  await run.done;
  expect(points.map(({ indexes }) => indexes.join())).toEqual([
    '0,0',
    '0,1',
    '0,2',
    '0,3',
    '0,4',
    '1,4',
    '1,3',
    '1,2',
    '1,1',
    '1,0',
    '2,0',
    '2,1',
    '2,2',
    '2,3',
    '2,4',
  ]);
  for (const point of points) expect(datum(point, 'seen')).toBeCloseTo(point.positions[1] as number, 2);
  expect(points.map(({ positions: [y] }) => y)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3]);
});

const threeLines = (b: Awaited<ReturnType<typeof bench>>) => fly(b.x, 0, 10, 5, { lines: linspace(b.y, 1, 3, 3) });

it('pauses and stops after the line, with everything at rest', async () => {
  await using b = await bench();
  const run = b.scan({ over: threeLines(b), read: [b.meter] });
  run.pause();
  await b.clock.sleep(60_000);
  expect([run.state, b.x.state, b.meter.state]).toEqual(['paused', 'idle', 'idle']);
  run.resume();
  await b.clock.sleep(500);
  run.stop();
  const { outcome, points, deadTime } = await run.done;
  expect([outcome, points]).toEqual(['stopped', 5]);
  const { totalMs, ...parts } = deadTime;
  expect(Object.values(parts).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(totalMs, 6);
  expect(deadTime.pausedMs).toBeGreaterThan(59_000);
});

/** What a scan keeps of each point, but for when it was. */
async function kept(b: Awaited<ReturnType<typeof bench>>, act?: (run: DaqScan) => Promise<void>, settings = {}) {
  const run = b.scan({ over: threeLines(b), read: [b.meter], ...settings });
  const points = collect(run);
  await act?.(run);
  const result = await run.done;
  const facts = points.map((point) => ({
    step: point.step,
    indexes: point.indexes,
    seen: point.data.length > 0 ? Math.round(1e6 * datum(point, 'seen')) : undefined,
    status: point.status,
  }));
  return { facts, result };
}

it('measures a line anew that was interrupted: paused now, retried, or held', async () => {
  await using undisturbed = await bench();
  const { facts: whole } = await kept(undisturbed);
  expect(whole).toHaveLength(15);
  await using paused = await bench();
  const pauseNow = async (run: DaqScan) => {
    await paused.clock.sleep(2500);
    run.pauseNow();
    await paused.clock.sleep(1000);
    expect([run.state, paused.x.state, paused.meter.state]).toEqual(['paused', 'idle', 'idle']);
    run.resume();
  };
  expect((await kept(paused, pauseNow)).facts).toEqual(whole);
  await using retried = await bench();
  const retryLine = async (run: DaqScan) => {
    await retried.clock.sleep(2500);
    expect(run.state).toBe('grabbing');
    run.retryPoint();
  };
  expect((await kept(retried, retryLine)).facts).toEqual(whole);
  await using held = await bench();
  const beam = new Subject<number>();
  const lose = async () => {
    await held.clock.sleep(2500);
    beam.next(0);
    await held.clock.sleep(200);
    expect([held.x.state, held.meter.state]).toEqual(['idle', 'idle']);
    beam.next(1);
  };
  expect((await kept(held, lose, { suspend: [suspendWhile({ watch: beam, below: 0.5 })] })).facts).toEqual(whole);
});

it('obeys the policies: tries a line again, or gives up all of its bins and goes on', async () => {
  const fault = new DaqtorError('instrument.fault', { problem: 'the shutter is jammed' });
  /** A meter that fails in one of its ramps. */
  const failing = async (once: boolean) => {
    let ramps = 0;
    const b: Awaited<ReturnType<typeof bench>> = await bench({
      live: async (deliver, signal) => {
        ramps++;
        for (let at = 0; ; at++) {
          await b.clock.sleep(10, signal);
          if (at === 20 && (ramps === 2 || (!once && ramps === 3))) throw fault;
          deliver([new DataWithAxes({ name: 'seen', data: [ramps], units: 'mm' })]);
        }
      },
    });
    return b;
  };
  await using trying = await failing(true);
  const again = await kept(trying, undefined, { onError: retry({ times: 2, backoffMs: 100 }) });
  expect(again.result).toMatchObject({ outcome: 'completed', points: 15, skipped: 0 });
  await using giving = await failing(false);
  const given = await kept(giving, undefined, { onError: [{ module: 'meter', phase: 'grabbing', policy: 'skip' }] });
  expect(given.result).toMatchObject({ outcome: 'completed', points: 5, skipped: 10 });
  expect(given.facts.map(({ status = 'measured' }) => status)).toEqual([
    ...Array(5).fill('measured'),
    ...Array(10).fill('skippedGrabbing'),
  ]);
  expect([giving.x.state, giving.meter.state]).toEqual(['idle', 'idle']);
});

it('flies from where the stage is, waits, begins lines at their times, and goes back', async () => {
  await using b = await bench();
  await b.x.move(5);
  const over = fly(b.x, -2, 2, 4, { overrun: 0.5, lines: times(3, 3000) }).relative();
  const run = b.scan({ over, read: [b.meter], settleMs: 50, returnTo: 'initial' });
  const points = collect(run);
  const beganMs = b.clock.epochMs();
  expect(await run.done).toMatchObject({ outcome: 'completed', points: 12 });
  expect(points.map(({ targets }) => targets[0]).slice(0, 4)).toEqual([3.5, 4.5, 5.5, 6.5]);
  const lines = [0, 4, 8].map((first) => Math.round((points[first]?.atEpochMs ?? 0) - beganMs));
  expect((lines[2] as number) - (lines[1] as number)).toBeCloseTo(3000, -2);
  expect(b.where()).toBe(5);
});

it('reads a baseline, waits for conditions before lines, and drops lines that are given up while it is paused', async () => {
  await using b = await bench();
  const { recorder, kept } = memoryRecorder();
  const over = fly(b.x, 0, 10, 5, { lines: linspace(b.y, 1, 4, 4) });
  const waitUntil = [inBand('y', { from: 0, to: 5, forMs: 200, withinMs: 1000, everyMs: 20 })];
  const run = b.scan({ over, read: [b.meter], baseline: [b.y], waitUntil, save: recorder });
  const held: string[] = [];
  run.progress$.subscribe(({ waitsFor }) => held.push(...(waitsFor ?? [])));
  run.actor.on('pointSaved', ({ measured }) => measured === 1 && run.pause());
  await b.clock.sleep(60_000);
  expect([run.state, kept.points.length]).toEqual(['paused', 10]);
  const revision = await run.edit({ drop: [2] });
  expect(revision.fromStep).toBe(2);
  run.resume();
  expect(await run.done).toMatchObject({ outcome: 'completed', points: 15, skipped: 5 });
  expect(kept.points.map(({ status = 'measured' }) => status)).toEqual([
    ...Array(10).fill('measured'),
    ...Array(5).fill('dropped'),
    ...Array(5).fill('measured'),
  ]);
  expect(kept.baseline.map(({ at, values: [value] }) => [at, value?.data[0]?.data[0]?.[0]])).toEqual([
    ['begin', 0],
    ['end', 4],
  ]);
  expect(held.length).toBeGreaterThanOrEqual(3);
});

it('stops the ramp when it is aborted, and drops its line', async () => {
  await using b = await bench();
  const run = b.scan({ over: fly(b.x, 0, 20, 20), read: [b.meter] });
  await b.clock.sleep(500);
  run.abort();
  expect(await run.done).toMatchObject({ outcome: 'stopped', points: 0 });
  expect(b.where()).toBeGreaterThan(3);
  expect(b.where()).toBeLessThan(7);
  expect([b.x.state, b.meter.state]).toEqual(['idle', 'idle']);
});

it('fails, with the ramp stopped, when a detector fails on the way or gives nothing', async () => {
  const fault = new DaqtorError('instrument.fault', { problem: 'the shutter is jammed' });
  await using faulty = await bench({
    live: async (_, signal) => {
      await Promise.resolve(signal);
      throw fault;
    },
  });
  const run = faulty.scan({ over: fly(faulty.x, 0, 20, 20), read: [faulty.meter], onError: 'abort' });
  await expect(run.done).rejects.toThrow('[meter] the shutter is jammed');
  expect(faulty.x.state).toBe('idle');
  expect(faulty.where()).toBeLessThan(1);
  await using slow = await bench({ live: (_, signal) => slow.clock.sleep(1e9, signal) });
  const silent = { over: fly(slow.x, 0, 20, 20), read: [slow.meter], onError: 'abort' } as const;
  await expect(slow.scan(silent).done).rejects.toThrow(
    /\[meter\] it gave no frame while \[x\] was ramping. Let the actuator move more slowly/,
  );
});

it('is refused with every reason before anything moves', async () => {
  await using b = await bench();
  const run = b.scan({ over: fly(b.x, 0, 20, 20, { overrun: 2, lines: linspace('z', 0, 1, 2) }), read: [b.meter] });
  await expect(run.done).rejects.toThrow(
    /\[z\] is not in this lab.*\[x\] 2 of 22 positions \(-2 to 22 mm\) lie outside its limits/,
  );
  expect(b.where()).toBe(0);
  expect(() => fly(b.x, 1, 1, 5)).toThrow('[x] a ramp cannot go from 1 to 1');
  expect(() => grid(linspace(b.y, 0, 1, 2), fly(b.x, 0, 1, 5))).toThrow('a fly scan cannot be part of another');
  const settled = b.scan({ over: linspace(b.y, 0, 1, 2), read: [b.meter], everyMs: 5 });
  await expect(settled.done).rejects.toThrow('everyMs means nothing to a scan that does not fly');
});
