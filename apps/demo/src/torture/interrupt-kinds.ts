import {
  adaptive1D,
  adaptive2D,
  concat,
  type DaqMove,
  ellipse,
  fermat,
  fly,
  grid,
  linspace,
  logspace,
  path,
  positions,
  pymodaq,
  rings,
  type Scan,
  scatter,
  sparse,
  spiral,
  squareSpiral,
  steps,
  tabular,
  times,
  zip,
} from '@daqtor/core';

type Make = (x: DaqMove, y: DaqMove) => Scan;

/** Every built-in kind of scan, with few points. */
export const SCAN_KINDS: Readonly<Record<string, Make>> = {
  linspace: (x) => grid(linspace(x, 0, 3, 4)),
  steps: (x) => grid(steps(x, 0, 1, 0.5)),
  logspace: (x) => grid(logspace(x, 1, 4, 3)),
  positions: (x) => grid(positions(x, [3, 1, 2])),
  sparse: (x) => grid(sparse(x, '0:0.5:1, 3')),
  grid: (x, y) => grid(linspace(y, 0, 1, 2), linspace(x, 0, 2, 3)),
  snake: (x, y) => grid(linspace(y, 0, 1, 2), linspace(x, 0, 2, 3)).snake(),
  shuffled: (x, y) => grid(linspace(y, 0, 1, 2), linspace(x, 0, 2, 3)).shuffled(7),
  'back and forth': (x) => grid(linspace(x, 0, 1, 2)).backAndForth(),
  'inside a region': (x, y) =>
    grid(linspace(y, -1, 1, 3), linspace(x, -1, 1, 3)).inside(ellipse([0, 0], [1.1, 1.1]), x, y),
  scatter: (x, y) =>
    scatter(
      [
        [x, 0, 1],
        [y, 0, 1],
      ],
      4,
      3,
    ),
  'square spiral': (x, y) => squareSpiral(x, y, { rings: 1, step: 0.5 }),
  spiral: (x, y) => spiral(x, y, { radius: 1, spacing: 0.8 }),
  fermat: (x, y) => fermat(x, y, { radius: 1, spacing: 0.5 }),
  rings: (x, y) => rings(x, y, { radius: 1, spacing: 0.9, perRing: 3 }),
  tabular: (x, y) =>
    tabular({ x, y }, [
      { x: 0, y: 1 },
      { x: 2, y: 0 },
      { x: 1, y: 1 },
    ]),
  zip: (x, y) => zip(linspace(x, 0, 2, 3), linspace(y, 2, 0, 3)),
  concat: (x) => concat(linspace(x, 0, 1, 2), linspace(x, 3, 4, 2)),
  path: (x, y) =>
    path(
      [x, y],
      [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
      0.5,
    ),
  times: () => times(3, 40),
  'times of a sweep': (x) => grid(times(2, 60), linspace(x, 0, 1, 2)),
  repeated: (x) => grid(linspace(x, 0, 1, 2)).repeated(2),
  'repeated at each point': (x) => grid(linspace(x, 0, 1, 2)).repeated(2, { each: true }),
  relative: (x) => grid(linspace(x, 0, 1, 3)).relative(),
  'adaptive, along an axis': (x) => adaptive1D(x, 0, 2, { signal: 'meter', count: 6, initial: 3 }),
  'adaptive, in a plane': (x, y) => adaptive2D([x, 0, 1], [y, 0, 1], { signal: 'meter', count: 7, initial: 4 }),
  'on the fly': (x) => fly(x, 0, 4, 3, { overrun: 0.5 }),
  'on the fly, line by line': (x, y) => fly(x, 0, 4, 3, { lines: linspace(y, 0, 1, 3), snake: true }),
  'on the fly, at times': (x) => fly(x, 0, 4, 9, { lines: times(2, 80) }),
  'as PyMoDAQ': (x) => pymodaq([x], { type: 'Scan1D', subType: 'Linear', start: 0, stop: 1, step: 0.5 }),
};
