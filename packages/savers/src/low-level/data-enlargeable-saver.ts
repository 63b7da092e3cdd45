import type { DataWithAxes } from '@daqtor/core';
import type { Compression } from '../data/array-saver.ts';
import { rowArrays } from '../data/row-arrays.ts';
import { ChannelDataSaver } from './channel-data-saver.ts';
import type { H5SaverLowLevel } from './h5-saver-low-level.ts';
import type { Where } from './where.ts';

/** Saves data objects row by row. */
export class DataEnlargeableSaver extends ChannelDataSaver<void> {
  readonly dataType = 'data_enlargeable';

  constructor(saver: H5SaverLowLevel, compression?: Compression) {
    super(saver, rowArrays(compression));
  }

  /** @throws DaqtorError `data.shape` if the data differ from the first in more than their numbers */
  addData(where: Where, data: DataWithAxes): Promise<void> {
    return this.add(where, data);
  }
}
