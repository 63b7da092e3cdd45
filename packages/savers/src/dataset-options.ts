import type { ScanPoint } from '@daqtor/core';
import { selectData } from './data/select-data.ts';
import type { Commit, OpenOptions } from './h5/h5-operation.ts';
import { type H5SaverInput, type H5SaverSettings, parseSaverSettings } from './saver-settings.ts';

/** How scans are saved in a dataset. */
export interface ScanSaving {
  /**
   * What a saved point survives. `process` (default): the end of this process, in whatever way. `power`: a power cut as
   * well; each point then waits for the disk, which takes milliseconds. Default that of the settings.
   */
  readonly survives?: 'process' | 'power' | undefined;
  /**
   * When points are made durable, and told to be: each by itself (`point`, default), or all of an interval together, for
   * fast scans that do not wait for each point, or so many points together. A killed process loses at most those.
   * Default with SWMR: as the settings' flush interval says.
   */
  readonly commit?: Commit | undefined;
  /**
   * Whether others may read the file while it is written (h5py with `swmr=True`): they see each point once it is committed.
   * The file then has the format of HDF5 1.10, and a scan that fails may leave values of a point that does not count.
   */
  readonly swmr?: boolean | undefined;
  /** Level of gzip for the data, 1 (fast) to 9 (small); default that of the settings: 0, none. */
  readonly gzip?: number | undefined;
  /** What PyMoDAQ's H5Saver can be set to: which data are saved, in which type, where. */
  readonly settings?: H5SaverInput | undefined;
}

export interface DatasetOptions extends ScanSaving {
  /** A dataset to go on in, instead of a new one. What a killed writer left undone in it is finished first. */
  readonly file?: string;
}

/** What the options come to. */
export interface SavingPlan {
  readonly how: Required<Pick<OpenOptions, 'fsync' | 'commit' | 'swmr'>>;
  readonly gzip: number;
  readonly settings: H5SaverSettings;
  /** What of a point is saved. */
  readonly select: (point: ScanPoint) => ScanPoint;
}

/** @throws DaqtorError `lab.settings` that names every bad setting */
export function savingPlan(options: ScanSaving): SavingPlan {
  const given = parseSaverSettings(options.settings);
  const { survives = given.survives, gzip = given.compression.level, swmr = given.swmr.enabled } = options;
  const { commit = swmr ? commitEvery(given.swmr.flushInterval) : 'point' } = options;
  const settings = {
    ...given,
    survives,
    swmr: { ...given.swmr, enabled: swmr },
    compression: { ...given.compression, level: gzip },
  };
  return {
    how: { fsync: survives === 'power', commit, swmr },
    gzip,
    settings,
    select: (point) => ({ ...point, data: point.data.map((data) => selectData(data, settings)) }),
  };
}

/** PyMoDAQ's flush interval: steps, 0 for the end. */
function commitEvery(steps: number): Commit {
  return steps === 1 ? 'point' : { everyPoints: steps === 0 ? Number.POSITIVE_INFINITY : steps };
}
