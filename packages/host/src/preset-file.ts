import { type LabCore, type LabOptions, labFromPreset, type PresetOptions } from '@daqtor/core';
import { dataFromFile, dataFromText } from './data-file.ts';
import { type HostedOptions, hostedSpec } from './hosted/hosted-spec.ts';

const PRESET = { what: 'preset', code: 'lab.settings' } as const;

/**
 * Reads the text of a preset.
 *
 * @param name - of the file: `.json`, `.yaml` or `.yml`; shown in errors
 * @returns plain data, for `readPreset`
 * @throws DaqtorError `lab.settings` with the line that cannot be understood
 */
export function presetFromText(text: string, name: string): unknown {
  return dataFromText(text, name, PRESET);
}

/** @throws DaqtorError `lab.settings` if it cannot be read or understood */
export async function presetFromFile(path: string): Promise<unknown> {
  return await dataFromFile(path, PRESET);
}

/**
 * Builds a lab from a preset file and connects it. Variables are those of the process, unless others are given.
 *
 * @param options - `driverModules`: what exports the drivers of modules with `host: worker`, see `hostedSpec`
 *
 * @throws DaqtorError as `presetFromFile` and `labFromPreset`
 */
export async function labFromFile(
  path: string,
  { driverModules, ...options }: PresetOptions & LabOptions & Partial<HostedOptions>,
): Promise<LabCore> {
  return await labFromPreset(await presetFromFile(path), {
    variables: process.env,
    ...(driverModules && { inWorker: (spec) => hostedSpec(spec, { driverModules }) }),
    ...options,
  });
}
