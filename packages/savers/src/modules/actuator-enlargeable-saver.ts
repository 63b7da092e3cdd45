import { DataToExport, DataWithAxes, type ModuleRecord, type PositionThen } from '@daqtor/core';
import { DataToExportTimedSaver } from '../data/data-to-export-timed-saver.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { ModuleSaver } from './module-saver.ts';

/** Saves an actuator over time: its settings, and each position with its time. */
export class ActuatorEnlargeableSaver extends ModuleSaver<PositionThen> {
  readonly #data: DataToExportTimedSaver;

  /** @param group - path of its group, e.g. `/RawData/Scan000/Actuator000` */
  constructor(group: string, record: ModuleRecord) {
    super('actuator', group, record);
    this.#data = new DataToExportTimedSaver(group, record.name);
  }

  get growing(): readonly string[] {
    return this.#data.growing;
  }

  write({ position, atEpochMs }: PositionThen): H5Operation[] {
    const { name, units } = this.record;
    const data = new DataWithAxes({ name, data: [position], units, origin: name, timestamp: atEpochMs / 1000 });
    return this.#data.write(new DataToExport({ name, data: [data] }));
  }
}
