import {
  type DataDim,
  type DataDistribution,
  type DataSource,
  type Dtype,
  dtypeOf,
  type NumericArray,
} from '@daqtor/core';
import type { H5Operation, WriteSlab } from '../h5/h5-operation.ts';
import { dimOf } from '../layout/node-names.ts';
import { type DataType, scanArrayNode } from '../layout/nodes.ts';

/** The scan that values belong to. */
export interface ScanGrid {
  /** Length of each scan dimension, slowest first. */
  readonly shape: readonly number[];
  readonly distribution: DataDistribution;
}

export interface ScanArrayFacts {
  readonly title: string;
  readonly label: string;
  readonly units: string;
  readonly origin: string;
  readonly timestamp: number;
  readonly source?: DataSource;
  readonly type?: DataType;
}

/** One array with a place for every point of a scan. */
export class ScanArraySaver {
  readonly path: string;
  readonly dtype: Dtype;
  /** Shape of one point's data as stored; `[]` for 0D. */
  readonly signal: readonly number[];
  readonly #grid: ScanGrid;
  readonly #count: readonly number[];
  readonly #rest: readonly number[];

  constructor(path: string, grid: ScanGrid, dtype: Dtype, signal: readonly number[]) {
    this.path = path;
    this.dtype = dtype;
    this.signal = signal;
    this.#grid = grid;
    this.#count = [...grid.shape.map(() => 1), ...signal];
    this.#rest = signal.map(() => 0);
  }

  get dim(): DataDim {
    return dimOf(this.signal);
  }

  create(facts: ScanArrayFacts): H5Operation {
    const { shape: nav, distribution } = this.#grid;
    const { dtype, signal, dim } = this;
    return scanArrayNode(this.path, { ...facts, nav, distribution, dtype, signal, dim });
  }

  /** @param indexes - where the point belongs: one index per scan dimension */
  write(indexes: readonly number[], data: NumericArray): WriteSlab {
    return { op: 'write', path: this.path, offset: [...indexes, ...this.#rest], count: this.#count, data };
  }

  /** Whether an array of this kind can go where the first one went. */
  takes(data: NumericArray): boolean {
    return dtypeOf(data) === this.dtype;
  }
}
