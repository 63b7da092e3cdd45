import { basename } from 'node:path';
import {
  type Clock,
  DaqtorError,
  type ScanDescription,
  type ScanPoint,
  type ScanRecorder,
  type ScanRecording,
} from '@daqtor/core';
import { selectData } from './data/select-data.ts';
import { createDataset, lastDataset } from './dataset-file.ts';
import { freeBytes } from './free-bytes.ts';
import { H5File } from './h5/h5-file.ts';
import type { Commit } from './h5/h5-operation.ts';
import { type DatasetMetadata, datasetNodes, RAW_DATA, swmrNodes } from './layout/dataset-nodes.ts';
import { nextName } from './layout/node-names.ts';
import { record } from './modules/recording.ts';
import { ScanSaver } from './modules/scan-saver.ts';
import { checkCompatible, type H5SaverInput, parseSaverSettings, saverSettingsGroup } from './saver-settings.ts';

export interface DatasetOptions {
  /**
   * What a saved point survives. `process` (default): the end of this process, in whatever way. `power`: a power cut as
   * well; each point then waits for the disk, which takes milliseconds. Default that of the settings.
   */
  readonly survives?: 'process' | 'power';
  /**
   * When points are made durable, and told to be: each by itself (`point`, default), or all of an interval together, for
   * fast scans that do not wait for each point, or so many points together. A killed process loses at most those.
   * Default with SWMR: as the settings' flush interval says.
   */
  readonly commit?: Commit;
  /**
   * Whether others may read the file while it is written (h5py with `swmr=True`): they see each point once it is committed.
   * The file then has the format of HDF5 1.10, and a scan that fails may leave values of a point that does not count.
   */
  readonly swmr?: boolean;
  /** Level of gzip for the data, 1 (fast) to 9 (small); default that of the settings: 0, none. */
  readonly gzip?: number;
  /** A dataset to go on in, instead of a new one. What a killed writer left undone in it is finished first. */
  readonly file?: string;
  /** What PyMoDAQ's H5Saver can be set to: which data are saved, in which type, where. */
  readonly settings?: H5SaverInput;
}

/**
 * A PyMoDAQ dataset to save scans into: `<base>/2026/20260131/Dataset_20260131_000.h5`, numbered through the day.
 * Every value is a file of its own; scans that are begun on one value go into its file as Scan000, Scan001, …
 *
 * @param basePath - a folder; it and the folders of the year and the day are made where they lack
 */
export function dataset(
  basePath: string,
  metadata: DatasetMetadata = {},
  { file: existing, ...options }: DatasetOptions = {},
): ScanRecorder {
  const settings = parseSaverSettings(options.settings);
  const { survives = settings.survives, gzip = settings.compression.level, swmr = settings.swmr.enabled } = options;
  const { commit = swmr ? commitEvery(settings.swmr.flushInterval) : 'point' } = options;
  const fsync = survives === 'power';
  const shown = {
    ...settings,
    survives,
    swmr: { ...settings.swmr, enabled: swmr },
    compression: { ...settings.compression, level: gzip },
  };
  let path = existing;
  let isRecording = false;

  const openFile = async (clock: Clock): Promise<{ file: H5File; isNew: boolean }> => {
    if (!settings.newFile) path ??= lastDataset(basePath, clock, settings.baseName);
    if (path !== undefined) {
      const file = await H5File.open({ path, mode: 'append', fsync, commit, swmr }, clock);
      await checkCompatible(file, swmr);
      return { file, isNew: false };
    }
    const file = await createDataset(basePath, { fsync, commit, swmr }, clock, settings.baseName);
    path = file.path;
    return { file, isNew: true };
  };

  const begin = async (description: ScanDescription, ...[streams, clock]: Rest): Promise<ScanRecording> => {
    const { file, isNew } = await openFile(clock);
    const siblings = isNew ? [] : await file.ask({ ask: 'children', path: RAW_DATA });
    const group = nextName('scan', siblings);
    const where = { saveType: 'scan', file: file.path, group, basePath } as const;
    const saver = new ScanSaver(
      `${RAW_DATA}/${group}`,
      description,
      metadata,
      { gzip, commit },
      { h5saver_settings: saverSettingsGroup(shown, where) },
    );
    const first = isNew
      ? [...datasetNodes(basename(file.path), metadata, clock.epochMs(), settings.saveType), ...swmrNodes(swmr)]
      : [];
    const select = (point: ScanPoint) => ({ ...point, data: point.data.map((data) => selectData(data, settings)) });
    return record(file, saver, streams, first, clock, select);
  };

  return {
    freeBytes: () => freeBytes(path ?? basePath),
    async begin(description, streams, clock) {
      if (isRecording) {
        throw new DaqtorError('save.failed', {
          problem: `another scan is being saved in ${path}`,
          advice: 'Wait for it to end, or give this scan a dataset of its own',
        });
      }
      isRecording = true;
      try {
        const recording = await begin(description, streams, clock);
        return {
          ...recording,
          async end(outcome) {
            try {
              await recording.end(outcome);
            } finally {
              isRecording = false;
            }
          },
        };
      } catch (error) {
        isRecording = false;
        throw error;
      }
    },
  };
}

/** PyMoDAQ's flush interval: steps, 0 for the end. */
function commitEvery(steps: number): Commit {
  return steps === 1 ? 'point' : { everyPoints: steps === 0 ? Number.POSITIVE_INFINITY : steps };
}

type Rest = Parameters<ScanRecorder['begin']> extends [unknown, ...infer R] ? R : never;
