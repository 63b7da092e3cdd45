import { type Simulator, simulators, usbSimulators } from '@daqtor/sim';
import type { Command } from '../command.ts';
import { Misuse } from '../misuse.ts';
import { SERVING_HELP, SERVING_OPTIONS, serveUntilInterrupted } from '../serving.ts';
import { serveUsbUntilInterrupted } from '../serving-usb.ts';

export const sim: Command = {
  name: 'sim',
  summary: 'serves a simulated instrument on TCP, a pseudo-terminal or USB',
  help: `Serves a simulated instrument until Ctrl-C, for Daqtor or any other program. It keeps its state from one connection to
the next, and both wires lead to the same instrument if both are asked for.

Usage: daqtor sim NAME [--tcp PORT] [--pty] [options]
       daqtor sim NAME --usbip PORT [--host HOST] [--seed N] [--json]
       daqtor sim --list

  --list         the instruments that there are
  --usbip PORT   as a USB device, by USB/IP on this port (3240 is the usual one; 0: any free one): it is plugged in where
                 the command that is shown then is run, on Linux with the module vhci-hcd
${SERVING_HELP}

Examples: daqtor sim keithley2000 --tcp 5025 --latency 20 --fragment 1
          daqtor sim rigol-ds1000z --usbip 3240`,
  options: { list: { type: 'boolean' }, usbip: { type: 'string' }, ...SERVING_OPTIONS },
  takes: [0, 1],
  async run([name], flags, terminal) {
    if (flags.list) return terminal.out(listOf(flags.json === true));
    if (flags.usbip !== undefined) {
      return serveUsbUntilInterrupted(simulatorCalled(name, usbSimulators, '--tcp PORT or --pty'), flags, terminal);
    }
    const simulator = simulatorCalled(name, simulators, '--usbip PORT');
    const make = (seed: number) => simulator.make({ clock: terminal.clock, seed });
    await serveUntilInterrupted({ ...simulator, make }, flags, terminal);
  },
};

/** @param elsewhere - how those are served that are not among these */
function simulatorCalled<T extends { readonly name: string }>(
  name: string | undefined,
  among: readonly T[],
  elsewhere: string,
): T {
  const simulator = among.find((one) => one.name === name);
  if (simulator) return simulator;
  if (known().some((one) => one.name === name)) throw new Misuse(`${name} has no such wire: use ${elsewhere}`);
  const names = known().map((one) => one.name);
  throw new Misuse(
    name === undefined ? `say which: ${names.join(', ')}` : `there is no simulator '${name}': try ${names.join(', ')}`,
  );
}

/** All that there are, on wires and on USB only. */
function known(): Pick<Simulator, 'name' | 'title'>[] {
  const onWires = new Set(simulators.map(({ name }) => name));
  return [...simulators, ...usbSimulators.filter(({ name }) => !onWires.has(name))];
}

function listOf(asJson: boolean): string {
  if (asJson) return JSON.stringify(known().map(({ name, title }) => ({ name, title })));
  const width = Math.max(...known().map(({ name }) => name.length));
  return known()
    .map(({ name, title }) => `${name.padEnd(width)}  ${title}`)
    .join('\n');
}
