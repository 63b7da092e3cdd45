import {
  concat,
  DataWithAxes,
  defineActuator,
  defineDetector,
  ellipse,
  fermat,
  grid,
  lab,
  linspace,
  logspace,
  path,
  positions,
  pymodaq,
  rings,
  type Scan,
  type ScanRecorder,
  scatter,
  sparse,
  spiral,
  squareSpiral,
  tabular,
  times,
  VirtualClock,
} from '@daqtor/core';
import { z } from 'zod';

/** One scan of each kind, over `x`, `y` and `z` in mm. */
export const scanKinds: Readonly<Record<string, Scan>> = {
  line: grid(linspace('x', 0, 1, 5)),
  line_random: grid(linspace('x', 0, 1, 5)).shuffled(3),
  line_sparse: grid(sparse('x', '0:0.5:1, 4, 2')),
  line_back_and_forth: grid(linspace('x', 0, 1, 3)).backAndForth(),
  line_log: grid(logspace('x', 0.01, 10, 4)),
  grid_linear: grid(linspace('y', 0, 1, 3), linspace('x', 0, 1, 2)),
  grid_snake: grid(linspace('y', 0, 1, 3), linspace('x', 0, 1, 2)).snake(),
  grid_random: grid(linspace('y', 0, 1, 3), linspace('x', 0, 1, 4)).shuffled(2),
  grid_masked: grid(linspace('y', -1, 1, 5), linspace('x', -1, 1, 5)).inside(ellipse([0, 0], [1, 1]), 'x', 'y'),
  grid_averaged: grid(linspace('y', 0, 1, 3), linspace('x', 0, 1, 2)).repeated(2),
  grid_averaged_each: grid(linspace('y', 0, 1, 3), linspace('x', 0, 1, 2)).repeated(2, { each: true }),
  grid_relative: grid(linspace('x', -1, 1, 3)).relative(),
  grid_timed: grid(times(3, 100), linspace('x', 0, 1, 2)),
  square_spiral: squareSpiral('x', 'y', { step: 0.5, rings: 1 }),
  scattered: scatter(
    [
      ['x', 0, 1],
      ['y', 0, 1],
    ],
    6,
    5,
  ),
  sequential: grid(linspace('z', 0, 1, 2), linspace('y', 0, 1, 2), linspace('x', 0, 1, 3)),
  time_series: times(4, 250),
  table: tabular(positions('x', [3, 1, 2]), positions('y', [-1, 0, 4])),
  path: path(
    ['x', 'y'],
    [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
    0.4,
  ),
  archimedes: spiral('x', 'y', { radius: 1, spacing: 0.5 }),
  fermat: fermat('x', 'y', { radius: 1, spacing: 0.4 }),
  rings: rings('x', 'y', { radius: 1, spacing: 0.5, perRing: 3 }),
  concatenated: concat(linspace('x', 0, 1, 2), positions('x', [5, 7])),
  list_averaged: tabular(positions('x', [3, 1]), positions('y', [0, 4])).repeated(2),
  pymodaq_spiral: pymodaq(['x', 'y'], { type: 'Scan2D', subType: 'Spiral', npts: 2, centre: [0, 0], rmax: [1, 1] }),
  pymodaq_random: pymodaq(['x'], { type: 'Scan1D', subType: 'Random', start: 0, stop: 1, step: 0.25, seed: 1 }),
};

const stage = defineActuator({
  kind: 'stage',
  title: 'Stage',
  settings: z.object({}),
  connect: async () => {
    let position = 0.5;
    return {
      units: 'mm',
      readPosition: async () => position,
      startMove: async (target: number) => {
        position = target;
      },
      isMoving: async () => false,
      stop: async () => {},
      close: async () => {},
    };
  },
});

const counter = defineDetector({
  kind: 'counter',
  title: 'Counter of its grabs',
  settings: z.object({}),
  connect: async () => {
    let grabs = 0;
    return {
      grab: async () => [new DataWithAxes({ name: 'count', data: [grabs++], units: 'V' })],
      close: async () => {},
    };
  },
});

/** Runs a scan in virtual time and saves it: `meter` gives the number of the step. */
export async function runKind(scan: Scan, save: ScanRecorder) {
  const specs = { x: stage({}), y: stage({}), z: stage({}), meter: counter({}) };
  await using bench = await lab(specs, { clock: new VirtualClock() });
  const run = bench.scan({ over: scan, read: [bench.meter], save });
  const visited: (readonly number[])[] = [];
  run.points$.subscribe(({ targets }) => visited.push(targets));
  return { ...(await run.done), visited };
}
