import type { DataWithAxes } from '@daqtor/core';
import type { Compression } from '../data/array-saver.ts';
import { type ScanGrid, scanArrays } from '../data/scan-arrays.ts';
import { ChannelDataSaver } from './channel-data-saver.ts';
import type { H5SaverLowLevel } from './h5-saver-low-level.ts';
import type { Where } from './where.ts';

/** Saves data objects into arrays with a place for each point of a scan. */
export class DataExtendedSaver extends ChannelDataSaver<readonly number[]> {
  readonly dataType = 'data';

  constructor(saver: H5SaverLowLevel, grid: ScanGrid, compression?: Compression) {
    super(saver, scanArrays(grid, compression));
  }

  /**
   * @param indexes - where the data belong: one index per scan dimension
   * @throws DaqtorError `data.shape` if they differ from the first in more than their numbers
   */
  addData(where: Where, data: DataWithAxes, indexes: readonly number[]): Promise<void> {
    return this.add(where, data, indexes);
  }
}
