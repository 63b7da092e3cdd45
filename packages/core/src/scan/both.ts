import { combineLatest, map, of, Subject } from 'rxjs';
import { orAborted } from '../actors/or-aborted.ts';
import type {
  BaselineReading,
  LargerScan,
  ScanPoint,
  ScanRecorder,
  ScanRecording,
} from '../contracts/scan-recorder.ts';
import { BoundedQueue } from '../streams/bounded-queue.ts';
import type { ScanRevision } from './scan-revision.ts';

/** Points that one recorder may be ahead of another. */
const AHEAD_OF_OTHERS = 16;

/**
 * Several recorders as one: each gets every point, and a point is announced as saved once all of them have it. The scan
 * fails when one of them does. Its file and group are those of the first, and so is the room that is left.
 */
export function both(first: ScanRecorder, ...others: readonly ScanRecorder[]): ScanRecorder {
  return {
    freeBytes: async () => await first.freeBytes?.(),
    async begin(description, { points, log$ }, clock) {
      const queues: BoundedQueue<ScanPoint>[] = [];
      const recordings: ScanRecording[] = [];
      try {
        for (const recorder of [first, ...others]) {
          const queue = new BoundedQueue<ScanPoint>({ maxItems: AHEAD_OF_OTHERS });
          queues.push(queue);
          recordings.push(await recorder.begin(description, { points: queue, log$ }, clock));
        }
      } catch (error) {
        for (const queue of queues) queue.close();
        await Promise.allSettled(recordings.map((recording) => recording.end('failed')));
        throw error;
      }
      const failed = new AbortController();
      const saved$ = savedByAll(recordings, () => failed.abort());
      const handedOut = handOut(points, queues, failed.signal);
      const { file, group } = recordings[0] as ScanRecording;
      const revisesAll = recordings.every(({ revise }) => revise);
      const keepsAll = recordings.every(({ keepBaseline }) => keepBaseline);
      return {
        file,
        group,
        ahead: Math.min(...recordings.map(({ ahead = 1 }) => ahead)),
        saved$: saved$.asObservable(),
        trouble$: combineLatest(recordings.map(({ trouble$ = of(undefined) }) => trouble$)).pipe(
          map((troubles) => troubles.find((trouble) => trouble !== undefined)),
        ),
        ...(keepsAll && {
          keepBaseline: async (reading: BaselineReading) => {
            await Promise.all(recordings.flatMap((recording) => recording.keepBaseline?.(reading) ?? []));
          },
        }),
        grows: recordings.every(({ grows = false }) => grows),
        ...(revisesAll && {
          revise: async (revision: ScanRevision, larger?: LargerScan) => {
            await Promise.all(recordings.flatMap((recording) => recording.revise?.(revision, larger) ?? []));
          },
        }),
        async end(outcome, deadTime) {
          await handedOut;
          const ends = await Promise.allSettled(recordings.map((recording) => recording.end(outcome, deadTime)));
          saved$.complete();
          const fault = ends.find((end) => end.status === 'rejected');
          if (fault) throw fault.reason;
        },
      };
    },
  };
}

/** Gives each point to all, in order, and waits for the slowest, until there are no more or one of them has failed. */
async function handOut(
  points: BoundedQueue<ScanPoint>,
  queues: readonly BoundedQueue<ScanPoint>[],
  failed: AbortSignal,
): Promise<void> {
  try {
    for (let batch = await points.takeBatch(1); batch && !failed.aborted; batch = await points.takeBatch(1)) {
      for (const point of batch) {
        const full = queues.filter((queue) => !queue.tryPut(point));
        // Nobody may take anything from the queue of one that has failed.
        if (full.length > 0) await orAborted(Promise.all(full.map(async (queue) => await queue.put(point))), failed);
      }
    }
  } catch (error) {
    if (!failed.aborted) throw error;
  } finally {
    for (const queue of queues) queue.close();
  }
}

/** The steps that all have saved, in order. @param onFault - called when one of them fails; the others are not awaited any more */
function savedByAll(recordings: readonly ScanRecording[], onFault: () => void): Subject<number> {
  const saved$ = new Subject<number>();
  const counts = recordings.map(() => 0);
  /** Steps in their order, from the first that is not told yet. */
  const steps: number[] = [];
  let told = 0;
  for (const [i, recording] of recordings.entries()) {
    recording.saved$.subscribe({
      next: (step) => {
        counts[i] = (counts[i] as number) + 1;
        if ((counts[i] as number) > told + steps.length) steps.push(step);
        for (const all = Math.min(...counts); told < all; told++) saved$.next(steps.shift() as number);
      },
      error: (error: unknown) => {
        onFault();
        saved$.error(error);
      },
    });
  }
  return saved$;
}
