import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Clock, DaqtorError, type DataToExport, type ModuleRecord, realClock } from '@daqtor/core';
import { selectData } from './data/select-data.ts';
import { openTarget } from './dataset-file.ts';
import { saveFailed } from './h5/h5-errors.ts';
import { type DatasetMetadata, datasetNodes, RAW_DATA } from './layout/dataset-nodes.ts';
import { nextName } from './layout/node-names.ts';
import { DetectorSaver } from './modules/detector-saver.ts';
import { type H5SaverInput, parseSaverSettings, saverSettingsGroup } from './saver-settings.ts';

export interface SnapshotOptions {
  /** The detector, with its settings; default: no more than the name of the data. */
  readonly module?: ModuleRecord;
  /** Taken before; its data objects belong to those of the same name. Default the one that the data carry. */
  readonly background?: DataToExport;
  readonly settings?: H5SaverInput;
  readonly metadata?: DatasetMetadata;
  /** A PNG, saved beside the file under the same name. */
  readonly screenshot?: Uint8Array;
  readonly clock?: Clock;
}

/**
 * Saves what a detector shows into a file of its own, as a group `Detector000`.
 *
 * @param path - the file; it must end in `.h5`
 * @returns the file, and the path of the group
 * @throws DaqtorError `save.failed`, `lab.settings` or `data.shape`
 */
export async function saveSnapshot(
  path: string,
  data: DataToExport,
  options: SnapshotOptions = {},
): Promise<{ readonly file: string; readonly group: string }> {
  const { clock = realClock, metadata = {}, background, screenshot } = options;
  const settings = parseSaverSettings(options.settings);
  const { name } = data;
  const module = options.module ?? { name, kind: '', title: '', units: '', settings: {} };
  const selected = selectData(data, settings);
  const selectedBackground = background && selectData(background, settings);
  const where = path.endsWith('.h5') ? path : `${path}.h5`;
  const target = { append: !settings.newFile, fsync: settings.survives === 'power' };
  const { file, isNew, members } = await openTarget(where, '', target, clock);
  try {
    const own = nextName('detector', members);
    const h5saver = saverSettingsGroup(settings, { saveType: 'detector', file: where, group: own });
    const shown = { H5Saver: { h5saver_settings: h5saver } };
    const saver = new DetectorSaver(`${RAW_DATA}/${own}`, module, shown, { gzip: settings.compression.level });
    await file.transact([
      ...(isNew ? datasetNodes(basename(where), metadata, clock.epochMs(), settings.saveType ?? 'detector') : []),
      ...saver.open(),
      ...saver.write({ data: selected, background: selectedBackground }),
    ]);
    if (screenshot) saveScreenshot(where, screenshot);
    return { file: where, group: saver.group };
  } finally {
    await file.close();
  }
}

function saveScreenshot(file: string, png: Uint8Array): void {
  const path = file.replace(/\.h5$/, '.png');
  try {
    writeFileSync(path, png);
  } catch (error) {
    throw DaqtorError.from(saveFailed('writing the screenshot', path, error));
  }
}
