import type { Clock } from '@daqtor/core';
import { servePty, servePtyByName, serveTcp, simulatedEsp301, simulatedKeithley2000 } from '@daqtor/sim';

/**
 * Five simulated instruments on real wires: two on pseudo-terminals, three on TCP ports. One of each kind can be
 * unplugged, and comes back where it was.
 */
export async function fiveInstruments(clock: Clock) {
  const meter = (seed: number) => simulatedKeithley2000({ clock, seed, input: () => seed, inputNoiseV: 0.01 });
  const pulled = meter(5);
  const stage = await servePty(simulatedEsp301({ clock }));
  const serial = await servePtyByName(meter(2), 'usb-Keithley_2000');
  const onTcp = [await serveTcp(meter(3)), await serveTcp(meter(4))];
  let cable = await serveTcp(pulled);
  const { port } = new URL(cable.address);
  const all = () => [stage, serial, ...onTcp, cable];
  return {
    /** Where each one is, for the preset. */
    variables: Object.fromEntries(all().map(({ address }, i) => [`INSTRUMENT_${i + 1}`, address] as const)),
    async unplug() {
      await Promise.all([serial.unplug(), cable.unplug()]);
    },
    async replug() {
      await serial.replug();
      cable = await serveTcp(pulled, { port: Number(port) });
    },
    async close() {
      await Promise.all(all().map((served) => served.close()));
    },
  };
}
