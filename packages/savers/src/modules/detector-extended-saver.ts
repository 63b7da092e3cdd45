import type { DataToExport, ModuleRecord } from '@daqtor/core';
import type { Compression } from '../data/array-saver.ts';
import type { PlotAxisCopy } from '../data/channel-saver.ts';
import { DataToExportExtendedSaver } from '../data/data-to-export-extended-saver.ts';
import type { ScanGrid } from '../data/scan-arrays.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { ModuleSaver } from './module-saver.ts';

/** What a detector gave at one point. */
export interface DataAt {
  readonly indexes: readonly number[];
  readonly data: DataToExport;
  /** Taken before the first point, and looked for there only; default the one that the data carry. */
  readonly background?: DataToExport;
}

/** Saves a detector in a scan: its settings, and its data at each point. */
export class DetectorExtendedSaver extends ModuleSaver<DataAt> {
  readonly #data: DataToExportExtendedSaver;

  /** @param group - path of its group, e.g. `/RawData/Scan000/Detector000` */
  constructor(group: string, record: ModuleRecord, grid: ScanGrid, compression?: Compression) {
    super('detector', group, record);
    this.#data = new DataToExportExtendedSaver(group, record.name, grid, compression);
  }

  /** Whether the first point has come, by which the arrays are made. */
  get isDefined(): boolean {
    return this.#data.isDefined;
  }

  /** Copies of the scan's axes that its plots need. */
  get plotAxes(): readonly PlotAxisCopy[] {
    return this.#data.plotAxes;
  }

  write({ indexes, data, background }: DataAt): H5Operation[] {
    return this.#data.write(data, indexes, background);
  }
}
