import { DaqtorError } from '@daqtor/core';
import type { SimulatedInstrument } from '../instruments/simulated-instrument.ts';
import { openPtyPair, type PtyPair } from './pty-pair.ts';
import type { ServedInstrument } from './served-instrument.ts';

/**
 * Puts an instrument on a pseudo-terminal, which hosts open like a serial port. As on a serial port, the instrument does
 * not notice when a host closes its end and another opens it. There is no line speed, and parity is not simulated.
 *
 * @throws DaqtorError `instrument.connect` where there are no pseudo-terminals
 */
export async function servePty(instrument: SimulatedInstrument): Promise<ServedInstrument> {
  let pair: PtyPair;
  try {
    pair = await openPtyPair();
  } catch (cause) {
    throw new DaqtorError('instrument.connect', {
      problem: `the simulated ${instrument.title} could not get a pseudo-terminal on this ${process.platform} machine`,
      advice: 'Run the simulation with --in-process, which needs none',
      cause,
    });
  }
  const session = instrument.connect((bytes) => pair.send(bytes));
  pair.receive((bytes) => session.receive(bytes));
  const close = () => {
    session.disconnect();
    return pair.close();
  };
  return { address: `serial:${pair.path}`, unplug: close, close };
}
