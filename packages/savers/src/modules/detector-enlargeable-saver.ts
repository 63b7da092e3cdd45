import type { DataToExport, ModuleRecord } from '@daqtor/core';
import type { Compression } from '../data/array-saver.ts';
import { DataToExportTimedSaver } from '../data/data-to-export-timed-saver.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import type { Settings } from '../layout/settings-xml.ts';
import { ModuleSaver } from './module-saver.ts';

/** Saves a detector over time: its settings, and each frame with its timestamp. */
export class DetectorEnlargeableSaver extends ModuleSaver<DataToExport> {
  readonly #data: DataToExportTimedSaver;

  /** @param group - path of its group, e.g. `/RawData/Detector000` */
  constructor(
    group: string,
    record: ModuleRecord,
    settings?: Readonly<Record<string, Settings>>,
    compression?: Compression,
  ) {
    super('detector', group, record, settings);
    this.#data = new DataToExportTimedSaver(group, record.name, compression);
  }

  get growing(): readonly string[] {
    return this.#data.growing;
  }

  write(frame: DataToExport): H5Operation[] {
    return this.#data.write(frame);
  }
}
