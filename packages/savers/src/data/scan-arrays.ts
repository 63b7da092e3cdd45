import type { Axis, DataDistribution } from '@daqtor/core';
import { bytesOfElement } from '../h5/h5-operation.ts';
import { chunkShape } from '../layout/chunk-shape.ts';
import { dataArrayNode } from '../layout/nodes.ts';
import type { ArrayStorage, Compression } from './array-saver.ts';

/** The scan that values belong to. */
export interface ScanGrid {
  /** Length of each scan dimension, slowest first. */
  readonly shape: readonly number[];
  readonly distribution: DataDistribution;
  /** Where the points are, default not known; lists of points have all of their axes along the one dimension. */
  readonly axes?: readonly Axis[];
}

/** Arrays with a place for every point of a scan; a value goes to one index per scan dimension. */
export function scanArrays(grid: ScanGrid, { gzip }: Compression = {}): ArrayStorage<readonly number[]> {
  const { shape: nav, distribution, axes = [] } = grid;
  const ones = nav.map(() => 1);
  return {
    type: 'data',
    navRank: nav.length,
    navAxes: axes,
    isSingle: false,
    distribution,
    saver(path, dtype, signal) {
      const count = [...ones, ...signal];
      const rest = signal.map(() => 0);
      const shape = [...nav, ...signal];
      const chunks = chunkShape(nav, signal, bytesOfElement(dtype), gzip);
      return {
        dtype,
        create: (facts) => dataArrayNode(path, facts, { dtype, shape, chunks, gzip }),
        next: (indexes, data) => ({ op: 'write', path, offset: [...indexes, ...rest], count, data }),
      };
    },
  };
}
