import fc from 'fast-check';
import { expect, it } from 'vitest';
import { concat, fermat, grid, path, rings, scatter, spiral, squareSpiral, zip } from './builders.ts';
import type { Scan } from './scan.ts';
import { linspace, logspace, positions, steps } from './sweep.ts';

const targets = (scan: Scan) => Array.from({ length: scan.size }, (_, step) => [...scan.at(step).targets]);
const places = (scan: Scan) => Array.from({ length: scan.size }, (_, step) => scan.at(step).indexes.join());
const close = (actual: readonly (readonly number[])[], wanted: readonly (readonly number[])[], size = 1) => {
  expect(actual.length).toBe(wanted.length);
  for (const [i, point] of actual.entries()) {
    for (const [k, value] of point.entries()) {
      expect(Math.abs(value - (wanted[i]?.[k] as number)), `point ${i}`).toBeLessThanOrEqual(1e-12 * size);
    }
  }
};

const value = fc.integer({ min: -64_000, max: 64_000 }).map((n) => n / 64);
const whole = fc.integer({ min: 1, max: 6 });
const stepSize = fc.double({ min: 0.5, max: 100, noNaN: true });
const span = fc.record({ from: value, to: value, count: whole });
const factor = fc.integer({ min: -10, max: 10 }).map((power) => 2 ** power);
const seed = fc.integer();

it('an axis reversed has the same positions the other way round', () => {
  fc.assert(
    fc.property(span, stepSize, ({ from, to, count }, step) => {
      const mirror = (there: Scan, back: Scan) => close(targets(back), targets(there).toReversed(), 1000);
      mirror(grid(linspace('x', from, to, count + 1)), grid(linspace('x', to, from, count + 1)));
      mirror(grid(steps('x', from, to, step)), grid(steps('x', to, from, step)));
      const [a, b] = [Math.abs(from) + 0.1, Math.abs(to) + 0.1];
      mirror(grid(logspace('x', a, b, count + 1)), grid(logspace('x', b, a, count + 1)));
    }),
  );
});

it('an axis reaches both ends exactly, and never goes beyond', () => {
  fc.assert(
    fc.property(span, stepSize, ({ from, to, count }, step) => {
      for (const scan of [grid(linspace('x', from, to, count + 1)), grid(steps('x', from, to, step))]) {
        const visited = targets(scan).map(([x = Number.NaN]) => x);
        expect(visited[0]).toBe(from);
        if (scan.size > 1) expect(visited.at(-1)).toBe(to);
        for (const x of visited) expect(x >= Math.min(from, to) && x <= Math.max(from, to)).toBe(true);
      }
    }),
  );
});

it('scales with its units, to the last bit', () => {
  fc.assert(
    fc.property(span, factor, ({ from, to, count }, k) => {
      const scaled = targets(grid(linspace('x', k * from, k * to, count)));
      expect(scaled).toEqual(targets(grid(linspace('x', from, to, count))).map(([x = 0]) => [k * x]));
      const disc = { radius: 2, spacing: 0.3 };
      for (const make of [spiral, fermat]) {
        const large = make('x', 'y', { radius: 2 * k, spacing: 0.3 * k });
        expect(targets(large)).toEqual(targets(make('x', 'y', disc)).map((point) => point.map((x) => k * x)));
      }
    }),
  );
});

it('moves with its origin', () => {
  fc.assert(
    fc.property(value, value, (x, y) => {
      const moved = (scan: Scan) => targets(scan).map(([a = 0, b = 0]) => [a + x, b + y]);
      const centre = [x, y] as const;
      const disc = { radius: 2, spacing: 0.4 };
      const square = { step: 0.5, rings: 2 };
      close(targets(spiral('x', 'y', { ...disc, centre })), moved(spiral('x', 'y', disc)), 1000);
      close(targets(fermat('x', 'y', { ...disc, centre })), moved(fermat('x', 'y', disc)), 1000);
      close(
        targets(rings('x', 'y', { ...disc, centre, perRing: 4 })),
        moved(rings('x', 'y', { ...disc, perRing: 4 })),
        1000,
      );
      close(targets(squareSpiral('x', 'y', { ...square, centre })), moved(squareSpiral('x', 'y', square)), 1000);
      const corners = [
        [0, 0],
        [1, 2],
        [-1, 3],
      ] as const;
      const walk = (by: readonly [number, number]) =>
        path(
          ['x', 'y'],
          corners.map(([a, b]) => [a + by[0], b + by[1]]),
          0.37,
        );
      close(targets(walk(centre)), moved(walk([0, 0])), 1000);
    }),
  );
});

const axes = fc.array(whole, { minLength: 1, maxLength: 3 });
const gridOf = (sizes: readonly number[]) =>
  grid(...(sizes.map((size, i) => linspace(`a${i}`, 0, 1, size)) as unknown as Parameters<typeof grid>));

it('a product has the product of the sizes, and each place once, in whatever order', () => {
  fc.assert(
    fc.property(axes, seed, (sizes, s) => {
      const scan = gridOf(sizes);
      expect(scan.size).toBe(sizes.reduce((product, size) => product * size, 1));
      expect(scan.shape).toEqual(sizes);
      const all = places(scan).toSorted();
      expect(new Set(all).size).toBe(scan.size);
      for (const order of [scan.snake(), scan.shuffled(s), scan.snake().shuffled(s)]) {
        expect(places(order).toSorted()).toEqual(all);
        expect(order.shape).toEqual(sizes);
      }
    }),
  );
});

it('to and fro moves one axis at a time, by one place', () => {
  fc.assert(
    fc.property(axes, (sizes) => {
      const snake = gridOf(sizes).snake();
      for (let step = 1; step < snake.size; step++) {
        const [before, now] = [snake.at(step - 1).indexes, snake.at(step).indexes];
        const moves = now.map((index, k) => Math.abs(index - (before[k] as number)));
        expect(moves.reduce((sum, move) => sum + move, 0)).toBe(1);
      }
    }),
  );
});

it('a place has the same position in whatever order it is visited', () => {
  fc.assert(
    fc.property(axes, seed, (sizes, s) => {
      const at = (scan: Scan) => new Map(places(scan).map((place, step) => [place, scan.at(step).targets]));
      const plain = at(gridOf(sizes));
      for (const [place, target] of at(gridOf(sizes).snake().shuffled(s))) expect(target).toEqual(plain.get(place));
    }),
    { numRuns: 30 },
  );
});

it('a seed gives the same points again, another one others', () => {
  fc.assert(
    fc.property(seed, (s) => {
      const random = (of: number) => scatter([['x', 0, 1] as const, ['y', -5, 5] as const], 50, of);
      const shuffled = (of: number) => grid(linspace('x', 0, 1, 50)).shuffled(of);
      for (const make of [random, shuffled]) {
        expect(targets(make(s))).toEqual(targets(make(s)));
        expect(targets(make(s))).not.toEqual(targets(make(s + 1)));
      }
      for (const [x = -1, y = -9] of targets(random(s))) expect(x >= 0 && x < 1 && y >= -5 && y < 5).toBe(true);
    }),
  );
});

it('repeated, a scan visits each point so many times; there and back, twice', () => {
  fc.assert(
    fc.property(axes, whole, fc.boolean(), (sizes, times, each) => {
      const scan = gridOf(sizes);
      const repeated = scan.repeated(times, { each });
      expect(repeated.size).toBe(times * scan.size);
      expect(new Set(places(repeated)).size).toBe(repeated.size);
      const counts = new Map<string, number>();
      for (const target of targets(repeated)) counts.set(String(target), (counts.get(String(target)) ?? 0) + 1);
      const once = new Map<string, number>();
      for (const target of targets(scan)) once.set(String(target), (once.get(String(target)) ?? 0) + times);
      expect(counts).toEqual(once);
      const there = targets(scan);
      expect(targets(scan.backAndForth())).toEqual([...there, ...there.toReversed()]);
    }),
    { numRuns: 50 },
  );
});

it('lists side by side and one after the other keep every point', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }), (points) => {
      const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
      expect(targets(zip(positions('x', xs), positions('y', ys)))).toEqual(points.map((point) => [...point]));
      expect(targets(concat(positions('x', xs), positions('x', ys)))).toEqual([...xs, ...ys].map((x) => [x]));
    }),
  );
});
