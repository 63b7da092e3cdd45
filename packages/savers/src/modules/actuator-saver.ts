import type { ModuleRecord } from '@daqtor/core';
import type { ScanGrid } from '../data/scan-arrays.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { ModuleSaver } from './module-saver.ts';
import { ScalarSaver } from './scalar-saver.ts';

/** Where an actuator was at one point. */
export interface PositionAt {
  readonly indexes: readonly number[];
  /** Read back after arrival, in the actuator's units. */
  readonly position: number;
}

/** Saves an actuator in a scan: its settings and, at each point, the position that was read back. */
export class ActuatorSaver extends ModuleSaver<PositionAt> {
  readonly #startedEpochMs: number;
  readonly #positions: ScalarSaver;

  /** @param group - path of its group, e.g. `/RawData/Scan000/Actuator000` */
  constructor(group: string, record: ModuleRecord, grid: ScanGrid, startedEpochMs: number) {
    super('actuator', group, record);
    this.#startedEpochMs = startedEpochMs;
    this.#positions = new ScalarSaver(group, grid, 'float64');
  }

  override open(): H5Operation[] {
    const { name, units } = this.record;
    return [
      this.groupNode(),
      ...this.#positions.open({
        title: `${name} position`,
        label: 'position',
        units,
        origin: name,
        timestamp: this.#startedEpochMs / 1000,
      }),
    ];
  }

  write({ indexes, position }: PositionAt): H5Operation[] {
    return [this.#positions.write(indexes, position)];
  }
}
