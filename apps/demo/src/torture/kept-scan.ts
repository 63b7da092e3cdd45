import type { BaselineReading, LogLine, ScanOutcome, ScanPoint, ScanRecorder, ScanRevision } from '@daqtor/core';
import { Subject } from 'rxjs';

const SAVE_MS = 3;

/** A recorder in memory that takes 3 ms for a point, or a line of them, with an account of how it was used. */
export class KeptScan {
  readonly points: ScanPoint[] = [];
  readonly baseline: BaselineReading[] = [];
  readonly revisions: ScanRevision[] = [];
  readonly log: LogLine[] = [];
  readonly ends: ScanOutcome[] = [];
  begins = 0;

  readonly recorder: ScanRecorder = {
    begin: async (_, { points, log$ }, clock) => {
      this.begins++;
      await clock.sleep(SAVE_MS);
      log$.subscribe((line) => this.log.push(line));
      const saved = new Subject<number>();
      const drained = (async () => {
        let parts: ScanPoint[] = [];
        for await (const point of points) {
          parts.push(point);
          if (point.isPart) continue;
          await clock.sleep(SAVE_MS);
          this.points.push(...parts);
          for (const { step } of parts) saved.next(step);
          parts = [];
        }
      })();
      return {
        file: '/memory',
        group: '/RawData/Scan000',
        saved$: saved,
        grows: true,
        revise: async (revision) => {
          await clock.sleep(SAVE_MS);
          this.revisions.push(revision);
        },
        keepBaseline: async (reading) => {
          await clock.sleep(SAVE_MS);
          this.baseline.push(reading);
        },
        end: async (outcome) => {
          await drained;
          await clock.sleep(SAVE_MS);
          this.ends.push(outcome);
        },
      };
    },
  };
}
