import { describe, expect, it } from 'vitest';
import type { ScanRecorder } from '../contracts/scan-recorder.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { lab } from '../lab/lab.ts';
import { ellipse, linear } from '../roi/region.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { adaptive1D, adaptive2D } from './adaptive/adaptive-scans.ts';
import { concat, fermat, grid, path, pymodaq, rings, scatter, spiral, squareSpiral, times, zip } from './builders.ts';
import { fly } from './fly/fly-scans.ts';
import type { Scan } from './scan.ts';
import type { ScanSettingsInput } from './scan-settings.ts';
import { linspace, logspace, positions, sparse, steps } from './sweep.ts';
import { tabular } from './tabular.ts';

/** Moves at a constant speed, in mm/s, after 5 ms in which it starts. */
const stage = (speed: number) =>
  stubActuator(({ clock }, driver) => {
    let [from, to, beganMs] = [0, 0, Number.NEGATIVE_INFINITY];
    const moveMs = (a: number, b: number) => (a === b ? 0 : 5 + (1000 * Math.abs(b - a)) / speed);
    return {
      moveMs,
      startMove: async (target) => {
        driver.calls.push(`startMove ${target}`);
        [from, to, beganMs] = [to, target, clock.now()];
      },
      isMoving: async () => clock.now() - beganMs < moveMs(from, to),
      readPosition: async () => {
        const way = Math.min(1, (clock.now() - beganMs) / moveMs(from, to));
        return way < 1 ? from + (to - from) * way : to;
      },
    };
  });

async function bench(calls: string[] = []) {
  const clock = new VirtualClock();
  const exposure = (ms: number) => async () => {
    await clock.sleep(ms);
    return [new DataWithAxes({ name: 'image', data: [new Uint16Array(100)], shape: [10, 10], units: 'count' })];
  };
  return await lab(
    {
      x: stage(4)({ limits: [-5, 5], backlash: 0.1, settleMs: 3 }),
      y: stage(1)({ limits: [-5, 5], scale: { factor: 2, units: 'mm' } }),
      dumb: stubActuator(() => ({ startMove: async (target) => void calls.push(`${target}`) }))({ limits: [0, 1] }),
      camera: stubDetector(exposure(30))({}),
      meter: stubDetector(exposure(12), () => ({ grabMs: () => 12 }))({}),
    },
    { clock },
  );
}

describe('the duration', () => {
  type Bench = Awaited<ReturnType<typeof bench>>;
  const disc = { radius: 2, spacing: 0.7 };
  const kinds: Readonly<Record<string, (b: Bench) => Scan>> = {
    'a line': (b) => grid(linspace(b.x, -1, 1, 9)),
    'a line in steps': (b) => grid(steps(b.x, -1, 1, 0.3)),
    'a line with a constant ratio': (b) => grid(logspace(b.x, 0.01, 4, 9)),
    'positions in their order': (b) => grid(positions(b.x, [3, -2, 1, 4, 0])),
    'ranges of an axis': (b) => grid(sparse(b.x, '0:0.5:2, 3, 4')),
    'a grid': (b) => grid(linspace(b.y, -1, 1, 6), linspace(b.x, -1, 1, 7)),
    'a grid to and fro': (b) => grid(linspace(b.y, -1, 1, 6), linspace(b.x, -1, 1, 7)).snake(),
    'a grid in random order': (b) => grid(linspace(b.y, -1, 1, 6), linspace(b.x, -1, 1, 7, 'mm')).shuffled(4),
    'a grid within a region': (b) =>
      grid(linspace(b.y, -2, 2, 7), linspace(b.x, -2, 2, 7)).inside(ellipse([0, 0], [2, 2]), b.x, b.y),
    'a line there and back': (b) => grid(linspace(b.x, -1, 1, 9)).backAndForth(),
    'random points': (b) =>
      scatter(
        [
          [b.x, -2, 2],
          [b.y, -2, 2],
        ],
        20,
        3,
      ),
    'a square spiral': (b) => squareSpiral(b.x, b.y, { step: 0.5, rings: 2 }),
    'a spiral': (b) => spiral(b.x, b.y, disc),
    "Fermat's spiral": (b) => fermat(b.x, b.y, disc),
    rings: (b) => rings(b.x, b.y, { ...disc, perRing: 4 }),
    'a list': (b) => tabular(positions(b.x, [3000, -3000, 0], 'um'), positions(b.y, [0, 1, 4])),
    'lists side by side': (b) => zip(linspace(b.x, 0, 4, 5), linspace(b.y, 4, 0, 5)),
    'lists one after the other': (b) => concat(linspace(b.x, 0, 1, 5), linspace(b.x, 4, 3, 5)),
    'a path': (b) =>
      path(
        [b.x, b.y],
        [
          [0, 0],
          [3, 0],
          [3, 3],
        ],
        0.5,
      ),
    'a series': () => times(5, 700),
    'a grid at times': (b) => grid(times(3, 4000), linspace(b.x, 0, 1, 4)),
    'a line several times': (b) => grid(linspace(b.x, 0, 1, 5)).repeated(3),
    'a line, each point several times': (b) => grid(linspace(b.x, 0, 1, 5)).repeated(3, { each: true }),
    'a line from where the axis is': (b) => grid(linspace(b.x, -1, 1, 9)).relative(),
    'an adaptive line of which nothing is known': (b) => adaptive1D(b.x, 0, 4, { signal: b.meter, count: 20 }),
    'an adaptive plane of which nothing is known': (b) =>
      adaptive2D([b.x, 0, 2], [b.y, 0, 2], { signal: b.meter, count: 20, initial: 9 }),
    'lines on the fly': (b) => fly(b.x, -1, 1, 10, { overrun: 0.2, lines: linspace(b.y, 0, 1, 4) }),
    'lines on the fly, to and fro, at times': (b) => fly(b.x, -1, 1, 10, { lines: times(3, 2000), snake: true }),
    'as PyMoDAQ': (b) => pymodaq([b.x], { type: 'Scan1D', subType: 'Linear', start: 0, stop: 2, step: 0.2 }),
  };
  const habits = {
    'and nothing else': {},
    'with waits and the way back': { waitMs: 30, returnTo: 'initial' },
    'with the way to somewhere else': { returnTo: { x: 5, y: -5 } },
  } as const;
  const cases = Object.keys(kinds).flatMap((kind) => Object.keys(habits).map((habit) => [kind, habit] as const));

  it.each(cases)('of %s %s is foreseen within 5 % of what it takes', async (kind, habit) => {
    await using b = await bench();
    await b.camera.grab();
    await Promise.all([b.x.move(0.5), b.y.move(-0.5)]);
    const over = (kinds[kind] as (b: Bench) => Scan)(b);
    const settings: ScanSettingsInput = habits[habit as keyof typeof habits];
    const { returnTo } = settings;
    const axes = over.points.axes.map(({ name }) => name);
    const home = typeof returnTo === 'object' && Object.entries(returnTo).filter(([name]) => axes.includes(name));
    const options = {
      over,
      read: [b.camera, b.meter],
      settleMs: 20,
      onError: 'abort' as const,
      ...settings,
      ...(home && { returnTo: Object.fromEntries(home) }),
    };
    const { durationMs, unknownDurations } = await b.dryRun(options);
    const { deadTime } = await b.scan(options).done;
    expect(unknownDurations).toEqual([]);
    expect(deadTime.totalMs).toBeGreaterThan(1000);
    expect(Math.abs(durationMs / deadTime.totalMs - 1)).toBeLessThan(0.05);
  });

  it('of many points is foreseen from some of them', async () => {
    await using b = await bench();
    const perPoint = async (rows: number) => {
      const over = grid(linspace(b.y, 0, (rows - 1) / 100, rows), linspace(b.x, 0, 4, 199)).snake();
      const { durationMs, points } = await b.dryRun({ over, read: [b.meter] });
      return durationMs / points;
    };
    // 19 900 steps are all looked at, of twice as many about every second.
    expect((await perPoint(200)) / (await perPoint(100))).toBeCloseTo(1, 2);
  });

  it('leaves out modules that cannot tell, and names them', async () => {
    await using b = await bench();
    const report = await b.dryRun({ over: grid(linspace(b.dumb, 0, 1, 3)), read: [b.camera], settleMs: 50 });
    expect(report).toMatchObject({
      durationMs: 150,
      unknownDurations: ['dumb', 'camera'],
      forms: {},
      bytes: undefined,
    });
  });
});

describe('a dry run', () => {
  it('moves nothing and says how far everything goes, what comes and how much it is', async () => {
    const calls: string[] = [];
    await using b = await bench(calls);
    await b.camera.grab();
    const report = await b.dryRun({ over: grid(linspace(b.dumb, 0, 1000, 3, 'um')), read: [b.camera] });
    expect(report).toMatchObject({
      reasons: [],
      points: 3,
      shape: [3],
      reaches: [{ name: 'dumb', units: 'mm', min: 0, max: 1, count: 3, outside: 0 }],
      forms: { camera: [{ name: 'image', dim: 'Data2D', shape: [10, 10], units: 'count', bytes: 200, numbers: 100 }] },
      bytes: 3 * (200 + 17),
    });
    const flying = { over: fly(b.x, 0, 1, 7, { lines: linspace(b.y, 0, 1, 3) }), read: [b.camera] };
    const perBin = 2 * 8 * 100 + 4 + 25;
    expect((await b.dryRun(flying)).bytes).toBe(21 * perBin);
    expect((await b.dryRun({ ...flying, before: { steps: 2, skipped: 0 } })).bytes).toBe(7 * perBin);
    expect(calls).toEqual([]);
  });

  it('gives every reason at once, as the refused scan does', async () => {
    const calls: string[] = [];
    await using b = await bench(calls);
    await b.y.close();
    const over = grid(
      linspace('z', 0, 1, 2),
      linspace('camera', 0, 1, 2),
      linspace('y', 0, 1, 2),
      linspace('x', 0, 1, 2, 'V'),
      linspace('dumb', 0, 1.5, 4),
    );
    const options = { over, read: [b.meter, b.meter] };
    const { reasons, durationMs } = await b.dryRun(options);
    expect(reasons).toEqual([
      '[z] is not in this lab, which has x, y, dumb, camera, meter',
      '[camera] is a detector and cannot be moved',
      "[x] positions in 'V' cannot be reached by an axis that moves in 'mm'",
      '[y] is offline, not idle',
      '[meter] takes part twice',
      '[dumb] 1 of 4 positions (0 to 1.5 mm) lie outside its limits 0 to 1 mm',
    ]);
    expect(durationMs).toBeNaN();
    const refusal = await b.scan(options).done.catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'scan.refused' });
    for (const reason of reasons) expect(String(refusal)).toContain(reason);
    expect(calls).toEqual([]);
  });

  it('looks only at points that are visited', async () => {
    await using b = await bench();
    const square = grid(linspace(b.y, -5.5, 5.5, 12), linspace(b.x, -5.5, 5.5, 12));
    expect((await b.dryRun({ over: square, read: [] })).reasons).toHaveLength(2);
    const disc = square.inside(ellipse([0, 0], [4.8, 4.8]), b.x, b.y);
    expect((await b.dryRun({ over: disc, read: [] })).reasons).toEqual([]);
    const torn = grid(linspace('z', 0, 9, 2), linspace(b.dumb, 0, 2, 3)).inside(linear(1, 2), b.dumb);
    expect((await b.dryRun({ over: torn, read: [] })).reasons).toEqual([
      expect.stringContaining('[z] is not in this lab'),
      expect.stringContaining('[dumb] 2 of 4 positions (1 to 2 mm)'),
    ]);
  });

  it('counts a relative scan from where the axis is', async () => {
    await using b = await bench();
    await b.x.move(4.5);
    const over = grid(linspace(b.x, -1, 1, 3)).relative();
    const { reaches, reasons } = await b.dryRun({ over, read: [] });
    expect(reaches).toMatchObject([{ min: 3.5, max: 5.5, outside: 1 }]);
    expect(reasons).toEqual([expect.stringContaining('[x] 1 of 3 positions (3.5 to 5.5 mm)')]);
    await b.x.move(2);
    const run = b.scan({ over, read: [] });
    const visited: (readonly number[])[] = [];
    run.points$.subscribe((point) => visited.push(point.positions));
    await run.done;
    expect(visited).toEqual([[1], [2], [3]]);
  });
});

describe('room for the data', () => {
  const recorder = (freeBytes: number | undefined): ScanRecorder => ({
    freeBytes: async () => freeBytes,
    begin: () => Promise.reject(new Error('begun')),
  });

  it('is asked for before anything is opened', async () => {
    await using b = await bench();
    await b.camera.grab();
    const over = grid(linspace(b.dumb, 0, 1, 1000));
    const needed = 1000 * (200 + 17);
    const run = (free: number | undefined) => b.scan({ over, read: [b.camera], save: recorder(free) }).done;
    await expect(run(needed - 1)).rejects.toThrow('its data need 1 MiB, and where they are saved only 1 MiB are free');
    await expect(run(needed)).rejects.toThrow('begun');
    await expect(run(undefined)).rejects.toThrow('begun');
  });
});
