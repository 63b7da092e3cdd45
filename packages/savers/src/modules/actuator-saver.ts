import type { ModuleRecord } from '@daqtor/core';
import type { H5Operation } from '../h5/h5-operation.ts';
import { asStr } from '../layout/envelope.ts';
import { groupNode } from '../layout/nodes.ts';
import { moduleSettings } from './module-settings.ts';
import type { Saver } from './saver.ts';
import { ScalarSaver } from './scalar-saver.ts';
import type { ScanGrid } from './scan-array-saver.ts';

/** Where an actuator was at one point. */
export interface PositionAt {
  readonly indexes: readonly number[];
  /** Read back after arrival, in the actuator's units. */
  readonly position: number;
}

/** Saves an actuator's settings and, at each point, the position that was read back. */
export class ActuatorSaver implements Saver<PositionAt> {
  readonly #group: string;
  readonly #record: ModuleRecord;
  readonly #startedEpochMs: number;
  readonly #positions: ScalarSaver;

  /** @param group - path of its group, e.g. `/RawData/Scan000/Actuator000` */
  constructor(group: string, record: ModuleRecord, grid: ScanGrid, startedEpochMs: number) {
    this.#group = group;
    this.#record = record;
    this.#startedEpochMs = startedEpochMs;
    this.#positions = new ScalarSaver(group, grid, 'float64');
  }

  open(): H5Operation[] {
    const { name, units } = this.#record;
    return [
      groupNode(this.#group, name, {
        type: asStr('actuator'),
        settings: moduleSettings('daq_move_settings', this.#record),
      }),
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
