import { basename } from 'node:path';
import {
  type BoundedQueue,
  type Clock,
  type DaqtorError,
  type DataToExport,
  type Logged,
  type LogLine,
  type ModuleRecord,
  realClock,
  type ScanOutcome,
} from '@daqtor/core';
import { EMPTY, type Observable, Subject } from 'rxjs';
import { selectData } from './data/select-data.ts';
import { openTarget } from './dataset-file.ts';
import type { Commit } from './h5/h5-operation.ts';
import { type DatasetMetadata, datasetNodes, openOn, RAW_DATA, swmrNodes } from './layout/dataset-nodes.ts';
import { nextName } from './layout/node-names.ts';
import { DetectorEnlargeableSaver } from './modules/detector-enlargeable-saver.ts';
import type { Receipts } from './modules/saver-work.ts';
import { feed, SavingSession } from './modules/saving-session.ts';
import { selecting } from './modules/selecting.ts';
import { type H5SaverInput, parseSaverSettings, saverSettingsGroup } from './saver-settings.ts';

/** What all recordings over time can be told. */
export interface RecordingOptions {
  readonly settings?: H5SaverInput;
  readonly metadata?: DatasetMetadata;
  readonly log$?: Observable<LogLine>;
  readonly clock?: Clock;
  /** When values are made durable, and told to be; default twice a second. */
  readonly commit?: Commit;
  /** Whether others may read the file while it is written; see `dataset`. */
  readonly swmr?: boolean;
}

/** Recordings over time are fast, and nobody waits for one of their values. */
export const TWICE_A_SECOND: Commit = { everyMs: 500 };

/** A recording over time that is under way. */
export interface Recording {
  /** The file that is written, as a path. */
  readonly file: string;
  /** Path of its group in the file. */
  readonly group: string;
  /** Of each value, once it is durable in the file: whose it is, and its time. Errors when one cannot be saved. */
  readonly saved$: Observable<Logged>;
  /** What saving waits for, a full disk; it goes on by itself once there is room. Undefined while all goes well. */
  readonly trouble$: Observable<DaqtorError | undefined>;
  /**
   * Writes what still waits, closes the file and lets go of everything. Call it once, also after a failure.
   *
   * @throws DaqtorError `save.failed` if the end cannot be written
   */
  end(outcome?: ScanOutcome): Promise<void>;
}

/**
 * Saves each frame of a detector, with its time, as a group `Detector000`.
 *
 * @param target - a file that ends in `.h5`, or a folder: then `2026/20260131/Data_20260131_13_59_59.h5` in it
 * @param frames - lossless, e.g. `viewer.data.attach(...)`
 * @throws DaqtorError `save.failed` or `lab.settings`
 */
export async function continuousSaving(
  target: string,
  module: ModuleRecord,
  frames: BoundedQueue<DataToExport>,
  options: RecordingOptions = {},
): Promise<Recording> {
  const { clock = realClock, metadata = {}, log$ = EMPTY, commit = TWICE_A_SECOND } = options;
  const settings = parseSaverSettings(options.settings);
  const swmr = options.swmr ?? settings.swmr.enabled;
  const place = { append: !settings.newFile, fsync: settings.survives === 'power', commit, swmr };
  const { file, isNew, members } = await openTarget(target, settings.baseName ?? 'Data', place, clock);
  const own = nextName('detector', members);
  const shown = saverSettingsGroup(settings, { saveType: 'detector', file: file.path, group: own });
  const saver = new DetectorEnlargeableSaver(
    `${RAW_DATA}/${own}`,
    module,
    { H5Saver: { h5saver_settings: shown } },
    { gzip: settings.compression.level },
  );
  const saved = new Subject<Logged>();
  const source = feed({
    saver: selecting(saver, (frame) => selectData(frame, settings)),
    queue: frames,
    receipts: receiptsTo(saved, module.name, momentOf),
  });
  const session = await SavingSession.start(file, [source], {
    clock,
    first: [
      ...(isNew ? datasetNodes(basename(file.path), metadata, clock.epochMs(), settings.saveType ?? 'detector') : []),
      ...swmrNodes(isNew && swmr),
      openOn(saver.group),
    ],
    log$,
    onFault: (error) => saved.error(error),
  });
  return {
    file: file.path,
    group: saver.group,
    saved$: saved.asObservable(),
    trouble$: session.trouble$,
    async end(outcome = 'completed') {
      const error = await session.end(outcome);
      saved.complete();
      if (error !== undefined) throw error;
    },
  };
}

/** Tells that values of a module are durable, by their times. */
export function receiptsTo<T>(saved: Subject<Logged>, module: string, of: (value: T) => number): Receipts<T> {
  return { of, onSaved: (atEpochMs) => saved.next({ module, atEpochMs }) };
}

/** When a frame was taken, in ms since the epoch. */
export const momentOf = ({ timestamp }: DataToExport) => timestamp * 1000;
