import { ellipse } from '../roi/region.ts';
import {
  concat,
  fermat,
  grid,
  path,
  pymodaq,
  rings,
  scatter,
  spiral,
  squareSpiral,
  times,
  zip,
} from '../scan/builders.ts';
import type { Scan } from '../scan/scan.ts';
import { linspace, logspace, positions, sparse, steps } from '../scan/sweep.ts';
import { tabular } from '../scan/tabular.ts';

/** One scan of each built-in kind whose points are known beforehand, with few points, over `x`, `y` and `z` in mm. */
export const scanKinds: Readonly<Record<string, Scan>> = {
  line: grid(linspace('x', 0, 1, 5)),
  line_steps: grid(steps('x', 0, 1, 0.5)),
  line_positions: grid(positions('x', [3, 1, 2])),
  line_random: grid(linspace('x', 0, 1, 4)).shuffled(3),
  line_sparse: grid(sparse('x', '0:0.5:1, 4, 2')),
  line_back_and_forth: grid(linspace('x', 0, 1, 2)).backAndForth(),
  line_log: grid(logspace('x', 0.01, 10, 4)),
  grid_linear: grid(linspace('y', 0, 1, 3), linspace('x', 0, 1, 2)),
  grid_snake: grid(linspace('y', 0, 1, 3), linspace('x', 0, 1, 2)).snake(),
  grid_random: grid(linspace('y', 0, 1, 2), linspace('x', 0, 1, 3)).shuffled(2),
  grid_masked: grid(linspace('y', -1, 1, 3), linspace('x', -1, 1, 3)).inside(ellipse([0, 0], [1.1, 1.1]), 'x', 'y'),
  grid_averaged: grid(linspace('y', 0, 1, 2), linspace('x', 0, 1, 2)).repeated(2),
  grid_averaged_each: grid(linspace('y', 0, 1, 2), linspace('x', 0, 1, 2)).repeated(2, { each: true }),
  grid_relative: grid(linspace('x', -1, 1, 3)).relative(),
  grid_timed: grid(times(3, 100), linspace('x', 0, 1, 2)),
  square_spiral: squareSpiral('x', 'y', { step: 0.5, rings: 1 }),
  scattered: scatter(
    [
      ['x', 0, 1],
      ['y', 0, 1],
    ],
    4,
    5,
  ),
  sequential: grid(linspace('z', 0, 1, 2), linspace('y', 0, 1, 2), linspace('x', 0, 1, 2)),
  time_series: times(3, 40),
  table: tabular(positions('x', [3, 1, 2]), positions('y', [-1, 0, 4])),
  path: path(
    ['x', 'y'],
    [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
    0.5,
  ),
  archimedes: spiral('x', 'y', { radius: 1, spacing: 0.8 }),
  fermat: fermat('x', 'y', { radius: 1, spacing: 0.5 }),
  rings: rings('x', 'y', { radius: 1, spacing: 0.9, perRing: 3 }),
  zipped: zip(linspace('x', 0, 2, 3), linspace('y', 2, 0, 3)),
  concatenated: concat(linspace('x', 0, 1, 2), positions('x', [5, 7])),
  list_averaged: tabular(positions('x', [3, 1]), positions('y', [0, 4])).repeated(2),
  pymodaq_spiral: pymodaq(['x', 'y'], { type: 'Scan2D', subType: 'Spiral', npts: 2, centre: [0, 0], rmax: [1, 1] }),
  pymodaq_random: pymodaq(['x'], { type: 'Scan1D', subType: 'Random', start: 0, stop: 1, step: 0.25, seed: 1 }),
};
