import { lineOf, type Points } from '../points.ts';
import { requirePositive, requireWhole } from '../refuse.ts';

/** Points at times after the beginning of the scan: a series by itself, or the slow factor of a grid. */
export function timesOf(count: number, everyMs: number): Points {
  requireWhole(count, 1, 'the number of times');
  requirePositive(everyMs, 'the time between two points');
  return lineOf({ name: 'time', units: 's', role: 'time', isRelative: false }, count, (i) => (i * everyMs) / 1000);
}
