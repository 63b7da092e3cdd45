import { type Simulator, simulators } from '@daqtor/sim';
import type { Command } from '../command.ts';
import { Misuse } from '../misuse.ts';
import { SERVING_HELP, SERVING_OPTIONS, serveUntilInterrupted } from '../serving.ts';

export const sim: Command = {
  name: 'sim',
  summary: 'serves a simulated instrument on TCP or a pseudo-terminal',
  help: `Serves a simulated instrument until Ctrl-C, for Daqtor or any other program. It keeps its state from one connection to
the next, and both wires lead to the same instrument if both are asked for.

Usage: daqtor sim NAME [--tcp PORT] [--pty] [options]
       daqtor sim --list

  --list         the instruments that there are
${SERVING_HELP}

Example: daqtor sim keithley2000 --tcp 5025 --latency 20 --fragment 1`,
  options: { list: { type: 'boolean' }, ...SERVING_OPTIONS },
  takes: [0, 1],
  async run([name], flags, terminal) {
    if (flags.list) return terminal.out(listOf(flags.json === true));
    const simulator = simulatorCalled(name);
    const make = (seed: number) => simulator.make({ clock: terminal.clock, seed });
    await serveUntilInterrupted({ ...simulator, make }, flags, terminal);
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
