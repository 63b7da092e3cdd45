import { describe, expect, it } from 'vitest';
import { ellipse, linear, polygon, rectangle } from '../roi/region.ts';
import { concat, fermat, grid, path, scatter, spiral, squareSpiral, times, zip } from './builders.ts';
import { Scan } from './scan.ts';
import { parseScan } from './scan-value.ts';
import { linspace, logspace, positions, sparse, steps } from './sweep.ts';

const targets = (scan: Scan) => Array.from({ length: scan.size }, (_, step) => scan.at(step).targets);
const indexes = (scan: Scan) => Array.from({ length: scan.size }, (_, step) => scan.at(step).indexes.join(','));
const firsts = (scan: Scan) => targets(scan).map(([first]) => first);
const small = grid(linspace('y', 0, 2, 3), linspace('x', 0, 3, 4));
const refused = (problem: string) =>
  expect.objectContaining({ code: 'scan.refused', message: expect.stringContaining(problem) });

describe('an axis', () => {
  it('in steps reaches both ends exactly, with the step that comes closest', () => {
    expect(firsts(grid(steps('x', 0, 0.3, 0.1)))).toEqual([0, 0.3 / 3, (0.3 * 2) / 3, 0.3]);
    expect(firsts(grid(steps('x', 0, 1, 0.3)))).toEqual([0, 1 / 3, 2 / 3, 1]);
    expect(firsts(grid(steps('x', 1, 0, 0.5)))).toEqual([1, 0.5, 0]);
    expect(firsts(grid(steps('x', 0, 1, 5)))).toEqual([0, 1]);
    expect(firsts(grid(steps('x', 10_000, 10_000.3, 0.1)))).toHaveLength(4);
    expect(() => steps('x', 0, 1, -0.5)).toThrow(refused('[x] a step must be a number greater than 0'));
  });

  it('with a constant ratio goes through powers, below 0 too', () => {
    expect(firsts(grid(logspace('x', 1, 1000, 4)))).toEqual([1, expect.closeTo(10, 12), expect.closeTo(100, 12), 1000]);
    expect(firsts(grid(logspace('x', -100, -1, 3)))).toEqual([-100, expect.closeTo(-10, 12), -1]);
    expect(firsts(grid(logspace('x', 0.3, 0.9, 3))).at(-1)).toBe(0.9);
    expect(() => logspace('x', -1, 1, 3)).toThrow(refused('same side of 0'));
  });

  it('of a text takes ranges and single positions, duplicates too, in their order', () => {
    expect(firsts(grid(sparse('x', '0:0.5:1, 5:-1:3\n9 9')))).toEqual([0, 0.5, 1, 5, 4, 3, 9, 9]);
    expect(grid(sparse('x', '1'))).toMatchObject({ type: 'Scan1D', subType: 'Sparse', shape: [1] });
    for (const text of ['0:1', '0:-1:5', 'x', '', '1:2:3:4', '0:0:1', '0::1']) {
      expect(() => sparse('x', text), text).toThrow(refused('[x]'));
    }
  });
});

describe('an order', () => {
  it('at random visits every place once, the same for the same seed, and keeps the places', () => {
    const scan = small.shuffled(7);
    expect(indexes(scan)).not.toEqual(indexes(small));
    expect(indexes(scan).toSorted()).toEqual(indexes(small));
    expect(indexes(small.shuffled(7))).toEqual(indexes(scan));
    expect(indexes(small.shuffled(8))).not.toEqual(indexes(scan));
    for (const { indexes: place, targets: at } of [0, 5, 11].map((step) => scan.at(step))) expect(at).toEqual(place);
    expect(scan).toMatchObject({ type: 'Scan2D', subType: 'Random', shape: [3, 4] });
  });

  it('at random prefers no place, whatever the seed', () => {
    const seen = new Map<string, number>();
    for (let seed = 0; seed < 5000; seed++) {
      const scan = grid(linspace('x', 0, 4, 5)).shuffled(seed);
      for (let step = 0; step < 5; step++) {
        const pair = `${step} at ${scan.at(step).indexes}`;
        seen.set(pair, (seen.get(pair) ?? 0) + 1);
      }
    }
    expect(seen.size).toBe(25);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('to and fro can be asked for each axis', () => {
    const cube = grid(linspace('z', 0, 1, 2), linspace('y', 0, 1, 2), linspace('x', 0, 1, 2));
    expect(indexes(cube.snake('x'))).toEqual(['0,0,0', '0,0,1', '0,1,1', '0,1,0', '1,0,0', '1,0,1', '1,1,1', '1,1,0']);
    expect(indexes(cube.snake('y'))).toEqual(['0,0,0', '0,0,1', '0,1,0', '0,1,1', '1,1,0', '1,1,1', '1,0,0', '1,0,1']);
    expect(() => cube.snake('w')).toThrow(refused('[w] it is no axis of the grid'));
    expect(() => times(2, 1).snake()).toThrow(refused('only a grid'));
  });

  it('back and forth turns at the end, and is stored as it was walked', () => {
    const scan = grid(linspace('x', 0, 2, 3)).backAndForth();
    expect(firsts(scan)).toEqual([0, 1, 2, 2, 1, 0]);
    expect(scan).toMatchObject({ type: 'Scan1D', subType: 'LinearBackForce', shape: [6], distribution: 'uniform' });
    expect([...scan.points.coordinates(0)]).toEqual([0, 1, 2, 2, 1, 0]);
  });
});

describe('points in a plane', () => {
  it('spiral outwards on a grid around the centre', () => {
    const scan = squareSpiral('x', 'y', { centre: [10, 20], step: [1, 2], rings: 1 });
    expect(targets(scan)).toEqual([
      [10, 20],
      [11, 20],
      [11, 22],
      [10, 22],
      [9, 22],
      [9, 20],
      [9, 18],
      [10, 18],
      [11, 18],
    ]);
    expect(scan).toMatchObject({ type: 'Scan2D', subType: 'Spiral', shape: [3, 3], distribution: 'uniform' });
    const large = squareSpiral('x', 'y', { step: 1, rings: 20 });
    expect(new Set(indexes(large)).size).toBe(41 * 41);
    for (let step = 1; step < large.size; step++) {
      const [[a, b], [c, d]] = [large.at(step - 1), large.at(step)].map(({ indexes: [i = 0, j = 0] }) => [i, j]) as [
        [number, number],
        [number, number],
      ];
      expect(Math.abs(a - c) + Math.abs(b - d)).toBe(1);
    }
  });

  it("lie on Archimedes' spiral as far apart along a turn as the turns are", () => {
    const scan = spiral('x', 'y', { radius: 10, spacing: 1 });
    const at = targets(scan) as [number, number][];
    expect(at[0]).toEqual([0, 0]);
    expect(Math.max(...at.map(([x, y]) => Math.hypot(x, y)))).toBeLessThanOrEqual(10 + 1e-9);
    for (let step = 20; step < at.length; step++) {
      const [[a, b], [c, d]] = [at[step - 1], at[step]] as [[number, number], [number, number]];
      expect(Math.hypot(a - c, b - d)).toBeCloseTo(1, 1);
    }
    expect(scan).toMatchObject({ type: 'Tabular', subType: 'Archimedes', distribution: 'spread', size: 315 });
  });

  it('cover an ellipse evenly on a Fermat spiral', () => {
    const scan = fermat('x', 'y', { centre: [5, 0], radius: [4, 2], spacing: 0.1 });
    expect(scan.size).toBe(1600);
    const isIn = ([x = 0, y = 0]: readonly number[]) => ((x - 5) / 4) ** 2 + (y / 2) ** 2 <= 1 + 1e-9;
    expect(targets(scan).every(isIn)).toBe(true);
    const inner = targets(scan).filter(([x = 0, y = 0]) => ((x - 5) / 4) ** 2 + (y / 2) ** 2 <= 0.25);
    expect(inner).toHaveLength(400);
  });

  it('are scattered evenly between the ends, the same for the same seed', () => {
    const spans = [
      ['x', 0, 1],
      ['y', 10, 20],
    ] as const;
    const scan = scatter(spans, 4000, 1);
    expect(targets(scan)).toEqual(targets(scatter(spans, 4000, 1)));
    expect(targets(scan)).not.toEqual(targets(scatter(spans, 4000, 2)));
    for (const quarter of [0, 1, 2, 3]) {
      const inside = targets(scan).filter(
        ([x = 0, y = 0]) => Math.floor(2 * x) + 2 * Math.floor((y - 10) / 5) === quarter,
      );
      expect(Math.abs(inside.length - 1000)).toBeLessThan(120);
    }
  });

  it('follow a path in even steps that reach each vertex', () => {
    const scan = path(
      ['x', 'y'],
      [
        [0, 0],
        [1, 0],
        [1, 0],
        [1, 1],
      ],
      0.4,
    );
    const third = expect.closeTo(1 / 3, 12);
    const two = expect.closeTo(2 / 3, 12);
    expect(targets(scan)).toEqual([
      [0, 0],
      [third, 0],
      [two, 0],
      [1, 0],
      [1, third],
      [1, two],
      [1, 1],
    ]);
    expect(scan).toMatchObject({ type: 'Tabular', subType: 'SubSegmented' });
    expect(path(['x'], [[0], [1.1]], 0.1).size).toBe(12);
    expect(targets(path(['x'], [[3]], 1))).toEqual([[3]]);
    expect(() => path(['x', 'y'], [[0]], 1)).toThrow(refused('each of x, y'));
  });
});

describe('a region', () => {
  it('leaves the others of a grid unmeasured, each point in its place', () => {
    const scan = small.inside(rectangle([1, 2], [1, 9]), 'x', 'y');
    expect(indexes(scan)).toEqual(['1,1', '1,2', '2,1', '2,2']);
    expect(scan).toMatchObject({ shape: [3, 4], size: 4, distribution: 'uniform' });
    expect([...scan.points.coordinates(1)]).toEqual([0, 1, 2, 3]);
  });

  it('shortens a list', () => {
    const scan = zip(linspace('x', 0, 4, 5), linspace('y', 0, 4, 5)).inside(ellipse([2, 2], [1.5, 1.5]), 'x', 'y');
    expect([firsts(scan), scan.shape, indexes(scan)]).toEqual([[1, 2, 3], [3], ['0', '1', '2']]);
    expect([...scan.points.coordinates(1)]).toEqual([1, 2, 3]);
  });

  it('may be a polygon, edges and corners included, or a span of one axis', () => {
    const triangle = polygon([0, 0], [2, 0], [0, 2]);
    expect(indexes(small.inside(triangle, 'x', 'y'))).toEqual(['0,0', '0,1', '0,2', '1,0', '1,1', '2,0']);
    expect(indexes(small.inside(linear(2.5, 9), 'x'))).toEqual(['0,3', '1,3', '2,3']);
    expect(() => small.inside(linear(5, 6), 'x')).toThrow(refused('no point of the scan'));
    expect(() => small.inside(triangle, 'x', 'z')).toThrow(refused('[z] a region cannot'));
  });

  it('is found again from anywhere, in any order', () => {
    const big = grid(linspace('y', -1, 1, 61), linspace('x', -1, 1, 61)).inside(ellipse([0, 0], [1, 1]), 'x', 'y');
    const forth = indexes(big);
    const order = big.size > 0 ? [...forth.keys()].map((step) => (step * 4001) % big.size) : [];
    expect(order.map((step) => big.at(step).indexes.join(','))).toEqual(order.map((step) => forth[step]));
    expect(indexes(big).toReversed()).toEqual(
      [...forth.keys()].toReversed().map((step) => big.at(step).indexes.join(',')),
    );
  });
});

describe('scans of scans', () => {
  it('multiply grids into grids, and lists into a list', () => {
    const cube = grid(linspace('z', 0, 1, 2), small.snake());
    expect(cube).toMatchObject({ type: 'Sequential', shape: [2, 3, 4], size: 24, distribution: 'uniform' });
    expect(cube.at(17)).toEqual({ indexes: [1, 1, 2], targets: [1, 1, 2] });
    const list = grid(linspace('z', 5, 6, 2), zip(positions('x', [1, 2]), positions('y', [3, 4])));
    expect(targets(list)).toEqual([
      [5, 1, 3],
      [5, 2, 4],
      [6, 1, 3],
      [6, 2, 4],
    ]);
    expect(list).toMatchObject({ type: 'Tabular', shape: [4], distribution: 'spread' });
  });

  it('follow one another, in the units of the first', () => {
    const scan = concat(grid(linspace('x', 0, 1, 2, 'mm')), linspace('x', 5, 6, 2, 'mm'), positions('x', [7000], 'um'));
    expect(firsts(scan)).toEqual([0, 1, 5, 6, 7]);
    expect(() => concat(linspace('x', 0, 1, 2), linspace('y', 0, 1, 2))).toThrow(refused('[x] one part'));
    expect(() => concat(linspace('x', 0, 1, 2, 'mm'), linspace('x', 0, 1, 2, 'V'))).toThrow(refused("in 'V' and 'mm'"));
  });

  it('are repeated as a whole or point by point, in a dimension of its own', () => {
    const scan = grid(linspace('x', 0, 1, 2));
    expect(indexes(scan.repeated(3))).toEqual(['0,0', '0,1', '1,0', '1,1', '2,0', '2,1']);
    expect(indexes(scan.repeated(3, { each: true }))).toEqual(['0,0', '1,0', '2,0', '0,1', '1,1', '2,1']);
    expect(scan.repeated(3)).toMatchObject({ type: 'Scan1D', subType: 'Linear', shape: [3, 2] });
    expect(targets(scan.repeated(2))).toEqual([[0], [1], [0], [1]]);
    expect(scan.repeated(3).points.axes.map(({ name }) => name)).toEqual(['Average', 'x']);
  });

  it('are due at times that everything in a grid shares', () => {
    const scan = grid(times(2, 500), linspace('x', 0, 1, 2));
    expect([0, 1, 2].map((step) => scan.at(step))).toEqual([
      { indexes: [0, 0], targets: [0], dueMs: 0 },
      { indexes: [0, 1], targets: [1], dueMs: 0 },
      { indexes: [1, 0], targets: [0], dueMs: 500 },
    ]);
  });
});

describe('a scan as data', () => {
  const everything = [
    small.snake(),
    small
      .shuffled(3)
      .inside(polygon([0, 0], [3, 0], [0, 3]), 'x', 'y')
      .relative(),
    concat(sparse('x', '0:1:3', 'mm'), steps('x', 1, 2, 0.5, 'mm'), logspace('x', 1, 2, 2, 'mm')).repeated(2, {
      each: true,
    }),
    grid(times(2, 10), scatter([['x', 0, 1]], 5, 2)),
    fermat('x', 'y', { radius: 1, spacing: 0.2 }).backAndForth(),
    squareSpiral('x', 'y', { step: 1, rings: 2 }),
    path(
      ['x', 'y'],
      [
        [0, 0],
        [1, 1],
      ],
      0.2,
    ),
  ];

  it('goes through JSON and comes back the same', () => {
    for (const scan of everything) {
      const back = new Scan(parseScan(JSON.parse(JSON.stringify(scan))));
      expect(back.value).toEqual(scan.value);
      expect(targets(back)).toEqual(targets(scan));
    }
  });

  it('is refused as JSON with all that is wrong', () => {
    const wrong = { kind: 'product', scans: [{ kind: 'linspace', actuator: 'x', from: 0, to: null, count: 1.5 }] };
    expect(() => parseScan(wrong)).toThrow(refused('scans.0.to'));
    expect(() => parseScan(wrong)).toThrow(refused('scans.0.count'));
    expect(() => parseScan({ kind: 'sideways' })).toThrow(refused('this is no scan'));
  });

  it('gives the points of the coordinates that it tells, everywhere', () => {
    for (const { points } of everything) {
      const coordinates = points.axes.map((_, axis) => points.coordinates(axis));
      for (let step = 0; step < points.size; step++) {
        const { indexes: at, values } = points.at(step);
        const place = (axis: number) => at[points.distribution === 'spread' || at.length === 1 ? 0 : axis] as number;
        expect(values).toEqual(coordinates.map((list, axis) => list[place(axis)]));
      }
    }
  });
});
