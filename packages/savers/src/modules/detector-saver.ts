import type { DataToExport, ModuleRecord } from '@daqtor/core';
import type { Compression } from '../data/array-saver.ts';
import { DataToExportSaver } from '../data/data-to-export-saver.ts';
import { singleArrays } from '../data/single-arrays.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { openOn } from '../layout/dataset-nodes.ts';
import type { Settings } from '../layout/settings-xml.ts';
import { ModuleSaver } from './module-saver.ts';

/** What a detector shows, and the background that was taken for it. */
export interface Snapshot {
  readonly data: DataToExport;
  readonly background?: DataToExport | undefined;
}

/** Saves one snapshot of a detector: its settings and its data. */
export class DetectorSaver extends ModuleSaver<Snapshot> {
  readonly #data: DataToExportSaver;

  /** @param group - path of its group, e.g. `/RawData/Detector000` */
  constructor(
    group: string,
    record: ModuleRecord,
    settings?: Readonly<Record<string, Settings>>,
    compression?: Compression,
  ) {
    super('detector', group, record, settings);
    this.#data = new DataToExportSaver(group, singleArrays(compression), record.name);
  }

  override open(): H5Operation[] {
    return [openOn(this.group), ...super.open()];
  }

  write({ data, background }: Snapshot): H5Operation[] {
    return this.#data.write(data, undefined, background);
  }
}
