import { writeFile } from 'node:fs/promises';
import { DaqtorError, presetJsonSchema, scanFileJsonSchema } from '@daqtor/core';
import { catalogueFor, PLUGIN_HELP, PLUGIN_OPTION } from '../catalogue.ts';
import type { Command, Flags } from '../command.ts';
import { Misuse } from '../misuse.ts';

/** What there is a form of, and how it is made. */
const SUBJECTS: Readonly<Record<string, (flags: Flags) => unknown>> = {
  scan: () => scanFileJsonSchema(),
  preset: async (flags) => {
    const { drivers } = await catalogueFor(flags);
    return presetJsonSchema([...drivers.values()].map(({ plugin }) => plugin));
  },
};
const NAMES = Object.keys(SUBJECTS);

export const schema: Command = {
  name: 'schema',
  summary: 'prints the form of a file, for completion in editors',
  help: `Prints the form of scan files or presets as JSON Schema. An editor that knows it completes and checks what is written:
put "# yaml-language-server: $schema=FILE" into the first line of a YAML file, "$schema": "FILE" into a JSON file.

Usage: daqtor schema ${NAMES.join(' | ')} [options]

  --out FILE    writes it into a file
${PLUGIN_HELP}
  --help        this text

Example: daqtor schema scan --out scan.schema.json`,
  options: { ...PLUGIN_OPTION, out: { type: 'string' } },
  takes: [1, 1],
  async run([subject = ''], flags, terminal) {
    const make = Object.hasOwn(SUBJECTS, subject) ? SUBJECTS[subject] : undefined;
    if (!make) throw new Misuse(`there is no form of '${subject}': try ${NAMES.join(', ')}`);
    const text = JSON.stringify(await make(flags), null, 2);
    if (typeof flags.out !== 'string') return terminal.out(text);
    await writeFile(flags.out, `${text}\n`).catch((cause: unknown) => {
      throw new DaqtorError('save.failed', {
        problem: `${flags.out} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
        advice: 'Check the folder and who may write there',
        cause,
      });
    });
  },
};
