import { adaptive1D, adaptive2D, ellipse, fermat, fly, grid, linspace, type Scan } from '@daqtor/core';
import type { BenchFacts } from './crash-bench.ts';

/** A signal in steps: where an adaptive scan goes follows from where they are. */
const steps = { detector: 'eye', data: 'spectrum' };

/** Scans that are small enough to be killed at each of their moments, by name. */
export const smallScans: Readonly<Record<string, Scan>> = {
  small: grid(linspace('y', 0, 1, 2), linspace('x', 0, 1, 3)).snake(),
  /** The same, with a baseline and conditions, changed and made larger in its middle. */
  rich: grid(linspace('y', 0, 1, 2), linspace('x', 0, 1, 3)).snake(),
  'small adaptive': adaptive1D('x', 0, 3, { signal: steps, count: 6, initial: 3 }),
  'small fly': fly('x', 0, 1, 9, { lines: linspace('y', 0, 1, 2), snake: true }),
};

/** Scans that are killed and resumed, by name. */
export const resumableScans: Readonly<Record<string, Scan>> = {
  ...smallScans,
  snake: grid(linspace('y', 0, 1, 8), linspace('x', 0, 1, 15)).snake(),
  random: grid(linspace('y', 0, 1, 8), linspace('x', 0, 1, 15)).shuffled(7),
  relative: grid(linspace('y', -1, 1, 8), linspace('x', -1, 1, 15)).relative(),
  masked: grid(linspace('y', -1, 1, 13), linspace('x', -1, 1, 13)).inside(ellipse([0, 0], [1, 1]), 'x', 'y'),
  list: fermat('x', 'y', { radius: 2, spacing: 0.3 }),
  'adaptive, along an axis': adaptive1D('x', -1, 8, { signal: steps, count: 120 }).relative(),
  'adaptive, in a plane': adaptive2D(['x', 0, 3], ['y', 0, 0.4], { signal: steps, count: 120 }),
  'on the fly': fly('x', 0, 1, 25, { overrun: 0.05, lines: linspace('y', 0, 1, 20), snake: true }),
};

/** The bench on which a scan runs: on the fly, stages take their time. */
export function factsOf(kind: string): BenchFacts {
  return resumableScans[kind]?.points.flight ? { speed: 10, exposureMs: 7, start: 0.5 } : { start: 0.5 };
}
