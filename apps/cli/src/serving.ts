import {
  faultyInstrument,
  type ServedInstrument,
  type SimulatedInstrument,
  servePty,
  serveTcp,
  type WireFaults,
} from '@daqtor/sim';
import type { Flags } from './command.ts';
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
  echo: { type: 'boolean' },
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
  --echo         what was sent comes back first`;

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
  const instrument = faultyInstrument(make(seed), terminal.clock, faultsOf(flags), seed);
  const served: ServedInstrument[] = [];
  // Told from the beginning, so that Ctrl-C finds somebody who puts everything away.
  const interrupted = terminal.interrupted();
  try {
    const host = typeof flags.host === 'string' ? { host: flags.host } : {};
    if (tcp !== undefined) served.push(await serveTcp(instrument, { port: tcp, ...host }));
    if (flags.pty) served.push(await servePty(instrument));
    const addresses = served.map(({ address }) => address);
    if (flags.json) terminal.out(JSON.stringify({ name, title, addresses }));
    else terminal.out(`${title}\n${addresses.map((one) => `  ${one}`).join('\n')}\nCtrl-C ends it.`);
    await interrupted;
  } finally {
    await Promise.all(served.map((one) => one.close()));
  }
}

function faultsOf(flags: Flags): WireFaults {
  const faults = {
    latencyMs: numberOption('latency', flags.latency, 0),
    jitterMs: numberOption('jitter', flags.jitter, 0),
    baudRate: numberOption('baud', flags.baud, 1),
    fragmentBytes: numberOption('fragment', flags.fragment, 1),
    drop: numberOption('drop', flags.drop, 0, 1),
    duplicate: numberOption('duplicate', flags.duplicate, 0, 1),
    garbage: numberOption('garbage', flags.garbage, 0, 1),
  };
  const asked = Object.entries(faults).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(asked), echo: flags.echo === true };
}
