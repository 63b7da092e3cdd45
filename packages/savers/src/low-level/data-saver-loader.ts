import type { DataWithAxes } from '@daqtor/core';
import type { Compression } from '../data/array-saver.ts';
import { singleArrays } from '../data/single-arrays.ts';
import { ChannelDataSaver } from './channel-data-saver.ts';
import type { H5SaverLowLevel } from './h5-saver-low-level.ts';
import type { Where } from './where.ts';

/** Saves a data object with its axes and error bars into a group of its own. */
export class DataSaverLoader extends ChannelDataSaver<void> {
  readonly dataType = 'data';

  constructor(saver: H5SaverLowLevel, compression?: Compression) {
    super(saver, singleArrays(compression));
  }

  /** @throws DaqtorError `save.failed` if the group holds data already */
  addData(where: Where, data: DataWithAxes): Promise<void> {
    return this.add(where, data);
  }
}
