import { DaqtorError } from '@daqtor/core';
import { z } from 'zod';
import type { SaveType } from './layout/kinds.ts';
import type { Settings } from './layout/settings-xml.ts';

/** Element types that data can be converted to. */
const DYNAMICS = [
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
] as const;

/** What PyMoDAQ's H5Saver can be set to. */
export const h5SaverSettings = z.object({
  save2D: z.boolean().default(true).describe('Save data of two dimensions and more'),
  saveRawOnly: z.boolean().default(false).describe('Leave out what was computed from the measured data'),
  baseName: z
    .string()
    .regex(/^[^/\\]+$/, 'a name, not a path')
    .optional()
    .describe('First part of the file name, where the name tells the time; default Data, or Scan for a logger'),
  newFile: z.boolean().default(true).describe('Refuse a file that exists, instead of adding to it'),
  dynamic: z.enum(DYNAMICS).optional().describe('Convert data to this type; default: as they were measured'),
  compression: z
    .object({
      library: z.enum(['gzip', 'zlib']).default('gzip').describe('Two names for the same filter'),
      level: z.number().int().min(0).max(9).default(0).describe('0: none, 9: smallest and slowest'),
    })
    .prefault({}),
  survives: z
    .enum(['process', 'power'])
    .default('process')
    .describe(
      'Whether what was saved outlives a killed process only, or a power cut as well, which takes milliseconds',
    ),
});
export type H5SaverSettings = z.output<typeof h5SaverSettings>;
export type H5SaverInput = z.input<typeof h5SaverSettings>;

/** @throws DaqtorError `lab.settings` that names every bad setting */
export function parseSaverSettings(input: H5SaverInput | undefined): H5SaverSettings {
  const result = h5SaverSettings.safeParse(input ?? {});
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.') || 'settings'}: ${message}`);
  throw new DaqtorError('lab.settings', {
    problem: `the settings for saving are not right: ${faults.join('; ')}`,
    cause: result.error,
  });
}

/** What the settings came to for one file. */
export interface SavedWhere {
  readonly saveType: SaveType;
  /** The file, as a path. */
  readonly file: string;
  /** Name of the group that is written, e.g. `Scan000`. */
  readonly group: string;
}

/** The settings under PyMoDAQ's names, which its browser shows as a tree. */
export function saverSettingsGroup(settings: H5SaverSettings, { saveType, file, group }: SavedWhere): Settings {
  const { save2D, saveRawOnly, baseName = '', newFile, dynamic = 'as measured', compression, survives } = settings;
  return {
    save_type: saveType,
    save_2D: save2D,
    save_raw_only: saveRawOnly,
    backend: { backend_type: 'h5wasm' },
    base_name: baseName,
    current_scan_name: group,
    current_h5_file: file,
    new_file: newFile,
    survives,
    saving_options: {
      dynamic,
      compression_options: { h5comp_library: compression.library, h5comp_level: compression.level },
    },
  };
}
