import type { Axis, DataToExport } from '@daqtor/core';
import type { CreateArray, CreateGroup, H5Operation } from '../h5/h5-operation.ts';
import { axisName } from '../layout/node-names.ts';
import { axisNode, groupNode } from '../layout/nodes.ts';
import type { Compression } from './array-saver.ts';
import type { PlotAxisCopy } from './channel-saver.ts';
import { DataToExportSaver } from './data-to-export-saver.ts';
import { type ScanGrid, scanArrays } from './scan-arrays.ts';

/** Saves what a module gives at each point of a scan. The first point defines the arrays. */
export class DataToExportExtendedSaver {
  readonly #data: DataToExportSaver<readonly number[]>;

  /**
   * @param group - path of the module's group, which exists
   * @param module - its title
   */
  constructor(group: string, module: string, grid: ScanGrid, compression?: Compression) {
    this.#data = new DataToExportSaver(group, scanArrays(grid, compression), module);
  }

  /** Whether the first point has come, by which the arrays are made. */
  get isDefined(): boolean {
    return this.#data.isDefined;
  }

  /** Copies of the scan's axes that its plots need. */
  get plotAxes(): readonly PlotAxisCopy[] {
    return this.#data.plotAxes;
  }

  /**
   * @param indexes - where the point belongs: one index per scan dimension
   * @throws DaqtorError `data.shape` if the value differs from the first in more than its numbers
   */
  write(value: DataToExport, indexes: readonly number[], background?: DataToExport): H5Operation[] {
    return this.#data.write(value, indexes, background);
  }
}

/** Brings the axes of an adaptive scan to where a point was, in the file and in the plots. */
export function visitedAxes(
  group: string,
  copies: readonly PlotAxisCopy[],
  offset: readonly number[],
  targets: readonly number[],
): H5Operation[] {
  const axes = targets.map((_, axis) => ({ path: `${group}/NavAxes/${axisName(axis)}`, axis }));
  return [...axes, ...copies].map(({ path, axis }) => {
    return { op: 'write', path, offset, count: [1], data: Float64Array.of(targets[axis] ?? Number.NaN) };
  });
}

/** The axes of a scan, in the group that its modules are in. */
export function navAxesNodes(group: string, axes: readonly Axis[]): (CreateGroup | CreateArray)[] {
  const path = `${group}/NavAxes`;
  return [groupNode(path, ''), ...axes.map((axis, i) => axisNode(`${path}/${axisName(i)}`, axis))];
}
