import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { DaqtorError } from '@daqtor/core';
import { importPymodaqPreset } from '@daqtor/host';
import { stringify } from 'yaml';
import type { Command } from '../command.ts';

export const importPreset: Command = {
  name: 'import-preset',
  summary: 'makes a preset of one of PyMoDAQ',
  help: `Makes a preset (YAML) of one of PyMoDAQ (preset_NAME.xml), and tells everything that could not be taken: plugins
without a driver here, settings that the driver does not have, addresses that have to be written anew.

Usage: daqtor import-preset FILE.xml [options]

  --out FILE    writes into FILE, which must not exist; left out, to the terminal
  --json        for programs: the preset and the notes
  --help        this text

Then try it: daqtor lab FILE --offline

Example: daqtor import-preset ~/.pymodaq/preset_configs/preset_default.xml --out lab.yaml`,
  options: { out: { type: 'string' }, json: { type: 'boolean' } },
  takes: [1, 1],
  async run([path = ''], { out, json }, terminal) {
    const { preset, notes } = importPymodaqPreset(await textOf(path), basename(path));
    if (json === true) return terminal.out(JSON.stringify({ preset, notes }));
    const yaml = stringify(preset, { lineWidth: 120 });
    if (typeof out === 'string') await writeNew(out, yaml);
    else terminal.out(yaml.trimEnd());
    for (const { module, text } of notes) terminal.err(module === undefined ? text : `[${module}] ${text}`);
    terminal.err(`${Object.keys(preset.modules).length} modules taken, ${notes.length} notes`);
  },
};

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new DaqtorError('lab.settings', { problem: `${path} cannot be read: ${(cause as Error).message}`, cause });
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    throw new DaqtorError('lab.settings', {
      problem: `${path} cannot be written: ${(cause as Error).message}`,
      advice: 'Choose another name for --out',
      cause,
    });
  }
}
