import { basename } from 'node:path';
import { type Clock, DaqtorError, type ScanDescription, type ScanRecorder, type ScanRecording } from '@daqtor/core';
import { createDataset, lastDataset } from './dataset-file.ts';
import { type DatasetOptions, savingPlan } from './dataset-options.ts';
import { freeBytes } from './free-bytes.ts';
import { H5File } from './h5/h5-file.ts';
import type { Attributes } from './h5/h5-operation.ts';
import { type DatasetMetadata, datasetNodes, RAW_DATA, swmrNodes } from './layout/dataset-nodes.ts';
import { asStr } from './layout/envelope.ts';
import { nextName } from './layout/node-names.ts';
import { recipeAttributes } from './layout/scan-recipe.ts';
import { scanRuns } from './layout/scan-runs.ts';
import { BaselineSaver } from './modules/baseline-saver.ts';
import { record } from './modules/recording.ts';
import { ScanSaver } from './modules/scan-saver.ts';
import { checkCompatible, saverSettingsGroup } from './saver-settings.ts';

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
  const { how, gzip, settings, select } = savingPlan(options);
  let path = existing;
  let isRecording = false;

  const openFile = async (clock: Clock): Promise<{ file: H5File; isNew: boolean }> => {
    if (!settings.newFile) path ??= lastDataset(basePath, clock, settings.baseName);
    if (path !== undefined) {
      const file = await H5File.open({ path, mode: 'append', ...how }, clock);
      await checkCompatible(file, how.swmr);
      return { file, isNew: false };
    }
    const file = await createDataset(basePath, how, clock, settings.baseName);
    path = file.path;
    return { file, isNew: true };
  };

  const begin = async (description: ScanDescription, ...[streams, clock]: Rest): Promise<ScanRecording> => {
    const { file, isNew } = await openFile(clock);
    const siblings = isNew ? [] : await file.ask({ ask: 'children', path: RAW_DATA });
    const group = nextName('scan', siblings);
    const where = { saveType: 'scan', file: file.path, group, basePath } as const;
    const runs = scanRuns(`${RAW_DATA}/${group}`, [], { from: 0, beganEpochMs: clock.epochMs() });
    const saver = new ScanSaver(
      `${RAW_DATA}/${group}`,
      description,
      metadata,
      { gzip },
      { h5saver_settings: saverSettingsGroup(settings, where) },
      {
        ...recipeAttributes(description, metadata, options),
        ...runs.attributes,
        ...followsAttribute(description, file.path),
      },
    );
    const baseline = description.baseline && new BaselineSaver(saver.group, description.baseline, { gzip });
    const first = isNew
      ? [...datasetNodes(basename(file.path), metadata, clock.epochMs(), settings.saveType), ...swmrNodes(how.swmr)]
      : [];
    return await record(file, saver, streams, { first, clock, select, baseline, grows: !how.swmr, last: runs.ended });
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
          async end(...how) {
            try {
              await recording.end(...how);
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

/** Says which scan these points were added to: the path of its group, behind that of its file where that is another one. */
function followsAttribute({ follows }: ScanDescription, path: string): Attributes {
  if (!follows) return {};
  const { file, group } = follows;
  return { scan_follows: asStr(file === path ? group : `${file}#${group}`) };
}
