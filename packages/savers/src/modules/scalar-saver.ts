import type { Dtype, NumericArray } from '@daqtor/core';
import type { H5Operation } from '../h5/h5-operation.ts';
import { channelName, dataName } from '../layout/node-names.ts';
import { groupNode } from '../layout/nodes.ts';
import { type ScanArrayFacts, ScanArraySaver, type ScanGrid } from './scan-array-saver.ts';

/** One number per scan point, as 0D data of a group that exists: `<group>/Data0D/CH00/Data00`. */
export class ScalarSaver {
  readonly #group: string;
  readonly #array: ScanArraySaver;
  readonly #wrap: (value: number) => NumericArray;

  constructor(group: string, grid: ScanGrid, dtype: Extract<Dtype, 'float64' | 'uint8'>) {
    this.#group = group;
    this.#array = new ScanArraySaver(`${group}/Data0D/${channelName(0)}/${dataName(0)}`, grid, dtype, []);
    this.#wrap = dtype === 'uint8' ? (value) => Uint8Array.of(value) : (value) => Float64Array.of(value);
  }

  open(facts: ScanArrayFacts): H5Operation[] {
    return [
      groupNode(`${this.#group}/Data0D`, ''),
      groupNode(`${this.#group}/Data0D/${channelName(0)}`, facts.title),
      this.#array.create(facts),
    ];
  }

  write(indexes: readonly number[], value: number): H5Operation {
    return this.#array.write(indexes, this.#wrap(value));
  }
}
