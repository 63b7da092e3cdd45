import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scan } from '../scan.ts';
import { parseScan } from '../scan-value.ts';
import { adaptive1D, adaptive2D } from './adaptive-scans.ts';

/** The positions that a scan of this signal takes, in order. */
function walk(scan: Scan, signal: (at: readonly number[]) => number): number[][] {
  const decider = scan.points.decisions?.begin();
  const visited: number[][] = [];
  while (visited.length < scan.size) {
    const at = decider?.next();
    if (!at) break;
    decider?.tell(visited.length, signal(at));
    visited.push([...at]);
  }
  return visited;
}
const firsts = (points: readonly (readonly number[])[]) => points.map(([first = Number.NaN]) => first);
const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b);
const gaps = (values: readonly number[]) =>
  ascending(values)
    .slice(1)
    .map((value, i) => value - (ascending(values)[i] as number));

const peakAt = (centre: number, width: number) => (x: number) => 1 / (1 + ((x - centre) / width) ** 2);
const line = (options: Partial<Parameters<typeof adaptive1D>[3]> = {}) =>
  adaptive1D('x', -5, 5, { signal: 'meter', count: 60, ...options });
const plane = (options: Partial<Parameters<typeof adaptive2D>[2]> = {}) =>
  adaptive2D(['x', -1, 1], ['y', 0, 4], { signal: 'meter', count: 200, ...options });
const peak = fc.record({
  centre: fc.double({ min: -4, max: 4, noNaN: true }),
  width: fc.double({ min: 0.05, max: 2, noNaN: true }),
  loss: fc.constantFrom('distance' as const, 'curvature' as const),
});

describe('an adaptive scan of one axis', () => {
  it('takes both ends, then halves of halves, while nothing is known', () => {
    const flat = firsts(walk(line({ count: 5, initial: 5 }), () => 7));
    expect(flat).toEqual([-5, 5, 0, -2.5, 2.5]);
  });

  it('looks more closely where the signal changes', () => {
    const visited = firsts(walk(line(), ([x = 0]) => peakAt(1, 0.2)(x)));
    const near = visited.filter((x) => Math.abs(x - 1) < 1);
    expect(near.length).toBeGreaterThan(visited.length / 2);
    expect(Math.min(...gaps(near))).toBeLessThan(0.1);
  });

  it('by curvature puts its points where the curve bends, not where it is steep', () => {
    const ramp = ([x = 0]: readonly number[]) => Math.min(1, Math.max(-1, x / 2));
    const share = (loss: 'distance' | 'curvature') =>
      firsts(walk(line({ loss }), ramp)).filter((x) => Math.abs(Math.abs(x) - 2) < 0.1).length;
    expect(share('curvature')).toBeGreaterThan(2 * share('distance'));
  });

  it('ends when no interval is longer on the plot than the goal', () => {
    const signal = peakAt(1, 0.5);
    const visited = ascending(firsts(walk(line({ count: 1000, goal: 0.1 }), ([x = 0]) => signal(x))));
    expect(visited.length).toBeLessThan(100);
    const values = visited.map(signal);
    const range = Math.max(...values) - Math.min(...values);
    for (let i = 1; i < visited.length; i++) {
      const [a = 0, b = 0] = [visited[i - 1], visited[i]];
      expect(Math.hypot((b - a) / 10, (signal(b) - signal(a)) / range)).toBeLessThanOrEqual(0.1);
    }
  });

  it('never measures closer than its resolution, and ends when nothing is left', () => {
    const step = ([x = 0]: readonly number[]) => (x < 0.3 ? 0 : 1);
    const visited = firsts(walk(line({ count: 1000, resolution: 0.25 }), step));
    expect(Math.min(...gaps(visited))).toBeGreaterThanOrEqual(0.25);
    expect(visited).toHaveLength(33);
    expect(line({ count: 1000, resolution: 0.25 }).size).toBe(33);
  });

  it('goes on without a value that is not a number', () => {
    const signal = peakAt(1, 0.2);
    const visited = firsts(walk(line(), ([x = 0]) => (x === 0 || x === 5 ? Number.NaN : signal(x))));
    expect(new Set(visited).size).toBe(60);
    expect(visited.filter((x) => Math.abs(x - 1) < 1).length).toBeGreaterThan(25);
  });

  it('mirrors when it is run the other way: same signal mirrored, same decisions', () => {
    fc.assert(
      fc.property(peak, ({ centre, width, loss }) => {
        const to = firsts(walk(line({ loss }), ([x = 0]) => peakAt(centre, width)(x)));
        const back = adaptive1D('x', 5, -5, { signal: 'meter', count: 60, loss });
        const fro = firsts(walk(back, ([x = 0]) => peakAt(-centre, width)(x)));
        expect(fro.map((x) => -x || 0)).toEqual(to.map((x) => x || 0));
      }),
    );
  });

  it('takes as many points to the same goal in either direction, at the same places', () => {
    fc.assert(
      fc.property(peak, ({ centre, width }) => {
        const signal = ([x = 0]: readonly number[]) => peakAt(centre, width)(x);
        const to = walk(line({ goal: 0.08, count: 500 }), signal);
        const fro = walk(adaptive1D('x', 5, -5, { signal: 'meter', count: 500, goal: 0.08 }), signal);
        expect(ascending(firsts(fro))).toEqual(ascending(firsts(to)));
      }),
    );
  });

  it('decides the same whatever the units and the offset of positions and values', () => {
    fc.assert(
      fc.property(peak, fc.integer({ min: -8, max: 8 }), fc.integer({ min: -8, max: 8 }), (of, a, b) => {
        const [unit, gain] = [2 ** a, 2 ** b];
        const plain = firsts(walk(line(), ([x = 0]) => peakAt(of.centre, of.width)(x)));
        const scaled = adaptive1D('x', -5 * unit, 5 * unit, { signal: 'meter', count: 60 });
        const visited = firsts(walk(scaled, ([x = 0]) => gain * peakAt(of.centre, of.width)(x / unit)));
        expect(visited.map((x) => x / unit)).toEqual(plain);
      }),
    );
  });
});

describe('an adaptive scan of two axes', () => {
  const ring = ([x = 0, y = 0]: readonly number[]) => 1 / (1 + ((Math.hypot(x, (y - 2) / 2) - 0.5) / 0.05) ** 2);

  it('takes the corners and the centre, then an even mesh, while nothing is known', () => {
    const flat = walk(plane({ count: 25 }), () => 1);
    expect(flat.slice(0, 5)).toEqual([
      [-1, 0],
      [1, 0],
      [1, 4],
      [-1, 4],
      [0, 2],
    ]);
    const mesh = new Set(flat.map(String));
    for (const x of [-1, -0.5, 0, 0.5, 1]) for (const y of [0, 1, 2, 3, 4]) expect(mesh).toContain(`${x},${y}`);
  });

  it('follows a ring', () => {
    const visited = walk(plane({ count: 400 }), ring);
    const isNear = ([x = 0, y = 0]: readonly number[]) => Math.abs(Math.hypot(x, (y - 2) / 2) - 0.5) < 0.15;
    expect(visited.filter(isNear).length).toBeGreaterThan(200);
    expect(new Set(visited.map(String)).size).toBe(400);
  });

  it('ends by its goal, and by its resolution', () => {
    const coarse = walk(plane({ count: 4000, goal: 0.2 }), ring).length;
    const fine = walk(plane({ count: 4000, goal: 0.1 }), ring).length;
    expect(coarse).toBeGreaterThan(25);
    expect(fine).toBeGreaterThan(2 * coarse);
    expect(fine).toBeLessThan(3000);
    const limited = adaptive2D(['x', 0, 1, { resolution: 0.25 }], ['y', 0, 1, { resolution: 0.25 }], {
      signal: 'meter',
      count: 500,
    });
    expect(limited.size).toBe(25);
  });

  it('mirrors with either axis', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 4, noNaN: true }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (cx, cy, width) => {
          const hill = (x: number, y: number) => Math.exp(-(((x - cx) / width) ** 2) - ((y - cy) / width) ** 2);
          const to = walk(plane({ count: 80 }), ([x = 0, y = 0]) => hill(x, y));
          const back = adaptive2D(['x', 1, -1], ['y', 0, 4], { signal: 'meter', count: 80 });
          const fro = walk(back, ([x = 0, y = 0]) => hill(-x, y));
          expect(fro.map(([x = 0, y]) => [-x || 0, y])).toEqual(to.map(([x = 0, y]) => [x || 0, y]));
        },
      ),
      { numRuns: 30 },
    );
  });
});

it('is data, and part of no other scan', () => {
  const scan = line({ goal: 0.1, resolution: 0.01, signal: { detector: 'meter', data: 'voltage', of: 'sum' } });
  expect(parseScan(JSON.parse(JSON.stringify(scan)))).toEqual(scan.value);
  expect(
    parseScan({ kind: 'adaptive1D', span: { actuator: 'x', from: 0, to: 1 }, signal: { detector: 'm' }, count: 9 }),
  ).toMatchObject({ initial: 9, loss: 'distance', signal: { channel: 0, of: 'mean' } });
  expect(scan).toMatchObject({ type: 'Tabular', subType: 'Adaptive', distribution: 'spread' });
  expect(() => scan.repeated(2)).toThrow(/adaptive scan cannot be part of another/);
  expect(() => adaptive1D('x', 1, 1, { signal: 'meter', count: 5 })).toThrow(
    /\[x\] an adaptive scan cannot go from 1 to 1/,
  );
  expect(new Scan(scan.value).relative().points.axes[0]?.isRelative).toBe(true);
});
