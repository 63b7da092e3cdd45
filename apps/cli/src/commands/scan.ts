import { batch, DaqtorError, type LabCore, type ScanFile, scansOf } from '@daqtor/core';
import { scansFromFile } from '@daqtor/host';
import { dataset } from '@daqtor/savers';
import { PLUGIN_HELP, PLUGIN_OPTION } from '../catalogue.ts';
import type { Command } from '../command.ts';
import { followBatch } from '../follow-batch.ts';
import { LAB_HELP, LAB_OPTION, presetLab } from '../preset-lab.ts';
import { reportText } from '../report-text.ts';
import type { Terminal } from '../terminal.ts';

export const scan: Command = {
  name: 'scan',
  summary: 'runs the scans of a file, or says what they would do',
  help: `Runs the scans of a file one after the other. All are looked at before the first one moves anything. Ctrl-C stops the
scan after the current point, begins no other, and keeps what was measured; again, it stops at once.

Usage: daqtor scan FILE --lab PRESET [options]

${LAB_HELP}
  --dry-run     says for each scan where it goes, how long it takes and what speaks against it; moves nothing
  --out DIR     folder of the dataset, instead of the file's own
${PLUGIN_HELP}
  --help        this text

  FILE          .yaml or .json; daqtor schema scan prints its form

Exit code: 0 if all scans were completed (or could be), 1 if not.

Example: daqtor scan night.yaml --lab lab.yaml --dry-run`,
  options: { ...LAB_OPTION, ...PLUGIN_OPTION, 'dry-run': { type: 'boolean' }, out: { type: 'string' } },
  takes: [1, 1],
  async run([path = ''], flags, terminal) {
    const file = await scansFromFile(path);
    await using lab = await presetLab(flags, terminal);
    if (flags['dry-run']) return await look(file, lab, terminal);
    const { folder, ...metadata } = file.save ?? {};
    const where = typeof flags.out === 'string' ? flags.out : folder;
    const run = batch(lab, scansOf(file, lab), {
      whenOneFails: file.whenOneFails,
      ...(where !== undefined && { save: dataset(where, metadata) }),
    });
    await followBatch(run, terminal);
  },
};

async function look(file: ScanFile, lab: LabCore, { out }: Terminal): Promise<void> {
  const refused: string[] = [];
  for (const [i, options] of scansOf(file, lab).entries()) {
    const report = await lab.dryRun(options);
    const name = options.name ?? `scan ${i + 1}`;
    if (report.reasons.length > 0) refused.push(name);
    out(reportText(name, report));
  }
  if (refused.length > 0) throw new DaqtorError('scan.refused', { problem: `cannot run: ${refused.join(', ')}` });
}
