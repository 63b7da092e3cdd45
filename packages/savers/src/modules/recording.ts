import type {
  BaselineReading,
  Clock,
  DeadTime,
  LargerScan,
  ScanOutcome,
  ScanPoint,
  ScanRecording,
  ScanRevision,
  ScanStreams,
} from '@daqtor/core';
import { Subject } from 'rxjs';
import type { H5Backend } from '../h5/h5-backend.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { revisionsNode } from '../layout/scan-revisions.ts';
import type { Saver } from './saver.ts';
import { feed, SavingSession } from './saving-session.ts';
import { growthOf } from './scan-growth.ts';
import { selecting } from './selecting.ts';

/** Points that a scan may be ahead of commits that are made by time. */
const AHEAD = 4096;

/** Saves the points of a scan into its group. */
export interface SavesScan extends Saver<ScanPoint> {
  /** Path of the scan's group in the file. */
  readonly group: string;
  /**
   * Takes in that points were added to the scan: arrays that are not made yet get a place for them.
   *
   * @returns what the scan was until then
   */
  grow(larger: LargerScan): LargerScan;
}

/** Saves the readings of a scan's baseline. */
export interface SavesBaseline {
  readonly growing: readonly string[];
  write(reading: BaselineReading): readonly H5Operation[];
}

export interface RecordOptions {
  readonly clock: Clock;
  /** What else has to be in the file before the first point. */
  readonly first: readonly H5Operation[];
  /** What of each point is saved; default all. */
  readonly select?: (point: ScanPoint) => ScanPoint;
  /** What saves the readings of a baseline, of a scan that has one. */
  readonly baseline?: SavesBaseline | undefined;
  /** Whether points can be added to what is saved. */
  readonly grows: boolean;
  /** How the scan was changed before. */
  readonly revisions?: readonly ScanRevision[];
  /** What is written about the run at its end. */
  readonly last?: (outcome: ScanOutcome, deadTime: DeadTime | undefined, atEpochMs: number) => readonly H5Operation[];
}

/**
 * Starts the actors that write one scan into an open file. The file is theirs from now on: they close it.
 *
 * @throws DaqtorError `save.failed` if the description cannot be written
 */
export async function record(
  file: H5Backend,
  saver: SavesScan,
  { points, log$ }: ScanStreams,
  { clock, first, select = (point) => point, baseline, grows, revisions: earlier = [], last }: RecordOptions,
): Promise<ScanRecording> {
  const saved = new Subject<number>();
  const revisions = [...earlier];
  let deadTime: DeadTime | undefined;
  const fromPoints = feed({
    saver: selecting(saver, select),
    queue: points,
    isPart: ({ isPart = false }) => isPart,
    receipts: { of: ({ step }: ScanPoint) => step, onSaved: (step) => saved.next(step) },
  });
  const session = await SavingSession.start(file, [fromPoints], {
    clock,
    first,
    log$,
    onFault: (error) => saved.error(error),
    ...(last && { last: (outcome) => last(outcome, deadTime, clock.epochMs()) }),
  });
  return {
    file: file.path,
    group: saver.group,
    ...(file.commit !== 'point' && { ahead: AHEAD }),
    saved$: saved.asObservable(),
    trouble$: session.trouble$,
    grows,
    async revise(revision: ScanRevision, larger?: LargerScan) {
      const was = larger && saver.grow(larger);
      try {
        const growth = larger ? growthOf(await session.tree(saver.group), larger) : [];
        await session.write([...growth, revisionsNode(saver.group, [...revisions, revision])], () => []);
      } catch (error) {
        if (was) saver.grow(was);
        throw error;
      }
      revisions.push(revision);
    },
    ...(baseline && {
      keepBaseline: (reading: BaselineReading) => session.write(baseline.write(reading), () => baseline.growing),
    }),
    async end(outcome, spent) {
      deadTime = spent;
      const error = await session.end(outcome);
      saved.complete();
      if (error !== undefined) throw error;
    },
  };
}
