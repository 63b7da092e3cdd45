import type { PointAxis, PurePoint } from './points.ts';

/** Where a step of a scan goes and where its data belong. */
export interface PlannedPoint {
  /** One index per scan dimension. */
  readonly indexes: readonly number[];
  /** One position per actuator, in the units of the scan. */
  readonly targets: readonly number[];
  /** When to measure, after the beginning of the scan; as soon as possible where it is left out. */
  readonly dueMs?: number;
}

/** Sorts the values of a point: where the actuators go, and when. */
export function plannedPoint(axes: readonly PointAxis[], { indexes, values }: PurePoint): PlannedPoint {
  const targets: number[] = [];
  let dueMs: number | undefined;
  for (const [i, { role }] of axes.entries()) {
    const value = values[i] as number;
    if (role === 'actuator') targets.push(value);
    else if (role === 'time') dueMs = value * 1000;
  }
  return dueMs === undefined ? { indexes, targets } : { indexes, targets, dueMs };
}
