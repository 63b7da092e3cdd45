import { basename } from 'node:path';
import { type Clock, DaqtorError, type ScanDescription, type ScanRecorder, type ScanRecording } from '@daqtor/core';
import { createDataset } from './dataset-file.ts';
import { H5File } from './h5/h5-file.ts';
import type { Commit } from './h5/h5-operation.ts';
import { type DatasetMetadata, datasetNodes, RAW_DATA } from './layout/dataset-nodes.ts';
import { nextName } from './layout/node-names.ts';
import { record } from './modules/recording.ts';
import { ScanSaver } from './modules/scan-saver.ts';

export interface DatasetOptions {
  /**
   * What a saved point survives. `process` (default): the end of this process, in whatever way. `power`: a power cut as
   * well; each point then waits for the disk, which takes milliseconds.
   */
  readonly survives?: 'process' | 'power';
  /**
   * When points are made durable, and told to be: each by itself (`point`, default), or all of an interval together, for
   * fast scans that do not wait for each point. A killed process loses at most the interval.
   */
  readonly commit?: Commit;
  /** Level of gzip for the data, 1 (fast) to 9 (small); default 0, none. */
  readonly gzip?: number;
  /** A dataset to go on in, instead of a new one. What a killed writer left undone in it is finished first. */
  readonly file?: string;
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
  { survives = 'process', file: existing, gzip = 0, commit = 'point' }: DatasetOptions = {},
): ScanRecorder {
  const fsync = survives === 'power';
  let path = existing;
  let isRecording = false;

  const openFile = async (clock: Clock): Promise<{ file: H5File; isNew: boolean }> => {
    if (path !== undefined)
      return { file: await H5File.open({ path, mode: 'append', fsync, commit }, clock), isNew: false };
    const file = await createDataset(basePath, { fsync, commit }, clock);
    path = file.path;
    return { file, isNew: true };
  };

  const begin = async (description: ScanDescription, ...[streams, clock]: Rest): Promise<ScanRecording> => {
    const { file, isNew } = await openFile(clock);
    const siblings = isNew ? [] : await file.ask({ ask: 'children', path: RAW_DATA });
    const saver = new ScanSaver(`${RAW_DATA}/${nextName('scan', siblings)}`, description, metadata, { gzip });
    const first = isNew ? datasetNodes(basename(file.path), metadata, clock.epochMs()) : [];
    return record(file, saver, streams, first);
  };

  return {
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

type Rest = Parameters<ScanRecorder['begin']> extends [unknown, ...infer R] ? R : never;
