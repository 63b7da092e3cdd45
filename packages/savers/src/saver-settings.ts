import { DaqtorError, faultsIn } from '@daqtor/core';
import { z } from 'zod';
import { attributeValues } from './browse/tree-node.ts';
import type { H5Backend } from './h5/h5-backend.ts';
import { SaveType } from './layout/kinds.ts';
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
  saveType: z.enum(SaveType).optional().describe('What a new file is said to be for; default: by what is saved in it'),
  backend: z.enum(['h5wasm']).default('h5wasm').describe('The library that writes; PyMoDAQ can choose among two'),
  swmr: z
    .object({
      enabled: z.boolean().default(false).describe('Let others read the file while it is written'),
      flushInterval: z
        .number()
        .int()
        .min(0)
        .default(1)
        .describe('Steps after which readers see what was written; 0: at the end'),
    })
    .prefault({}),
  save2D: z.boolean().default(true).describe('Save data of two dimensions and more'),
  saveRawOnly: z.boolean().default(false).describe('Leave out what was computed from the measured data'),
  baseName: z
    .string()
    .regex(/^[^/\\]+$/, 'a name, not a path')
    .optional()
    .describe('First part of the file name; default Dataset for scans, Data for recordings, Scan for a logger'),
  newFile: z
    .boolean()
    .default(true)
    .describe('Begin a new file; false: add to the one of that name, for scans to the last one of the day'),
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
  const faults = faultsIn(result.error.issues, input ?? {}, 'settings');
  throw new DaqtorError('lab.settings', {
    problem: `the settings for saving are not right: ${faults.join('; ')}`,
    cause: result.error,
  });
}

/**
 * Makes sure that a file which exists can be gone on in, as PyMoDAQ asks when it opens one: whether it is
 * one that readers may have open.
 *
 * @throws DaqtorError `save.failed` that states the choices; the file is closed then
 */
export async function checkCompatible(file: H5Backend, swmr: boolean): Promise<void> {
  try {
    const attributes = attributeValues(await file.ask({ ask: 'attributes', path: '/' }));
    if ((attributes.swmr_compatible === true) !== swmr) throw notCompatible(file.path, swmr);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function notCompatible(path: string, swmr: boolean): DaqtorError {
  return new DaqtorError('save.failed', {
    problem: `${path} was ${swmr ? 'not ' : ''}made to be read while it is written (SWMR), and the settings say otherwise`,
    advice: `Set swmr.enabled to ${!swmr}, begin a new file (newFile: true), or name another one`,
  });
}

/** What the settings came to for one file. */
export interface SavedWhere {
  readonly saveType: SaveType;
  /** The file, as a path. */
  readonly file: string;
  /** The folder that was asked for; default that of the file. */
  readonly basePath?: string;
  /** Name of the group that is written, e.g. `Scan000`. */
  readonly group: string;
}

/** The settings under PyMoDAQ's names, which its browser shows as a tree. */
export function saverSettingsGroup(
  settings: H5SaverSettings,
  { saveType, file, group, basePath = file.replace(/[\\/][^\\/]*$/, '') }: SavedWhere,
): Settings {
  const { save2D, saveRawOnly, baseName = '', newFile, dynamic = 'as measured', compression, survives } = settings;
  const { backend, swmr } = settings;
  return {
    save_type: settings.saveType ?? saveType,
    save_2D: save2D,
    save_raw_only: saveRawOnly,
    backend: { backend_type: backend, swmr: { enable_swmr: swmr.enabled, flush_interval: swmr.flushInterval } },
    base_path: basePath,
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
