import { parseArgs } from 'node:util';
import { DaqtorError } from '@daqtor/core';
import type { Command, Flags } from './command.ts';
import { browse } from './commands/browse.ts';
import { check } from './commands/check.ts';
import { comment } from './commands/comment.ts';
import { drivers } from './commands/drivers.ts';
import { exportCommand } from './commands/export.ts';
import { importPreset } from './commands/import-preset.ts';
import { lab } from './commands/lab.ts';
import { newCommand } from './commands/new.ts';
import { ports } from './commands/ports.ts';
import { record } from './commands/record.ts';
import { replay } from './commands/replay.ts';
import { resume } from './commands/resume.ts';
import { scan } from './commands/scan.ts';
import { schema } from './commands/schema.ts';
import { sim } from './commands/sim.ts';
import { timer } from './commands/timer.ts';
import { Misuse } from './misuse.ts';
import type { Terminal } from './terminal.ts';

const COMMANDS: readonly Command[] = [
  scan,
  resume,
  browse,
  exportCommand,
  comment,
  drivers,
  ports,
  check,
  lab,
  importPreset,
  sim,
  record,
  replay,
  newCommand,
  schema,
  timer,
];
const FAILED = 1;
const MISUSED = 2;

const HELP = `Runs scans, goes on with them, looks into datasets, finds instruments and tries them, simulates them, and tells the time.

Usage: daqtor COMMAND [arguments]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(15)}${summary}`).join('\n')}

daqtor COMMAND --help says more. Exit code: 0 done, 1 failed, 2 wrong arguments.`;

/**
 * Runs the command line.
 *
 * @param argv - what stands after `daqtor`
 * @returns the exit code
 */
export async function daqtor(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    terminal[name === undefined ? 'err' : 'out'](HELP);
    return name === undefined ? MISUSED : 0;
  }
  const command = COMMANDS.find((one) => one.name === name);
  try {
    if (!command) throw new Misuse(`there is no command '${name}': try ${COMMANDS.map((one) => one.name).join(', ')}`);
    const { args, flags } = parsed(command, rest);
    if (flags.help) terminal.out(command.help);
    else await command.run(args, flags, terminal);
    return 0;
  } catch (error) {
    terminal.err(`daqtor: ${messageOf(error)}`);
    if (!(error instanceof Misuse)) return FAILED;
    terminal.err(`Try: daqtor ${command ? `${command.name} ` : ''}--help`);
    return MISUSED;
  }
}

function parsed({ options, takes: [least, most] }: Command, argv: readonly string[]) {
  const withHelp = { ...options, help: { type: 'boolean', short: 'h' } } as const;
  let values: Flags;
  let args: readonly string[];
  try {
    const found = parseArgs({ args: [...argv], options: withHelp, allowPositionals: true });
    values = found.values as Flags;
    args = found.positionals;
  } catch (error) {
    throw new Misuse(error instanceof Error ? (error.message.split('. ')[0] as string) : String(error));
  }
  if (!values.help && args.length < least)
    throw new Misuse(`it takes at least ${least} argument${least === 1 ? '' : 's'}, here are ${args.length}`);
  if (args.length > most) throw new Misuse(`'${args[most]}' is one argument too many`);
  return { args, flags: values };
}

/** Errors that may list several faults, one to a line. */
const LISTS = ['lab.settings', 'scan.refused'];

/** One line for what was foreseen, or one for each fault; for anything else all that helps to mend it. */
function messageOf(error: unknown): string {
  if (DaqtorError.is(error) && LISTS.includes(error.code)) return error.message.trim();
  if (DaqtorError.is(error) || error instanceof Misuse) return error.message.replaceAll(/\s*\n\s*/g, ' ');
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
