import type { BaselineModule, BaselineReading, DataToExport } from '@daqtor/core';
import { z } from 'zod';
import type { Compression } from '../data/array-saver.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { asStr } from '../layout/envelope.ts';
import { groupName } from '../layout/node-names.ts';
import { groupNode } from '../layout/nodes.ts';
import { ActuatorEnlargeableSaver } from './actuator-enlargeable-saver.ts';
import { DetectorEnlargeableSaver } from './detector-enlargeable-saver.ts';

const momentSchema = z.object({ at: z.enum(['begin', 'end']), epochMs: z.number() });
/** Which reading of the baseline was made when. */
export type BaselineMoment = z.output<typeof momentSchema>;

const NAME = 'baseline_readings';

/** Path of the group of a scan's baseline. @param scan - path of the scan's group */
export const baselineGroup = (scan: string): string => `${scan}/Baseline`;

/** Reads from the attributes of a baseline when it was read. @returns none where it is not told, or not as we tell it */
export function momentsIn(attributes: Readonly<Record<string, unknown>>): readonly BaselineMoment[] {
  const text = attributes[NAME];
  if (typeof text !== 'string') return [];
  try {
    return z.array(momentSchema).safeParse(JSON.parse(text)).data ?? [];
  } catch {
    return []; // Somebody else's attribute of this name.
  }
}

/**
 * Saves the readings of a scan's baseline: a group per module as in a recording, a row for each time that it was read. An
 * axis of time of its own lies in each: one that could not be read has no row for it.
 */
export class BaselineSaver {
  readonly #group: string;
  readonly #savers: readonly (DetectorEnlargeableSaver | ActuatorEnlargeableSaver)[];
  #moments: readonly BaselineMoment[];
  #isOpen = false;

  /**
   * @param scan - path of the scan's group
   * @param earlier - readings that are there already, of a scan that goes on
   */
  constructor(
    scan: string,
    modules: readonly BaselineModule[],
    compression?: Compression,
    earlier: readonly BaselineMoment[] = [],
  ) {
    this.#group = baselineGroup(scan);
    this.#moments = earlier;
    const count = { actuator: 0, detector: 0 };
    this.#savers = modules.map(({ role, ...record }) => {
      const group = `${this.#group}/${groupName(role, count[role]++)}`;
      if (role === 'actuator') return new ActuatorEnlargeableSaver(group, record);
      return new DetectorEnlargeableSaver(group, record, undefined, compression);
    });
  }

  /** Paths of the arrays made so far that grow. */
  get growing(): readonly string[] {
    return this.#savers.flatMap(({ growing }) => growing);
  }

  /** @throws DaqtorError `data.shape` if a module gives other data than before */
  write({ at, atEpochMs, values }: BaselineReading): H5Operation[] {
    const operations = this.#isOpen ? [] : this.#nodes();
    this.#isOpen = true;
    const rows = this.#savers.flatMap((saver, i) => {
      const value = values[i];
      if (!value) return [];
      if (saver instanceof DetectorEnlargeableSaver) return saver.write(apart(value));
      return saver.write({ position: Number(value.data[0]?.data[0]?.[0]), atEpochMs });
    });
    this.#moments = [...this.#moments, { at, epochMs: atEpochMs }];
    return [...operations, ...rows, { op: 'attribute', path: this.#group, name: NAME, value: this.#told() }];
  }

  #nodes(): H5Operation[] {
    return [
      groupNode(this.#group, 'Baseline', { type: asStr('baseline') }),
      ...this.#savers.flatMap((saver) => saver.open()),
    ];
  }

  #told(): string {
    return asStr(JSON.stringify(this.#moments));
  }
}

/** PyMoDAQ's reader knows data by origin and name: those of a detector that is read at each point, too, are others. */
function apart(value: DataToExport): DataToExport {
  return value.with({ data: value.data.map((one) => one.with({ origin: `${one.origin} baseline` })) });
}
