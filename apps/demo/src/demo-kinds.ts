import {
  adaptive2D,
  type DaqMove,
  type DaqScan,
  type DaqViewer,
  fly,
  grid,
  type LabCore,
  linspace,
  type Scan,
  type ScanRecorder,
  spiral,
  tabular,
} from '@daqtor/core';

/** The instruments of the demonstration. */
type Bench = LabCore & Readonly<Record<'x' | 'y', DaqMove> & Record<'power' | 'spectrum' | 'camera', DaqViewer>>;

interface DemoScan {
  /** In one line. */
  readonly summary: string;
  /** Of both axes, in mm/s; default as fast as they go. */
  readonly velocity?: number;
  /** The channel that is shown in the end; default the first. */
  readonly shown?: string;
  /** @param points - along each axis, or as many as that makes */
  readonly begin: (bench: Bench, points: number, save: ScanRecorder) => DaqScan;
}

/** Nobody stands by to resume it: an error ends the scan. */
const unattended = { settleMs: 20, onError: 'abort' } as const;

const withEverything = (bench: Bench, over: Scan, save: ScanRecorder) =>
  bench.scan({ over, read: [bench.power, bench.spectrum, bench.camera], ...unattended, save });

const withPower = (bench: Bench, over: Scan, save: ScanRecorder) =>
  bench.scan({ over, read: [bench.power], ...unattended, save });

/** What `npm start` can show. */
export const demoKinds = {
  map: {
    summary: 'a raster to and fro, with a spectrum and a picture at each point',
    begin: (bench, points, save) => {
      const raster = grid(linspace(bench.y, -1, 1, points, 'mm'), linspace(bench.x, -1, 1, points, 'mm'));
      return withEverything(bench, raster.snake(), save);
    },
  },
  spiral: {
    summary: "Archimedes' spiral from the centre outwards",
    begin: (bench, points, save) =>
      withEverything(bench, spiral(bench.x, bench.y, { radius: 1, spacing: 2 / (points - 1) }), save),
  },
  tabular: {
    summary: 'a list of points: a figure of Lissajous',
    begin: (bench, points, save) => {
      const figure = Array.from({ length: 4 * points }, (_, i) => {
        const angle = (2 * Math.PI * i) / (4 * points);
        return { x: Math.sin(3 * angle), y: Math.sin(2 * angle) };
      });
      return withPower(bench, tabular({ x: bench.x, y: bench.y }, figure), save);
    },
  },
  adaptive: {
    summary: 'points where the power changes, until the surface is known well enough',
    begin: (bench, points, save) => {
      const [x, y] = [[bench.x, -1, 1] as const, [bench.y, -1, 1] as const];
      return withPower(bench, adaptive2D(x, y, { signal: bench.power, count: 12 * points, goal: 0.1 }), save);
    },
  },
  fly: {
    summary: 'a raster on the fly: the meter streams while x ramps',
    velocity: 2,
    shown: 'CH01',
    begin: (bench, points, save) => {
      const lines = linspace(bench.y, -1, 1, points, 'mm');
      const over = fly(bench.x, -1, 1, 2 * points, { overrun: 0.05, lines, snake: true });
      return withPower(bench, over, save);
    },
  },
  average: {
    summary: 'a line five times over, the repetition being the first dimension',
    begin: (bench, points, save) =>
      withPower(bench, grid(linspace(bench.x, -1, 1, 2 * points, 'mm')).repeated(5), save),
  },
} satisfies Readonly<Record<string, DemoScan>> as Readonly<Record<DemoKind, DemoScan>>;

export type DemoKind = 'map' | 'spiral' | 'tabular' | 'adaptive' | 'fly' | 'average';
