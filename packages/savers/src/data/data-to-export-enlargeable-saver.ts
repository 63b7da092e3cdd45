import { checkUnits, type DataToExport } from '@daqtor/core';
import type { H5Operation } from '../h5/h5-operation.ts';
import { axisName } from '../layout/node-names.ts';
import { groupNode, growingAxisNode } from '../layout/nodes.ts';
import type { Compression } from './array-saver.ts';
import { DataToExportSaver } from './data-to-export-saver.ts';
import { rowArrays } from './row-arrays.ts';

const ONE: readonly number[] = [1];

/** An axis along the rows. */
export interface RowAxis {
  readonly label: string;
  /** A unit that pint reads; '' for a pure number. */
  readonly units: string;
}

/** Saves what a module gives, row by row, each row with one coordinate per axis. The first value defines the arrays. */
export class DataToExportEnlargeableSaver {
  readonly #group: string;
  readonly #axes: readonly (RowAxis & { readonly path: string })[];
  readonly #data: DataToExportSaver;
  #isOpen = false;

  /**
   * @param group - path of the module's group, which exists
   * @param module - its title
   * @throws DaqtorError `data.units` for an unknown unit
   */
  constructor(group: string, module: string, axes: readonly RowAxis[], compression?: Compression) {
    for (const { units } of axes) checkUnits(units);
    this.#group = group;
    this.#axes = axes.map((axis, i) => ({ ...axis, path: `${group}/NavAxes/${axisName(i)}` }));
    this.#data = new DataToExportSaver(group, rowArrays(compression), module);
  }

  /** Paths of the arrays that grow. */
  get growing(): readonly string[] {
    return this.#isOpen ? [...this.#axes.map(({ path }) => path), ...this.#data.growing] : [];
  }

  /**
   * @param at - one coordinate per axis
   * @throws DaqtorError `data.shape` if the value differs from the first in more than its numbers
   */
  write(value: DataToExport, at: readonly number[], background?: DataToExport): H5Operation[] {
    const operations = this.#data.write(value, undefined, background);
    if (!this.#isOpen) {
      this.#isOpen = true;
      operations.unshift(
        groupNode(`${this.#group}/NavAxes`, ''),
        ...this.#axes.map(({ path, ...axis }, spreadOrder) => growingAxisNode(path, { ...axis, spreadOrder })),
      );
    }
    for (let i = 0; i < this.#axes.length; i++) {
      const data = Float64Array.of(at[i] ?? Number.NaN);
      operations.push({ op: 'append', path: this.#axes[i]?.path as string, count: ONE, data });
    }
    return operations;
  }
}
