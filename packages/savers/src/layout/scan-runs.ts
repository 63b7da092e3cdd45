import type { DeadTime, ScanOutcome } from '@daqtor/core';
import { z } from 'zod';
import type { Attributes, H5Operation } from '../h5/h5-operation.ts';
import { asStr } from './envelope.ts';

const ms = z.number();
const gapSchema = z.object({
  /** The last point before the gap, by its step; none if no point was measured. */
  afterStep: z.number().optional(),
  /** The first one after it; none if all points were there. */
  beforeStep: z.number().optional(),
  /** When the scan was last seen at work: its end if that was written, else its last point, else its beginning. */
  fromEpochMs: ms,
  untilEpochMs: ms,
});
const runSchema = z.object({
  /** The step that it began with. */
  from: z.number(),
  beganEpochMs: ms,
  /** What lies between the run before and this one. */
  gap: gapSchema.optional(),
  /** How and when it ended; nobody could say that of a run whose process died. */
  outcome: z.enum(['completed', 'stopped', 'failed']).optional(),
  endedEpochMs: ms.optional(),
  /** Where its time went, in milliseconds. */
  deadTime: z.record(z.string(), z.number()).optional(),
});

/** A stretch of work on a scan: from its beginning, or from where it was resumed, to its end. */
export type ScanRun = z.output<typeof runSchema>;
/** The time in which nobody worked on a scan. */
export type ScanGap = z.output<typeof gapSchema>;

const NAME = 'scan_runs';

/** Reads the runs of a scan from its group's attributes. @returns none where they are not told, or not as we tell them */
export function runsIn(attributes: Readonly<Record<string, unknown>>): readonly ScanRun[] {
  const text = attributes[NAME];
  if (typeof text !== 'string') return [];
  try {
    return z.array(runSchema).safeParse(JSON.parse(text)).data ?? [];
  } catch {
    return []; // Somebody else's attribute of this name.
  }
}

/** What is written about the runs of a scan: when this one begins, and when it ends. */
export interface RunsNodes {
  readonly attributes: Attributes;
  readonly ended: (outcome: ScanOutcome, deadTime: DeadTime | undefined, atEpochMs: number) => readonly H5Operation[];
}

/** @param group - path of the scan's group */
export function scanRuns(group: string, earlier: readonly ScanRun[], run: ScanRun): RunsNodes {
  const value = (now: ScanRun) => asStr(JSON.stringify([...earlier, now]));
  return {
    attributes: { [NAME]: value(run) },
    ended: (outcome, deadTime, endedEpochMs) => [
      {
        op: 'attribute',
        path: group,
        name: NAME,
        value: value({ ...run, outcome, endedEpochMs, ...(deadTime && { deadTime: { ...deadTime } }) }),
      },
    ],
  };
}
