import { describe, expect, it } from 'vitest';
import { ellipse, rectangle } from '../roi/region.ts';
import { fermat, grid, rings, zip } from './builders.ts';
import type { Scan } from './scan.ts';
import { linspace, positions } from './sweep.ts';
import { peerPoints } from './testing/known-points.ts';

const known = peerPoints();

/** Points as the peers write them down. */
const visited = (scan: Scan) =>
  Array.from({ length: scan.size }, (_, step) => {
    const { targets } = scan.at(step);
    return Object.fromEntries(scan.points.axes.map(({ name }, axis) => [name, targets[axis]]));
  });

/** Rounding is their own: they add up steps, or turn by angles that they compute in another order. */
function expectSame(scan: Scan, name: string): void {
  const theirs = known[name]?.points ?? [];
  expect(scan.size).toBe(theirs.length);
  for (const [step, point] of visited(scan).entries()) {
    for (const [axis, value] of Object.entries(point)) {
      expect(Math.abs((value ?? Number.NaN) - (theirs[step]?.[axis] ?? Number.NaN)), `${step} ${axis}`).toBeLessThan(
        1e-12,
      );
    }
  }
}

describe('points of bluesky', () => {
  it('are those of rings in a rectangle (spiral)', () => {
    const scan = rings('x', 'y', { radius: Math.SQRT1_2 + 0.2, spacing: 0.1, perRing: 10 });
    expectSame(scan.inside(rectangle([-0.5, 0.5], [-0.5, 0.5]), 'x', 'y'), 'spiral');
  });

  it('are those of a Fermat spiral in a rectangle (spiral_fermat)', () => {
    const scan = fermat('x', 'y', { radius: 1.5 * Math.SQRT2, spacing: 0.1 });
    expectSame(scan.inside(rectangle([-1, 1], [-1, 1]), 'x', 'y'), 'spiral_fermat');
  });

  it('are those of axes side by side (inner_product, inner_list)', () => {
    expectSame(zip(linspace('x', -1, 1, 5), linspace('y', 0, 2, 5)), 'inner_product');
    expectSame(zip(positions('x', [1, 3, 2]), positions('y', [0, 5, 9])), 'inner_list');
  });

  it('are those of a grid that snakes along one axis (outer_product, outer_list)', () => {
    expectSame(grid(linspace('x', 0, 2, 3), linspace('y', 0, 1, 2)).snake('y'), 'outer_product');
    expectSame(grid(positions('x', [1, 3, 2]), positions('y', [0, 5])).snake(), 'outer_list_snake_all');
  });
});

describe('points of scanspec', () => {
  it('are those of a grid that snakes', () => {
    expectSame(grid(linspace('y', 0, 1, 3), linspace('x', 0, 2, 4)).snake(), 'scanspec_grid_snake');
  });

  it('are those of a grid in an ellipse, which turns at its own edge rather than at that of the grid', () => {
    const lines = grid(linspace('y', -1.5, 1.5, 4), linspace('x', -1, 1, 5)).snake();
    const scan = lines.inside(ellipse([0, 0], [1, 1.5]), 'x', 'y');
    const theirs = known.scanspec_ellipse?.points ?? [];
    const sorted = (points: readonly unknown[]) => points.map((point) => JSON.stringify(point)).sort();
    expect(sorted(visited(scan))).toEqual(sorted(theirs));
  });
});

describe('points of useq', () => {
  it('are those of a grid around the middle, from the top', () => {
    const [y, x] = [linspace('y', 1, -1, 3), linspace('x', -1.5, 1.5, 4)];
    const plain = (scan: Scan) => visited(scan);
    const theirs = (name: string) => (known[name]?.points ?? []).map(({ x, y }) => ({ x, y }));
    expect(plain(grid(y, x))).toEqual(theirs('useq_grid_row_wise'));
    expect(plain(grid(y, x).snake())).toEqual(theirs('useq_grid_row_wise_snake'));
    expect(plain(grid(x, y).snake())).toEqual(theirs('useq_grid_column_wise_snake'));
  });
});
