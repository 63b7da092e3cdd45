import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Clock, DaqtorError } from '@daqtor/core';
import { saveFailed } from './h5/h5-errors.ts';
import { H5File } from './h5/h5-file.ts';
import type { OpenOptions } from './h5/h5-operation.ts';
import { makeFolder } from './h5/make-folder.ts';
import { RAW_DATA } from './layout/dataset-nodes.ts';
import { localTime } from './layout/local-time.ts';
import { checkCompatible } from './saver-settings.ts';

/** How often another process may be quicker to take a name. */
const MAX_ATTEMPTS = 10;

/** A file that is open for writing. */
export interface OpenedFile {
  readonly file: H5File;
  /** Whether it was made now: then it lacks the attributes that every dataset begins with. */
  readonly isNew: boolean;
  /** Names of what is in `/RawData` already. */
  readonly members: readonly string[];
}

/** How a file's commits are made. */
type HowToWrite = Pick<OpenOptions, 'fsync' | 'commit' | 'swmr'>;

export interface TargetOptions extends HowToWrite {
  /** Opens what is there, if it is, instead of refusing it. */
  readonly append: boolean;
}

/** Makes the next dataset of the day, `Dataset_20260131_000.h5`, numbered through the day. */
export function createDataset(basePath: string, how: HowToWrite, clock: Clock, baseName = 'Dataset'): Promise<H5File> {
  const { day } = localTime(clock.epochMs());
  const folder = dayFolder(basePath, clock);
  const first = lastNumber(folder, baseName, day) + 1;
  return createFirst(folder, (attempt) => datasetName(baseName, day, first + attempt), how, clock);
}

/** The last dataset of the day, if there is one. */
export function lastDataset(basePath: string, clock: Clock, baseName = 'Dataset'): string | undefined {
  const { day } = localTime(clock.epochMs());
  const folder = dayFolder(basePath, clock);
  const last = lastNumber(folder, baseName, day);
  return last < 0 ? undefined : join(folder, datasetName(baseName, day, last));
}

function datasetName(baseName: string, day: string, number: number): string {
  return `${baseName}_${day}_${String(number).padStart(3, '0')}.h5`;
}

/**
 * Opens the file that a recording goes to: `target` itself if it ends in `.h5`, else a new file in the folder of the day
 * below it, `Data_20260131_13_59_59.h5`.
 *
 * @throws DaqtorError `save.failed`
 */
export async function openTarget(
  target: string,
  baseName: string,
  { append, ...how }: TargetOptions,
  clock: Clock,
): Promise<OpenedFile> {
  if (!target.endsWith('.h5')) {
    const { day, time } = localTime(clock.epochMs());
    const stem = `${baseName}_${day}_${time.slice(0, 8).replaceAll(':', '_')}`;
    const name = (attempt: number) => `${stem}${attempt === 0 ? '' : `_${attempt}`}.h5`;
    return { file: await createFirst(dayFolder(target, clock), name, how, clock), isNew: true, members: [] };
  }
  ensureFolder(dirname(target));
  const isNew = !(append && existsSync(target));
  const file = await H5File.open({ path: target, mode: isNew ? 'create' : 'append', ...how }, clock);
  if (isNew) return { file, isNew, members: [] };
  try {
    await checkCompatible(file, how.swmr ?? false);
    return { file, isNew, members: await file.ask({ ask: 'children', path: RAW_DATA }) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Makes the first file whose name is free. Another process may take a name at any time: then it is the one after it. */
async function createFirst(folder: string, name: (attempt: number) => string, how: HowToWrite, clock: Clock) {
  for (let attempt = 0; ; attempt++) {
    const path = join(folder, name(attempt));
    try {
      return await H5File.open({ ...how, path, mode: 'create' }, clock);
    } catch (error) {
      const isTaken = existsSync(path) || existsSync(`${path}.lock`);
      if (!isTaken || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** The folder of the day; parts of it that the base path already ends in are not repeated. */
function dayFolder(basePath: string, clock: Clock): string {
  const { year, day } = localTime(clock.epochMs());
  const parts = basename(basePath) === day ? [] : basename(basePath) === year ? [day] : [year, day];
  return ensureFolder(join(basePath, ...parts));
}

function ensureFolder(folder: string): string {
  try {
    makeFolder(folder);
    return folder;
  } catch (error) {
    throw DaqtorError.from(saveFailed('making the folder', folder, error));
  }
}

/** -1 if there is none. */
function lastNumber(folder: string, baseName: string, day: string): number {
  const start = `${baseName}_${day}_`;
  const numbers = readdirSync(folder)
    .filter((name) => name.startsWith(start))
    .map((name) => Number(/^(\d{3,})\.h5$/.exec(name.slice(start.length))?.[1] ?? -1));
  return Math.max(-1, ...numbers);
}
