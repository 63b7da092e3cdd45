import { describe, expect, it, vi } from 'vitest';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { lab } from '../lab/lab.ts';
import { grid } from '../scan/builders.ts';
import { inBand } from '../scan/condition.ts';
import { linspace } from '../scan/sweep.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { memoryRecorder } from './testing/scan-on-trial.ts';

/** An oven that is 20 K too hot after each move of `y`, and loses 1 K each 10 ms; its pressure is in kPa. */
async function oven({ breaksAt = -1, coolsTo = 300 } = {}) {
  const clock = new VirtualClock();
  let [heatedMs, readings] = [0, 0];
  const kelvin = () => Math.max(coolsTo, 320 - (clock.now() - heatedMs) / 10);
  const modules = await lab(
    {
      x: stubActuator()({}),
      y: stubActuator(() => ({
        startMove: async () => {
          heatedMs = clock.now();
        },
        readPosition: async () => 0,
      }))({ epsilon: 100 }),
      gate: stubActuator(() => ({ readPosition: async () => 2.5 }))({}),
      meter: stubDetector()({}),
      oven: stubDetector(async () => {
        if (++readings === breaksAt) throw new DaqtorError('instrument.gone', { problem: 'the link is lost' });
        return [
          new DataWithAxes({ name: 'temperature', data: [kelvin()], units: 'K' }),
          new DataWithAxes({ name: 'pressure', data: [7, 100], units: 'kPa' }),
        ];
      })({}),
    },
    { clock },
  );
  const { x, y, meter } = modules;
  const { recorder, kept } = memoryRecorder();
  const options = { over: grid(linspace(y, 0, 1, 2), linspace(x, 0, 1, 2)), read: [meter], save: recorder };
  const beganEpochMs = clock.epochMs();
  /** When points were measured, in ms since the beginning. */
  const times = () => kept.points.map(({ atEpochMs }) => Math.round(atEpochMs - beganEpochMs));
  return { modules, clock, kept, options, times };
}

const cool = inBand('oven', { to: 310, withinMs: 5000, everyMs: 10 });

describe('a condition', () => {
  it('is waited for before each point, and its time is in the ledger', async () => {
    const { modules, times, options } = await oven();
    const { deadTime } = await modules.scan({ ...options, waitUntil: [cool] }).done;
    const [first = 0, second = 0, third = 0] = times();
    expect(first).toBe(100);
    expect(second).toBeGreaterThan(first + 100); // y was told to go where it is, and heats
    expect(third).toBeGreaterThan(second + 100);
    expect(deadTime.conditionsMs).toBe(4 * 100);
    const { totalMs, ...parts } = deadTime;
    expect(Object.values(parts).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(totalMs);
  });

  it('has to last as long as it should', async () => {
    const { modules, times, options } = await oven();
    const band = inBand('oven', { from: 300, to: 310, forMs: 55, withinMs: 5000, everyMs: 10 });
    await modules.scan({ ...options, waitUntil: [band] }).done;
    expect(times()[0]).toBe(155);
  });

  it('is waited for where a slow axis has another target, or before given points only', async () => {
    const slow = await oven();
    await slow.modules.scan({ ...slow.options, waitUntil: [inBand('oven', { ...cool, after: 'y' })] }).done;
    const [a = 0, b = 0, c = 0, d = 0] = slow.times();
    expect([b - a, d - c].every((ms) => ms < 10)).toBe(true);
    expect(c - b).toBeGreaterThanOrEqual(100);
    const given = await oven();
    const { deadTime } = await given.modules.scan({ ...given.options, waitUntil: [{ ...cool, steps: [1, 3] }] }).done;
    expect(deadTime.conditionsMs).toBe(200);
  });

  it('looks at the data and the units that it names', async () => {
    const { modules, options } = await oven();
    const waitUntil = [
      inBand(modules.oven, { data: 'pressure', channel: 1, units: 'bar', from: 0.9, to: 1.1, withinMs: 50 }),
      inBand(modules.gate, { units: 'um', from: 2400, to: 2600, withinMs: 50 }),
    ];
    expect(await modules.scan({ ...options, waitUntil }).done).toMatchObject({ outcome: 'completed', points: 4 });
  });

  it('that is not in time is an error of settling, which names the module and its value', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { modules, clock, kept, options } = await oven({ coolsTo: 312 });
    const run = modules.scan({ ...options, waitUntil: [{ ...cool, withinMs: 200 }] });
    await clock.sleep(1000);
    expect([run.state, kept.points.length]).toEqual(['paused', 0]);
    expect(kept.log.join()).toContain(
      'ERROR settling at step 0: [oven] it is 312 K, and within 200 ms it was not so that [oven] is at most 310 K',
    );
    run.abort();
    await run.done;
    const skipping = await oven({ coolsTo: 312 });
    const onError = [{ module: 'oven', phase: 'settling' as const, policy: 'skip' as const }];
    await skipping.modules.scan({ ...skipping.options, waitUntil: [{ ...cool, withinMs: 200, after: 'y' }], onError })
      .done;
    // The second point of a row has waited as well: nobody has met the condition for that row.
    expect(skipping.kept.points.map(({ status }) => status)).toEqual(Array(4).fill('skippedSettling'));
  });

  it('is lifted by skipWait, and told while it lasts', async () => {
    const { modules, clock, options } = await oven({ coolsTo: 312 });
    const run = modules.scan({ ...options, waitUntil: [{ ...cool, units: 'K' }] });
    const told: string[] = [];
    run.progress$.subscribe(({ waitsFor }) => told.push(waitsFor.join()));
    await clock.sleep(300);
    expect([run.state, told.at(-1)]).toEqual(['settling', '[oven] is at most 310 K']);
    run.skipWait();
    await clock.sleep(1);
    expect(told.at(-1)).toBe('');
    run.abort();
    expect((await run.done).points).toBe(1);
  });

  it('whose instrument is lost is told at once, and goes on once that is back', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { modules, clock, options } = await oven({ breaksAt: 3 });
    const run = modules.scan({ ...options, waitUntil: [cool] });
    await clock.sleep(1000);
    expect(run.state).toBe('paused');
    expect(run.refusal('resume')).toContain('[oven] is faulted');
    await modules.connect();
    run.resume();
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 4 });
  });

  it('leaves nothing under way when it is interrupted', async () => {
    const { modules, clock, kept, options } = await oven();
    const run = modules.scan({ ...options, waitUntil: [cool] });
    await clock.sleep(55);
    run.pauseNow();
    await clock.sleep(500);
    expect([run.state, modules.oven.state, clock.pending]).toEqual(['paused', 'idle', 0]);
    run.resume();
    await run.done;
    expect(kept.points.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
  });
});

describe('before a scan begins', () => {
  it('all that is wrong with conditions and suspenders is told at once', async () => {
    const { modules, options } = await oven();
    await modules.oven.grab();
    await modules.gate.close();
    const { reasons } = await modules.dryRun({
      ...options,
      waitUntil: [
        { ...cool, module: 'freezer' },
        { ...cool, units: 'mm' },
        { ...cool, data: 'humidity' },
        { ...cool, after: 'z' },
        { ...cool, steps: [3, 4] },
        { ...cool, module: 'x', data: 'temperature' },
        { ...cool, units: 'furlongs' },
      ],
      suspendWhen: [
        { module: 'cellar', above: 1 },
        { module: 'gate', above: 1 },
        { module: 'x', above: 1, units: 'K' },
      ],
    });
    expect(reasons).toEqual([
      'waitUntil.0 names [freezer], which is not in this lab, which has x, y, gate, meter, oven',
      "waitUntil.1 looks at [oven] in 'mm', and it is in 'K'",
      "waitUntil.2 names data 'humidity' of [oven], which gives 'temperature', 'pressure'",
      'waitUntil.3 waits after [z], which the scan does not move',
      'waitUntil.4 names steps 4 of a scan of 4 points',
      "waitUntil.5 names data 'temperature' of [x], an actuator that has a position only",
      "waitUntil.6 has the units 'furlongs', which nobody knows",
      'suspendWhen.0 names [cellar], which is not in this lab, which has x, y, gate, meter, oven',
      'suspendWhen.1 looks at [gate], which is offline, not idle',
      "suspendWhen.2 looks at [x] in 'K', and it is in 'mm'",
    ]);
  });

  it('the dry run tells what is waited for, and the least time of that', async () => {
    const { modules, options } = await oven();
    await Promise.all([modules.oven.grab(), modules.meter.grab()]);
    const plain = await modules.dryRun(options);
    const report = await modules.dryRun({
      ...options,
      waitUntil: [
        inBand('oven', { from: 300, to: 310, forMs: 10_000, withinMs: 600_000, after: 'y' }),
        { ...cool, steps: [1] },
      ],
      suspendWhen: [{ module: 'oven', above: 37, units: 'degC', resumeBelow: 30, below: 1, hysteresis: 2, forMs: 500 }],
    });
    expect(report.reasons).toEqual([]);
    expect(report.conditions).toEqual([
      'waits until [oven] is from 300 to 310 K for 10 s, before each point after [y] has moved, for at most 600 s',
      'waits until [oven] is at most 310 K, before point 1, for at most 5 s',
      'is held while [oven] is above 37 or below 1 degC, until it is not above 30 and not below 3 degC for 0.5 s',
    ]);
    expect(report.durationMs - plain.durationMs).toBe(2 * 10_000);
    expect(report.unknownDurations).toContain('oven');
  });
});

it('a suspender by name holds the scan, in its own units, until the value is back', async () => {
  const { modules, clock, kept, options } = await oven();
  const suspendWhen = [{ module: 'oven', above: 36.85, resumeBelow: 31.85, units: 'degC', everyMs: 10 }];
  const run = modules.scan({ ...options, settleMs: 20, suspendWhen });
  await clock.sleep(50);
  expect(run.state).toBe('held');
  expect(kept.log.join()).toMatch(/oven holds the scan: .* is above 36\.85/);
  await clock.sleep(80);
  expect(run.state).toBe('held'); // Not above 310 K any more, but above 305 K.
  run.abort();
  await run.done;
});
