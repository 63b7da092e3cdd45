import { expect, it } from 'vitest';
import type { DetectorDriver } from '../contracts/detector-driver.ts';
import type { ScanPoint } from '../contracts/scan-recorder.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { lab } from '../lab/lab.ts';
import { FRAMES } from '../scan/fly/fly-bins.ts';
import { fly } from '../scan/fly/fly-value.ts';
import { linspace, positions } from '../scan/sweep.ts';
import { tabular } from '../scan/tabular.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import type { DaqFlyScan } from './daq-fly-scan.ts';

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

function collect(run: DaqFlyScan): ScanPoint[] {
  const points: ScanPoint[] = [];
  run.points$.subscribe((point) => points.push(point));
  return points;
}
const datum = ({ data }: ScanPoint, name: string) => Number(data[0]?.get(name)?.data[0]?.[0]);

it('measures on the way what it would measure at rest, each frame in the bin where it belongs', async () => {
  await using b = await bench();
  const run = b.fly({ over: fly(b.x, 0, 20, 20, { overrun: 1 }), read: [b.meter] });
  const points = collect(run);
  expect(await run.done).toMatchObject({ outcome: 'completed', points: 20 });
  expect(points.map(({ indexes }) => indexes[0])).toEqual([...Array(20).keys()]);
  for (const point of points) {
    expect(datum(point, FRAMES)).toBeGreaterThanOrEqual(9);
    expect(datum(point, 'seen')).toBeCloseTo(point.positions[0] as number, 6);
    expect(Math.abs((point.positions[0] as number) - (point.targets[0] as number))).toBeLessThan(0.06);
  }
});

it('leaves bins out that were passed between two frames', async () => {
  await using b = await bench();
  const run = b.fly({ over: fly(b.x, 0, 20, 400), read: [b.meter] });
  const points = collect(run);
  const { points: count, frames } = await run.done;
  expect(count).toBeLessThan(210);
  expect(count).toBeGreaterThan(190);
  expect(points.reduce((sum, point) => sum + datum(point, FRAMES), 0)).toBeLessThanOrEqual(frames);
});

it('flies line by line, to and fro', async () => {
  await using b = await bench();
  const over = fly(b.x, 0, 10, 5, { lines: linspace(b.y, 1, 3, 3), snake: true });
  const run = b.fly({ over, read: [b.meter] });
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

it('pauses and stops between two lines, with everything at rest', async () => {
  await using b = await bench();
  const run = b.fly({ over: fly(b.x, 0, 10, 5, { lines: linspace(b.y, 1, 3, 3) }), read: [b.meter] });
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
  expect(deadTime.pausedMs).toBe(60_000);
});

it('stops the ramp when it is aborted, and drops its line', async () => {
  await using b = await bench();
  const run = b.fly({ over: fly(b.x, 0, 20, 20), read: [b.meter] });
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
  const run = faulty.fly({ over: fly(faulty.x, 0, 20, 20), read: [faulty.meter] });
  await expect(run.done).rejects.toThrow('[meter] the shutter is jammed');
  expect(faulty.x.state).toBe('idle');
  expect(faulty.where()).toBeLessThan(1);
  await using slow = await bench({ live: (_, signal) => slow.clock.sleep(1e9, signal) });
  await expect(slow.fly({ over: fly(slow.x, 0, 20, 20), read: [slow.meter] }).done).rejects.toThrow(
    /\[meter\] it gave no frame while \[x\] was ramping. Let the actuator move more slowly/,
  );
});

it('is refused with every reason before anything moves', async () => {
  await using b = await bench();
  const list = tabular(positions(b.y, [1, 2]));
  const run = b.fly({ over: fly(b.x, 0, 20, 20, { overrun: 2, lines: list }), read: [b.meter] });
  await expect(run.done).rejects.toThrow(
    /must be a grid, not a list of points; \[x\] the ramp ends at -2 mm, outside .*; \[x\] the ramp ends at 22 mm/,
  );
  expect(b.where()).toBe(0);
  expect(() => fly(b.x, 1, 1, 5)).toThrow('[x] a ramp cannot go from 1 to 1');
});
