import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { DaqtorError, type LabCore, type LabOptions, labFromPreset, type PresetOptions } from '@daqtor/core';
import { parseDocument } from 'yaml';

/**
 * Reads the text of a preset.
 *
 * @param name - of the file: `.json`, `.yaml` or `.yml`; shown in errors
 * @returns plain data, for `readPreset`
 * @throws DaqtorError `lab.settings` with the line that cannot be understood
 */
export function presetFromText(text: string, name: string): unknown {
  const isJson = extname(name).toLowerCase() === '.json';
  if (!isJson && !/^\.ya?ml$/i.test(extname(name))) {
    throw new DaqtorError('lab.settings', {
      problem: `${name} is no preset: it ends in none of .yaml, .yml, .json`,
      advice: 'Rename it',
    });
  }
  // YAML reads JSON too, and says where something is wrong.
  const document = parseDocument(text, isJson ? { schema: 'json', strict: true } : {});
  const [error] = document.errors;
  if (!error) return document.toJS({ maxAliasCount: 100 });
  throw new DaqtorError('lab.settings', {
    problem: `${name} cannot be understood: ${error.message.trimEnd()}`,
    cause: error,
  });
}

/** @throws DaqtorError `lab.settings` if it cannot be read or understood */
export async function presetFromFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new DaqtorError('lab.settings', {
      problem: `the preset ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      advice: 'Check its name and who may read it',
      cause,
    });
  }
  return presetFromText(text, path);
}

/**
 * Builds a lab from a preset file and connects it. Variables are those of the process, unless others are given.
 *
 * @throws DaqtorError as `presetFromFile` and `labFromPreset`
 */
export async function labFromFile(path: string, options: PresetOptions & LabOptions): Promise<LabCore> {
  return await labFromPreset(await presetFromFile(path), { variables: process.env, ...options });
}
