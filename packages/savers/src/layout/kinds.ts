/** What an array is for: PyMoDAQ's names, and the prefixes of its nodes' names (pymodaq_data 5.0.5, h5modules/saving.py). */
export const DataType = {
  data: 'Data',
  axis: 'Axis',
  live_scan: 'Live',
  external_h5: 'ExtData',
  strings: 'Strings',
  bkg: 'Bkg',
  data_enlargeable: 'EnlData',
  error: 'ErrorBar',
} as const;
export type DataType = keyof typeof DataType;

/** Kinds of groups that are numbered, and the word in their names. */
export const GroupType = {
  scan: 'Scan',
  detector: 'Detector',
  actuator: 'Actuator',
  data: 'Data',
  ch: 'Ch',
  external_h5: 'External_h5',
  data_logger: 'Data_logger',
} as const;
export type GroupType = keyof typeof GroupType;

/** What a file is saved for. */
export const SaveType = ['scan', 'detector', 'logger', 'custom', 'actuator'] as const;
export type SaveType = (typeof SaveType)[number];

/** What a file holds, in the words of PyMoDAQ's older tools. */
export const FileType = { detector: 0, actuator: 1, axis: 2, scan: 3 } as const;
export type FileType = keyof typeof FileType;
