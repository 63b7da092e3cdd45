import {
  faultsByTime,
  faultyInstrument,
  type PluggedInstrument,
  pullByTime,
  type ServedInstrument,
  type SimulatedInstrument,
  servePty,
  servePtyByName,
  serveTcpByPort,
} from '@daqtor/sim';
import type { Flags } from './command.ts';
import { faultsOf, parseFaultSchedule } from './fault-options.ts';
import { Misuse } from './misuse.ts';
import { numberOption } from './number-option.ts';
import type { Terminal } from './terminal.ts';

/** The options of every command that serves an instrument. */
export const SERVING_OPTIONS = {
  tcp: { type: 'string' },
  host: { type: 'string' },
  pty: { type: 'boolean' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
  latency: { type: 'string' },
  jitter: { type: 'string' },
  baud: { type: 'string' },
  fragment: { type: 'string' },
  drop: { type: 'string' },
  duplicate: { type: 'string' },
  garbage: { type: 'string' },
  timer: { type: 'string' },
  echo: { type: 'boolean' },
  schedule: { type: 'string' },
} as const;

export const SERVING_HELP = `  --tcp PORT     on this TCP port; 0: any free one
  --host HOST    the address to listen on (default 127.0.0.1: this machine only)
  --pty          on a pseudo-terminal, which is opened like a serial port
  --seed N       seed of its noise, if it has any, and of the faults (default 1)
  --json         one line of JSON instead of text, with the addresses
  --help         this text

  A bad wire, on request; shares are from 0 to 1:
  --latency MS   time under way, in each direction
  --jitter MS    up to so much more, another for each piece
  --baud RATE    bytes take their time on the line, 10 bits each
  --fragment N   answers come in pieces of N bytes
  --drop SHARE   bytes of answers are lost
  --duplicate SHARE  pieces of answers come twice
  --garbage SHARE    random bytes come before pieces of answers
  --timer MS     answers are held back as by an FTDI converter: for so long (16), or until 62 bytes are together
  --echo         what was sent comes back first
  --schedule 'S FAULT=VALUE …; …'   faults from these seconds on, each until the next, instead of those above: what the options
                 are called, echo and pulled (the cable, until the next), e.g. '5 drop=0.1 latency=50; 8 pulled; 12'`;

/** What is served: its name for programs, its title for people. */
export interface Served {
  readonly name: string;
  readonly title: string;
  make(seed: number): SimulatedInstrument;
}

/**
 * Serves an instrument on the wires that the options name, until Ctrl-C.
 *
 * @throws Misuse if they name none
 */
export async function serveUntilInterrupted(
  { name, title, make }: Served,
  flags: Flags,
  terminal: Terminal,
): Promise<void> {
  const tcp = numberOption('tcp', flags.tcp, 0, 65_535);
  if (tcp === undefined && !flags.pty) throw new Misuse('say where: --tcp PORT, --pty, or both');
  const seed = numberOption('seed', flags.seed, 0) ?? 1;
  const { clock } = terminal;
  const schedule = typeof flags.schedule === 'string' ? parseFaultSchedule(flags.schedule) : undefined;
  const faults = schedule ? faultsByTime(schedule, clock) : faultsOf(flags);
  const instrument = faultyInstrument(make(seed), clock, faults, seed);
  const served: ServedInstrument[] = [];
  const ends: (() => void)[] = [];
  const follow = (plugged: PluggedInstrument) => {
    served.push(plugged);
    const failed = (error: unknown) => terminal.err(`${plugged.address} was not plugged in again: ${String(error)}`);
    ends.push(pullByTime(plugged, schedule ?? [], clock, failed));
  };
  // Told from the beginning, so that Ctrl-C finds somebody who puts everything away.
  const interrupted = terminal.interrupted();
  try {
    const host = typeof flags.host === 'string' ? { host: flags.host } : {};
    if (tcp !== undefined) follow(await serveTcpByPort(instrument, { port: tcp, ...host }));
    if (flags.pty && schedule) follow(await servePtyByName(instrument, name));
    else if (flags.pty) served.push(await servePty(instrument));
    const addresses = served.map(({ address }) => address);
    if (flags.json) terminal.out(JSON.stringify({ name, title, addresses }));
    else terminal.out(`${title}\n${addresses.map((one) => `  ${one}`).join('\n')}\nCtrl-C ends it.`);
    await interrupted;
  } finally {
    for (const end of ends) end();
    await Promise.all(served.map((one) => one.close()));
  }
}
