import { parseArgs } from 'node:util';
import { type DemoKind, demoKinds } from './demo-kinds.ts';

const KINDS = Object.keys(demoKinds) as DemoKind[];

export const HELP = `Scans a simulated target under a laser beam, with real drivers on real wires, and shows the result.

Usage: npm start -- [scan] [options]

${KINDS.map((kind) => `  ${kind.padEnd(17)}${demoKinds[kind].summary}${kind === KINDS[0] ? ' (default)' : ''}`).join('\n')}

  --points N       points along each axis (default 21, so 441 in all), or as many as that makes
  --out DIR        folder of the dataset (default ./data)
  --seed N         seed of the simulated noise (default 1)
  --in-process     instruments in memory instead of on a pseudo-terminal and a socket
  --fast           in virtual time: the same scan as fast as the machine can (implies --in-process)
  --help           this text

For tests:
  --unplug-stage-at N   pulls the motion controller's plug after N points
  --expected FILE       writes the measured values as JSON, to be compared with what is in the file

Ctrl-C stops after the current point and keeps what was measured; twice stops at once.
Exit code: 0 completed, 130 interrupted, 1 failed, 2 wrong options.
`;

export interface DemoOptions {
  readonly kind: DemoKind;
  readonly points: number;
  readonly out: string;
  readonly seed: number;
  readonly inProcess: boolean;
  readonly fast: boolean;
  readonly help: boolean;
  readonly unplugStageAt: number | undefined;
  readonly expected: string | undefined;
}

/** @throws Error with a sentence for people when an option is unknown or has no sensible value */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      points: { type: 'string', default: '21' },
      out: { type: 'string', default: './data' },
      seed: { type: 'string', default: '1' },
      'in-process': { type: 'boolean', default: false },
      fast: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      'unplug-stage-at': { type: 'string' },
      expected: { type: 'string' },
    },
  });
  return {
    kind: kindOf(positionals),
    points: wholeNumber('--points', values.points, 2),
    out: values.out,
    seed: wholeNumber('--seed', values.seed, 0),
    inProcess: values['in-process'] || values.fast,
    fast: values.fast,
    help: values.help,
    unplugStageAt:
      values['unplug-stage-at'] === undefined
        ? undefined
        : wholeNumber('--unplug-stage-at', values['unplug-stage-at'], 1),
    expected: values.expected,
  };
}

function kindOf([name = 'map', ...more]: readonly string[]): DemoKind {
  const kind = KINDS.find((one) => one === name);
  if (kind && more.length === 0) return kind;
  throw new Error(`there is no scan '${[name, ...more].join(' ')}': try ${KINDS.join(', ')}`);
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
  throw new Error(`${option} takes a whole number, at least ${least}, not '${text}'`);
}
