import { ellipse, fermat, grid, linspace, type Scan } from '@daqtor/core';

/** Scans that are killed and resumed, by name. */
export const resumableScans: Readonly<Record<string, Scan>> = {
  /** Small enough to be killed at each of its moments. */
  small: grid(linspace('y', 0, 1, 2), linspace('x', 0, 1, 3)).snake(),
  /** The same, with a baseline and conditions, and changed in its middle. */
  rich: grid(linspace('y', 0, 1, 2), linspace('x', 0, 1, 3)).snake(),
  snake: grid(linspace('y', 0, 1, 8), linspace('x', 0, 1, 15)).snake(),
  random: grid(linspace('y', 0, 1, 8), linspace('x', 0, 1, 15)).shuffled(7),
  relative: grid(linspace('y', -1, 1, 8), linspace('x', -1, 1, 15)).relative(),
  masked: grid(linspace('y', -1, 1, 13), linspace('x', -1, 1, 13)).inside(ellipse([0, 0], [1, 1]), 'x', 'y'),
  list: fermat('x', 'y', { radius: 2, spacing: 0.3 }),
};
