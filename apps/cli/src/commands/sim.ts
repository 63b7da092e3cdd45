import {
  faultyInstrument,
  type ServedInstrument,
  type Simulator,
  servePty,
  serveTcp,
  simulators,
  type WireFaults,
} from '@daqtor/sim';
import type { Command, Flags } from '../command.ts';
import { Misuse } from '../misuse.ts';
import { numberOption } from '../number-option.ts';

export const sim: Command = {
  name: 'sim',
  summary: 'serves a simulated instrument on TCP or a pseudo-terminal',
  help: `Serves a simulated instrument until Ctrl-C, for Daqtor or any other program. It keeps its state from one connection to
the next, and both wires lead to the same instrument if both are asked for.

Usage: daqtor sim NAME [--tcp PORT] [--pty] [options]
       daqtor sim --list

  --list         the instruments that there are
  --tcp PORT     on this TCP port; 0: any free one
  --host HOST    the address to listen on (default 127.0.0.1: this machine only)
  --pty          on a pseudo-terminal, which is opened like a serial port
  --seed N       seed of its noise and of the faults (default 1)
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
  --echo         what was sent comes back first

Example: daqtor sim keithley2000 --tcp 5025 --latency 20 --fragment 1`,
  options: {
    list: { type: 'boolean' },
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
  },
  takes: [0, 1],
  async run([name], flags, terminal) {
    if (flags.list) return terminal.out(listOf(flags.json === true));
    const simulator = simulatorCalled(name);
    const tcp = numberOption('tcp', flags.tcp, 0, 65_535);
    if (tcp === undefined && !flags.pty) throw new Misuse('say where: --tcp PORT, --pty, or both');
    const seed = numberOption('seed', flags.seed, 0) ?? 1;
    const { clock } = terminal;
    const instrument = faultyInstrument(simulator.make({ clock, seed }), clock, faultsOf(flags), seed);
    const served: ServedInstrument[] = [];
    // Told from the beginning, so that Ctrl-C finds somebody who puts everything away.
    const interrupted = terminal.interrupted();
    try {
      const host = typeof flags.host === 'string' ? { host: flags.host } : {};
      if (tcp !== undefined) served.push(await serveTcp(instrument, { port: tcp, ...host }));
      if (flags.pty) served.push(await servePty(instrument));
      const addresses = served.map(({ address }) => address);
      if (flags.json) terminal.out(JSON.stringify({ name: simulator.name, title: simulator.title, addresses }));
      else terminal.out(`${simulator.title}\n${addresses.map((one) => `  ${one}`).join('\n')}\nCtrl-C ends it.`);
      await interrupted;
    } finally {
      await Promise.all(served.map((one) => one.close()));
    }
  },
};

function simulatorCalled(name: string | undefined): Simulator {
  const simulator = simulators.find((one) => one.name === name);
  if (simulator) return simulator;
  const names = simulators.map((one) => one.name).join(', ');
  throw new Misuse(name === undefined ? `say which: ${names}` : `there is no simulator '${name}': try ${names}`);
}

function listOf(asJson: boolean): string {
  if (asJson) return JSON.stringify(simulators.map(({ name, title }) => ({ name, title })));
  const width = Math.max(...simulators.map(({ name }) => name.length));
  return simulators.map(({ name, title }) => `${name.padEnd(width)}  ${title}`).join('\n');
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
