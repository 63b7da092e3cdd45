import { DataToExport } from '../data/data-to-export.ts';
import type { Decisions } from './adaptive/decisions.ts';
import { signalIn } from './adaptive/signal.ts';
import type { PlannedPoint } from './planned-point.ts';
import type { PurePoint } from './points.ts';

/** One run along a plan: where each step goes, and whether there is another one. */
export interface ScanCourse {
  /** Whether there is such a step, as far as what was measured until now tells. */
  has(step: number): boolean;
  /** The point of a step that there is; the same one when it is asked for again. */
  at(step: number): PlannedPoint;
  /**
   * Takes in what was measured.
   *
   * @returns the number that the next points follow from; undefined where they follow from nothing
   * @throws DaqtorError `scan.failed` if it lacks what the next point follows from
   */
  measured(point: { readonly step: number; readonly data: readonly DataToExport[] }): number | undefined;
}

/** A run whose points are known from the start. */
export function fixedCourse(size: number, at: (step: number) => PlannedPoint): ScanCourse {
  return { has: (step) => step < size, at, measured: () => undefined };
}

/**
 * A run whose points follow from the data.
 *
 * @param size - the most steps that it may have
 * @param place - what the lab makes of a point
 * @param past - what its first steps have measured already, as `measured` gave it; NaN for one without data
 */
export function decidedCourse(
  { signal, begin }: Decisions,
  size: number,
  place: (point: PurePoint) => PlannedPoint,
  past: readonly number[],
): ScanCourse {
  const decider = begin();
  const points: PlannedPoint[] = [];
  let isOver = false;
  const has = (step: number) => {
    while (!isOver && points.length <= step && points.length < size) {
      const values = decider.next();
      if (values) points.push(place({ indexes: [points.length], values }));
      else isOver = true;
    }
    return step < points.length;
  };
  // In the order in which they came: what is known decides on the next point.
  for (const [step, value] of past.entries()) if (has(step)) decider.tell(step, value);
  return {
    has,
    at: (step) => {
      if (has(step)) return points[step] as PlannedPoint;
      throw new RangeError(`the scan has no step ${step}`);
    },
    measured: ({ step, data }) => {
      const grabbed = data.find(({ name }) => name === signal.detector);
      const value = signalIn(grabbed ?? nothing(signal.detector), signal);
      decider.tell(step, value);
      return value;
    },
  };
}

const nothing = (name: string): DataToExport => new DataToExport({ name, data: [] });
