import type { SimulatedInstrument } from '../instruments/simulated-instrument.ts';
import type { PluggedInstrument, ServedInstrument } from './served-instrument.ts';
import { serveTcp, type TcpPortOptions } from './tcp-port.ts';

/**
 * Puts an instrument on a TCP port whose number stays while the instrument comes and goes.
 *
 * @throws DaqtorError `instrument.connect` if the port cannot be had, also when it is plugged in again
 */
export async function serveTcpByPort(
  instrument: SimulatedInstrument,
  options: TcpPortOptions = {},
): Promise<PluggedInstrument> {
  let served: ServedInstrument = await serveTcp(instrument, options);
  const { address } = served;
  const port = Number(new URL(address).port);
  return {
    address,
    unplug: () => served.unplug(),
    async replug() {
      await served.unplug();
      served = await serveTcp(instrument, { ...options, port });
    },
    close: () => served.close(),
  };
}
