import {
  DaqtorError,
  type LargerScan,
  type LogLine,
  type ScanDescription,
  type ScanRecorder,
  type ScanRevision,
} from '@daqtor/core';
import { savingPlan } from '../dataset-options.ts';
import { freeBytes } from '../free-bytes.ts';
import { H5File } from '../h5/h5-file.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { revisionsNode } from '../layout/scan-revisions.ts';
import { type ScanGap, scanRuns } from '../layout/scan-runs.ts';
import { BaselineSaver, baselineGroup, momentsIn } from '../modules/baseline-saver.ts';
import { LogLinesSaver } from '../modules/log-lines-saver.ts';
import { record } from '../modules/recording.ts';
import { growthOf } from '../modules/scan-growth.ts';
import { SCAN_UNDER_WAY, ScanSaver } from '../modules/scan-saver.ts';
import { checkCompatible } from '../saver-settings.ts';
import { grownTo, inExistingNodes, inExistingRows } from './existing-nodes.ts';
import { type SavedScan, savedScan } from './saved-scan.ts';

export interface HowToGoOn {
  /** The step that the points begin with. */
  readonly from: number;
  readonly gap: ScanGap;
  /** How the scan was changed, before and now. */
  readonly revisions: readonly ScanRevision[];
  /** The scan with the points that are added now, if any are. */
  readonly larger?: LargerScan | undefined;
  /** For the log of the file. */
  readonly remarks: readonly string[];
}

/** A recorder that goes on in the arrays of a scan that is there. */
export function goOnIn(saved: SavedScan, { from, gap, remarks, revisions, larger }: HowToGoOn): ScanRecorder {
  const { file: path, group, recipe, runs: earlier } = saved;
  const { how, gzip, select } = savingPlan(recipe.saving);
  return {
    freeBytes: () => freeBytes(path),
    async begin(now, streams, clock) {
      const file = await H5File.open({ path, mode: 'append', ...how }, clock);
      await checkCompatible(file, how.swmr);
      try {
        await checkUnchanged(saved);
        const { actuators, detectors, startedEpochMs, metadata } = recipe;
        const description: ScanDescription = { ...now, actuators, detectors, startedEpochMs };
        const saver = new ScanSaver(group, description, metadata, { gzip });
        const baseline =
          now.baseline && new BaselineSaver(group, now.baseline, { gzip }, momentsIn(attributesOf(saved)));
        const run = { from, beganEpochMs: clock.epochMs(), gap };
        const runs = scanRuns(group, earlier, run);
        const growth = larger ? growthOf(await file.ask({ ask: 'tree', path: group }), larger) : [];
        const there = larger ? grownTo(larger, saved) : saved;
        const first = [
          ...growth,
          ...Object.entries({ ...SCAN_UNDER_WAY, ...runs.attributes }).map(
            ([name, value]): H5Operation => ({ op: 'attribute', path: group, name, value }),
          ),
          ...(revisions.length > 0 ? [revisionsNode(group, revisions)] : []),
          ...linesAbout(saved, gap, remarks).flatMap((line) => new LogLinesSaver().write(line)),
        ];
        return await record(file, inExistingNodes(saver, there), streams, {
          first,
          clock,
          select,
          baseline: baseline && inExistingRows(baseline, saved),
          grows: !how.swmr,
          revisions,
          last: runs.ended,
        });
      } catch (error) {
        await file.close();
        throw error;
      }
    },
  };
}

const attributesOf = ({ nodes, group }: SavedScan) => nodes.get(baselineGroup(group))?.attributes ?? {};

/** The file is ours only now: somebody may have been quicker. */
async function checkUnchanged({ file, group, outcome, runs, status }: SavedScan): Promise<void> {
  const now = await savedScan(file, group.slice(group.lastIndexOf('/') + 1));
  const isSame =
    now.outcome === outcome &&
    now.runs.length === runs.length &&
    Array.from(now.status).every((one, place) => one === status[place]);
  if (isSame) return;
  throw new DaqtorError('save.failed', {
    problem: `${group} of ${file} has changed since it was looked at`,
    advice: 'Somebody else goes on with it; resume it again if not',
  });
}

function linesAbout({ outcome }: SavedScan, gap: ScanGap, remarks: readonly string[]): LogLine[] {
  const { fromEpochMs, untilEpochMs, afterStep, beforeStep } = gap;
  const at = (epochMs: number) => new Date(epochMs).toISOString();
  const after = afterStep === undefined ? 'no point' : `step ${afterStep}`;
  const before = beforeStep === undefined ? 'no point is missing' : `step ${beforeStep} is next`;
  const ended = outcome === 'running' ? 'was cut short' : `was ${outcome}`;
  const text = `resumed: the scan ${ended}, nobody worked on it from ${at(fromEpochMs)} to ${at(untilEpochMs)}; ${after} was the last, ${before}`;
  const line = { atEpochMs: untilEpochMs, source: 'DAQ_Scan' } as const;
  return [
    { ...line, level: 'WARNING', text },
    ...remarks.map((remark) => ({ ...line, level: 'WARNING', text: remark }) as const),
  ];
}
