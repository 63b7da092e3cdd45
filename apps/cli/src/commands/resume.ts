import { scanChangeFrom } from '@daqtor/host';
import { resumeScan } from '@daqtor/savers';
import { PLUGIN_HELP, PLUGIN_OPTION } from '../catalogue.ts';
import type { Command } from '../command.ts';
import { formatDuration } from '../duration.ts';
import { followScan } from '../follow-scan.ts';
import { Misuse } from '../misuse.ts';
import { LAB_HELP, LAB_OPTION, presetLab } from '../preset-lab.ts';

export const resume: Command = {
  name: 'resume',
  summary: 'goes on with a scan that crashed, failed or was stopped',
  help: `Goes on with a scan in its file, with the first point that is not there. What the scan is, its settings and its
instruments are in the file; the lab must have the same ones under the same names. Whatever speaks against it is told
at once, and nothing moves then. What moves is stopped first. Ctrl-C stops the scan after the current point.

Usage: daqtor resume FILE --lab PRESET [options]

${LAB_HELP}
  --scan NAME   which scan of the file, e.g. Scan000; default the last one
  --edit CHANGE what is changed before it goes on: a file, .yaml or .json, or the text itself, as
                '{ within: { x: [0, 1] }, drop: [7], settings: { settleMs: 50 }, modules: { camera: { exposureMs: 20 } } }'
                add: { x: [4, 5] } adds positions to an axis of a grid, add: [{ x: 1, y: 2 }] points to a list,
                also when the scan is complete; points that are there stay as they are; the change is kept
  --on-error X  pause, skip (the point) or abort, when an instrument fails; default as the scan began
${PLUGIN_HELP}
  --help        this text

Exit code: 0 if the scan was completed, 1 if not.

Example: daqtor resume data/2026/20260131/Dataset_20260131_000.h5 --lab lab.yaml`,
  options: {
    ...LAB_OPTION,
    ...PLUGIN_OPTION,
    scan: { type: 'string' },
    'on-error': { type: 'string' },
    edit: { type: 'string' },
  },
  takes: [1, 1],
  async run([file = ''], flags, terminal) {
    const onError = onErrorOf(flags['on-error']);
    const edit = typeof flags.edit === 'string' ? { edit: await scanChangeFrom(flags.edit) } : {};
    await using lab = await presetLab(flags, terminal);
    const scan = typeof flags.scan === 'string' ? { scan: flags.scan } : {};
    const options = { ...scan, ...edit, ...(onError && { onError }) };
    const { run, from, gap, remarks } = await resumeScan(file, lab, options);
    const away = formatDuration(gap.untilEpochMs - gap.fromEpochMs, 1);
    terminal.out(`${file}: ${from} points are there; nobody worked on it for ${away}`);
    for (const remark of remarks) terminal.err(`warning: ${remark}`);
    const { group, points, skipped } = await followScan(run, terminal);
    const left = skipped > 0 ? `; ${skipped} were skipped or dropped` : '';
    terminal.out(`${group} is complete, with ${points} points${left}`);
  },
};

const ON_ERROR = ['pause', 'skip', 'abort'] as const;

function onErrorOf(text: unknown): (typeof ON_ERROR)[number] | undefined {
  const policy = ON_ERROR.find((one) => one === text);
  if (policy === undefined && text !== undefined)
    throw new Misuse(`--on-error takes ${ON_ERROR.join(', ')}, not '${String(text)}'`);
  return policy;
}
