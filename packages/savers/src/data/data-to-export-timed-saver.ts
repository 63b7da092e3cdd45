import type { DataToExport } from '@daqtor/core';
import type { H5Operation } from '../h5/h5-operation.ts';
import type { Compression } from './array-saver.ts';
import { DataToExportEnlargeableSaver } from './data-to-export-enlargeable-saver.ts';

/** Saves what a module gives, row by row over time: the axis `time` holds each value's timestamp, in s since 1970. */
export class DataToExportTimedSaver {
  readonly #rows: DataToExportEnlargeableSaver;

  /**
   * @param group - path of the module's group, which exists
   * @param module - its title
   */
  constructor(group: string, module: string, compression?: Compression) {
    this.#rows = new DataToExportEnlargeableSaver(group, module, [{ label: 'time', units: 's' }], compression);
  }

  /** Paths of the arrays that grow. */
  get growing(): readonly string[] {
    return this.#rows.growing;
  }

  /** @throws DaqtorError `data.shape` if the value differs from the first in more than its numbers */
  write(value: DataToExport, background?: DataToExport): H5Operation[] {
    return this.#rows.write(value, [value.timestamp], background);
  }
}
