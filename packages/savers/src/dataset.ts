import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Clock, DaqtorError, type ScanDescription, type ScanRecorder, type ScanRecording } from '@daqtor/core';
import { saveFailed } from './h5/h5-errors.ts';
import { H5File } from './h5/h5-file.ts';
import { type DatasetMetadata, datasetNodes, RAW_DATA } from './layout/dataset-nodes.ts';
import { localTime } from './layout/local-time.ts';
import { nextName } from './layout/node-names.ts';
import { record } from './modules/recording.ts';
import { ScanSaver } from './modules/scan-saver.ts';

export interface DatasetOptions {
  /**
   * What a saved point survives. `process` (default): the end of this process, in whatever way. `power`: a power cut as
   * well; each point then waits for the disk, which takes milliseconds.
   */
  readonly survives?: 'process' | 'power';
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
  { survives = 'process' }: DatasetOptions = {},
): ScanRecorder {
  const fsync = survives === 'power';
  let path: string | undefined;
  let isRecording = false;

  const openFile = async (clock: Clock): Promise<{ file: H5File; isNew: boolean }> => {
    if (path !== undefined) return { file: await H5File.open({ path, mode: 'append', fsync }, clock), isNew: false };
    const file = await createFile(basePath, fsync, clock);
    path = file.path;
    return { file, isNew: true };
  };

  const begin = async (description: ScanDescription, ...[streams, clock]: Rest): Promise<ScanRecording> => {
    const { file, isNew } = await openFile(clock);
    const siblings = isNew ? [] : await file.ask({ ask: 'children', path: RAW_DATA });
    const saver = new ScanSaver(`${RAW_DATA}/${nextName('Scan', siblings)}`, description, metadata);
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

/** How often another process may be quicker to take a number. */
const MAX_ATTEMPTS = 10;

type Rest = Parameters<ScanRecorder['begin']> extends [unknown, ...infer R] ? R : never;

/** Makes the next dataset of the day. Another process may take a number first: then the one after it. */
async function createFile(basePath: string, fsync: boolean, clock: Clock): Promise<H5File> {
  const { day } = localTime(clock.epochMs());
  const folder = dayFolder(basePath, clock);
  let number = nextNumber(folder, day);
  for (let attempts = 1; ; attempts++, number++) {
    const path = join(folder, `Dataset_${day}_${String(number).padStart(3, '0')}.h5`);
    try {
      return await H5File.open({ path, mode: 'create', fsync }, clock);
    } catch (error) {
      const isTaken = existsSync(path) || existsSync(`${path}.lock`);
      if (!isTaken || attempts === MAX_ATTEMPTS) throw error;
    }
  }
}

/** The folder of the day; parts of it that the base path already ends in are not repeated. */
function dayFolder(basePath: string, clock: Clock): string {
  const { year, day } = localTime(clock.epochMs());
  const parts = basename(basePath) === day ? [] : basename(basePath) === year ? [day] : [year, day];
  const folder = join(basePath, ...parts);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw DaqtorError.from(saveFailed('making the folder', folder, error));
  }
  return folder;
}

function nextNumber(folder: string, day: string): number {
  const name = new RegExp(`^Dataset_${day}_(\\d{3,})\\.h5$`);
  const numbers = readdirSync(folder).map((file) => Number(name.exec(file)?.[1] ?? -1));
  return Math.max(-1, ...numbers) + 1;
}
