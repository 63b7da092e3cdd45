import { expect, it } from 'vitest';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { fly } from '../scan/fly/fly-scans.ts';
import { linspace } from '../scan/sweep.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { lab } from './lab.ts';
import { type BatchScan, batch } from './scan-batch.ts';

/** A stage that takes 100 ms for a move, and a meter that takes 10 ms; the meter fails above 5 mm. */
async function bench() {
  const clock = new VirtualClock();
  let [position, arrivesMs] = [0, 0];
  const stage = stubActuator(() => ({
    startMove: async (target) => {
      [position, arrivesMs] = [target, clock.now() + 100];
    },
    isMoving: async () => clock.now() < arrivesMs,
    readPosition: async () => position,
    moveMs: (from, to) => (from === to ? 0 : 100),
  }));
  const meter = stubDetector(async () => {
    await clock.sleep(10);
    if (position > 5) throw new DaqtorError('instrument.fault', { problem: 'overload' });
    return [new DataWithAxes({ name: 'power', data: [position], units: 'W' })];
  });
  return await lab({ x: stage({ limits: [0, 10] }), meter: meter({}) }, { clock });
}

type Bench = Awaited<ReturnType<typeof bench>>;
const line = (b: Bench, to: number, name?: string): BatchScan => ({
  over: linspace(b.x, 0, to, 3),
  read: [b.meter],
  ...(name !== undefined && { name }),
});
const states = (run: ReturnType<typeof batch>) => run.entries.map(({ name, state }) => `${name} ${state}`);

it('runs scans one after the other, fly scans too', async () => {
  await using b = await bench();
  const flight: BatchScan = { name: 'flight', over: fly(b.x, 0, 4, 2), read: [b.meter], everyMs: 10 };
  const run = batch(b, [line(b, 2, 'first'), flight, line(b, 1)]);
  const begun: string[] = [];
  run.runs$.subscribe(({ index, name }) => begun.push(`${index} ${name}`));
  const { outcome, entries } = await run.done;
  expect([outcome, begun]).toEqual(['completed', ['0 first', '1 flight', '2 scan 3']]);
  expect(entries.map(({ state, result }) => [state, result?.points])).toEqual([
    ['completed', 3],
    ['completed', expect.any(Number)],
    ['completed', 3],
  ]);
});

it('is refused as a whole, with the reasons against each scan, before anything moves', async () => {
  await using b = await bench();
  const run = batch(b, [line(b, 2, 'good'), line(b, 20, 'far'), { over: fly(b.x, 0, 12, 3), read: [b.meter] }]);
  await expect(run.done).rejects.toMatchObject({
    code: 'scan.refused',
    message: expect.stringMatching(
      /far: \[x\] 1 of 3 positions .*; scan 3: \[x\] 1 of 5 positions \(0 to 12 mm\).*Nothing has moved/,
    ),
  });
  expect(states(run)).toEqual(['good waiting', 'far waiting', 'scan 3 waiting']);
});

it('begins no other scan after one that failed, unless it is told to go on', async () => {
  await using b = await bench();
  const stops = batch(b, [line(b, 2, 'a'), line(b, 8, 'b'), line(b, 1, 'c')]);
  await expect(stops.done).rejects.toThrow(/1 of 3 scans failed: b: \[meter\] overload.*1 were not begun/);
  expect(states(stops)).toEqual(['a completed', 'b failed', 'c waiting']);
  const goesOn = batch(b, [line(b, 8, 'b'), line(b, 1, 'c')], { whenOneFails: 'goOn' });
  await expect(goesOn.done).rejects.toThrow(/1 of 2 scans failed/);
  expect(states(goesOn)).toEqual(['b failed', 'c completed']);
});

it('stops after the current point, or aborts now, and begins no other scan', async () => {
  for (const [how, points] of [
    ['stop', 2],
    ['abort', 1],
  ] as const) {
    await using b = await bench();
    const run = batch(b, [line(b, 2, 'a'), line(b, 1, 'b')]);
    await b.clock.sleep(150);
    run[how]();
    const { outcome, entries } = await run.done;
    expect([outcome, entries[0]?.result?.points]).toEqual(['stopped', points]);
    expect(states(run)).toEqual(['a stopped', 'b waiting']);
  }
});

it('knows within 5 % how long a fly scan takes before it runs', async () => {
  await using b = await bench();
  const over = fly(b.x, 1, 4, 2);
  const { durationMs, points, reasons } = await b.dryRun({ over, read: [b.meter] });
  expect([points, reasons]).toEqual([2, []]);
  const beganMs = b.clock.now();
  await b.scan({ over, read: [b.meter] }).done;
  expect(Math.abs((b.clock.now() - beganMs) / durationMs - 1)).toBeLessThan(0.05);
});
