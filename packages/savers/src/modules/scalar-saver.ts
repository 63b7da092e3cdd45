import type { Dtype, NumericArray } from '@daqtor/core';
import type { ArraySaver } from '../data/array-saver.ts';
import { type ScanGrid, scanArrays } from '../data/scan-arrays.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { channelName, dataName } from '../layout/node-names.ts';
import { type ArrayFacts, groupNode } from '../layout/nodes.ts';

/** One number per scan point, as 0D data of a group that exists: `<group>/Data0D/CH00/Data00`. */
export class ScalarSaver {
  readonly #group: string;
  readonly #grid: ScanGrid;
  readonly #array: ArraySaver<readonly number[]>;
  readonly #wrap: (value: number) => NumericArray;

  constructor(group: string, grid: ScanGrid, dtype: Extract<Dtype, 'float64' | 'uint8'>) {
    this.#group = group;
    this.#grid = grid;
    this.#array = scanArrays(grid).saver(`${group}/Data0D/${channelName(0)}/${dataName(0)}`, dtype, []);
    this.#wrap = dtype === 'uint8' ? (value) => Uint8Array.of(value) : (value) => Float64Array.of(value);
  }

  /** Makes the array, without a value. */
  open(facts: Pick<ArrayFacts, 'title' | 'label' | 'units' | 'origin' | 'timestamp'>): H5Operation[] {
    const { shape, distribution } = this.#grid;
    return [
      groupNode(`${this.#group}/Data0D`, ''),
      groupNode(`${this.#group}/Data0D/${channelName(0)}`, facts.title),
      this.#array.create({
        ...facts,
        dim: 'Data0D',
        distribution,
        source: 'raw',
        type: 'data',
        navIndexes: shape.map((_, dimension) => dimension),
      }),
    ];
  }

  write(indexes: readonly number[], value: number): H5Operation {
    return this.#array.next(indexes, this.#wrap(value));
  }
}
