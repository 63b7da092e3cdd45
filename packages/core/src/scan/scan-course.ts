import type { ScanPoint } from '../contracts/scan-recorder.ts';
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
   * @throws DaqtorError `scan.failed` if it lacks what the next point follows from
   */
  measured(point: Pick<ScanPoint, 'step' | 'data'>): void;
}

/** A run whose points are known from the start. */
export function fixedCourse(size: number, at: (step: number) => PlannedPoint): ScanCourse {
  return { has: (step) => step < size, at, measured: () => {} };
}

/**
 * A run whose points follow from the data.
 *
 * @param size - the most steps that it may have
 * @param place - what the lab makes of a point
 */
export function decidedCourse(
  { signal, begin }: Decisions,
  size: number,
  place: (point: PurePoint) => PlannedPoint,
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
  return {
    has,
    at: (step) => {
      if (has(step)) return points[step] as PlannedPoint;
      throw new RangeError(`the scan has no step ${step}`);
    },
    measured: ({ step, data }) => {
      const grabbed = data.find(({ name }) => name === signal.detector);
      decider.tell(step, signalIn(grabbed ?? nothing(signal.detector), signal));
    },
  };
}

const nothing = (name: string): DataToExport => new DataToExport({ name, data: [] });
