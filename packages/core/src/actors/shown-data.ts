import { map, Observable } from 'rxjs';
import type { DataToExport } from '../data/data-to-export.ts';
import { RunningMean } from '../processing/running-mean.ts';
import { subtractBackground } from '../processing/subtract-background.ts';
import { latest } from '../streams/latest.ts';
import type { Clock } from '../time/clock.ts';

export interface ShownOptions {
  /** Shortest time between two looks; default 50. */
  readonly everyMs?: number;
  /** The mean of all frames since the live grab began, with error bars, instead of the newest; default false. */
  readonly mean?: boolean;
  /** Whether the background is subtracted; default true. */
  readonly subtract?: boolean;
}

/**
 * Frames as people look at them.
 *
 * @param begins - calls back whenever a mean has to begin anew; what it returns ends that
 */
export function shownData(
  frames$: Observable<DataToExport>,
  { everyMs = 50, mean: showsMean = false, subtract = true }: ShownOptions,
  clock: Clock,
  begins: (reset: () => void) => () => void,
): Observable<DataToExport> {
  const look = subtract ? map(subtractBackground) : map((frame: DataToExport) => frame);
  if (!showsMean) return frames$.pipe(latest(everyMs, clock), look);
  return new Observable<DataToExport>((taker) => {
    const mean = new RunningMean();
    const end = begins(() => mean.reset());
    const shown = frames$
      .pipe(
        map((frame) => {
          mean.add(frame);
          return frame;
        }),
        latest(everyMs, clock),
        // The newest frame may be of a grab whose mean has just begun anew.
        map((frame) => (mean.mean() ?? frame).with({ background: frame.background })),
        look,
      )
      .subscribe(taker);
    return () => {
      end();
      shown.unsubscribe();
    };
  });
}
