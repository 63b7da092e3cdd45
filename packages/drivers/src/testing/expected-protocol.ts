import { type ConnectContext, DaqtorError, VirtualClock, type WirePort } from '@daqtor/core';
import { readable, toBytes } from '../transports/bytes.ts';
import { scriptedPort, testContext } from './scripted-port.ts';

/**
 * One write of the driver and the bytes that answer it, each character one byte; no answer where the second is left out.
 * Bytes are compared as they are, line ends included.
 */
export type ExpectedExchange = readonly [sent: string, received?: string];

/**
 * Checks word for word what a driver says: connects it to a port that knows these exchanges only, uses it and closes it.
 *
 * Time is virtual. The first write that differs cuts the wire, so that the driver ends at once, and is what the error
 * tells, whatever the driver made of the cut.
 *
 * @param instrument - names the instrument on the given port, e.g. `(port) => keithley2000({ port })`
 * @param exchanges - all of them, in order, those of connecting and closing included
 * @param use - what is done with the connected driver; its assertions are the caller's
 * @throws DaqtorError `instrument.protocol` for a write that differs, exchanges that did not take place, or a port that is
 *   still open after the driver was closed
 */
export async function expectedProtocol<Driver extends { close(): Promise<void> }>(
  instrument: (port: WirePort) => { connect(context: ConnectContext): Promise<Driver> },
  exchanges: readonly ExpectedExchange[],
  use: (driver: Driver, clock: VirtualClock) => Promise<void> = async () => {},
): Promise<void> {
  let at = 0;
  let difference: DaqtorError | undefined;
  const port = scriptedPort((sent) => {
    const [expected, received] = exchanges[at] ?? [];
    at++;
    if (sent === expected) return received;
    difference ??= unexpected(at, sent, expected);
    port.unplug();
    return undefined;
  });
  const clock = new VirtualClock();
  try {
    const driver = await instrument(port).connect(testContext(clock).context);
    try {
      await use(driver, clock);
    } finally {
      await driver.close();
    }
  } catch (error) {
    throw difference ?? error;
  }
  if (difference) throw difference;
  const left = exchanges.slice(at).map(([sent]) => `'${shown(sent)}'`);
  if (left.length > 0) throw refuse(`the driver did not send ${left.join(', ')}`);
  if (port.isOpen) {
    throw new DaqtorError('instrument.protocol', {
      problem: 'the driver does not let go of its instrument: its port is open after close()',
      advice: 'Let its close() close the link, and let it wait for that',
    });
  }
}

const shown = (text: string): string => readable(toBytes(text));

function unexpected(number: number, sent: string, expected: string | undefined): DaqtorError {
  const instead =
    expected === undefined ? 'where nothing more was expected' : `where '${shown(expected)}' was expected`;
  return refuse(`write ${number} was '${shown(sent)}', ${instead}`);
}

function refuse(problem: string): DaqtorError {
  return new DaqtorError('instrument.protocol', {
    problem: `the driver does not keep to the protocol: ${problem}`,
    advice: "Compare with the instrument's manual, then mend the driver or the expectation",
  });
}
