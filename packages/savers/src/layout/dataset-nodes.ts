import type { Attributes, H5Operation, SetAttribute } from '../h5/h5-operation.ts';
import { asBool, asBytes, asStr } from './envelope.ts';
import type { SaveType } from './kinds.ts';
import { localTime } from './local-time.ts';
import { textsAttributes } from './nodes.ts';
import { type Settings, settingsXml } from './settings-xml.ts';
import { DAQTOR_VERSION, PYMODAQ_DATA_VERSION, PYMODAQ_VERSION } from './versions.ts';

/** What is written about a dataset as a whole. */
export interface DatasetMetadata {
  readonly sample?: string | undefined;
  readonly author?: string | undefined;
  readonly description?: string | undefined;
  readonly experimentType?: string | undefined;
}

export const RAW_DATA = '/RawData';
export const LOGGER = '/RawData/Logger';

/** What tells PyMoDAQ that a new file can be read while it is written. */
export function swmrNodes(swmr: boolean): H5Operation[] {
  return swmr ? [{ op: 'attribute', path: '/', name: 'swmr_compatible', value: asBool(true) }] : [];
}

/**
 * Attributes of a new file's root, `RawData` and `Logger`; the nodes themselves are there already.
 *
 * @param type - what the file is saved for: scans make a `dataset`
 * @param settings - groups of settings to be shown beside the metadata
 */
export function datasetNodes(
  fileName: string,
  metadata: DatasetMetadata,
  epochMs: number,
  type: 'dataset' | SaveType = 'dataset',
  settings: Readonly<Record<string, Settings>> = {},
): H5Operation[] {
  const { date, time } = localTime(epochMs);
  return [
    ...setAll('/', {
      CLASS: 'GROUP',
      TITLE: 'PyMoDAQ file',
      NX_class: 'NXroot',
      default: 'RawData',
      VERSION: '1.0',
      PYTABLES_FORMAT_VERSION: '2.1',
      pymodaq_version: asStr(PYMODAQ_VERSION),
      pymodaq_data_version: asStr(PYMODAQ_DATA_VERSION),
      daqtor_version: asStr(DAQTOR_VERSION),
      file: asStr(fileName),
      date: asStr(date),
      time: asStr(time),
    }),
    ...setAll(RAW_DATA, {
      CLASS: 'GROUP',
      TITLE: 'Data from PyMoDAQ modules',
      NX_class: 'NXentry',
      VERSION: '1.0',
      type: asStr(type),
      ...metadataAttributes(metadata),
      date_time: asStr(`${date} ${time.slice(0, 8)}`),
      settings: asBytes(settingsXml({ Attributes: { dataset_info: { ...metadata } }, ...settings })),
    }),
    ...setAll(LOGGER, { ...textsAttributes(), type: asStr('log') }),
  ];
}

/** Makes a group of `RawData` the one whose plot the file opens on. @param group - its path */
export function openOn(group: string): SetAttribute {
  return { op: 'attribute', path: RAW_DATA, name: 'default', value: group.slice(RAW_DATA.length + 1) };
}

/** PyMoDAQ's names for them; all are there, empty where nothing is known. */
export function metadataAttributes(metadata: DatasetMetadata): Attributes {
  const { sample = '', author = '', description = '', experimentType = '' } = metadata;
  return {
    author: asStr(author),
    sample: asStr(sample),
    experiment_type: asStr(experimentType),
    description: asStr(description),
  };
}

function setAll(path: string, attributes: Attributes): H5Operation[] {
  return Object.entries(attributes).map(([name, value]) => ({ op: 'attribute', path, name, value }));
}
