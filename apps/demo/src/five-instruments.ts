import type { Clock } from '@daqtor/core';
import { servePty, serveTcp, simulatedEsp301, simulatedKeithley2000 } from '@daqtor/sim';

/** Five simulated instruments on real wires: two on pseudo-terminals, three on TCP ports, one of which can be unplugged. */
export async function fiveInstruments(clock: Clock) {
  const meter = (seed: number) => simulatedKeithley2000({ clock, seed, input: () => seed, inputNoiseV: 0.01 });
  const pulled = meter(5);
  const onPty = [await servePty(simulatedEsp301({ clock })), await servePty(meter(2))];
  const onTcp = [await serveTcp(meter(3)), await serveTcp(meter(4))];
  let cable = await serveTcp(pulled);
  const { port } = new URL(cable.address);
  return {
    /** Where each one is, for the preset. */
    variables: Object.fromEntries(
      [...onPty, ...onTcp, cable].map(({ address }, i) => [`INSTRUMENT_${i + 1}`, address] as const),
    ),
    unplug: () => cable.unplug(),
    async replug() {
      cable = await serveTcp(pulled, { port: Number(port) });
    },
    async close() {
      await Promise.all([...onPty, ...onTcp, cable].map((served) => served.close()));
    },
  };
}
