import type { Clock } from '@daqtor/core';
import type { SimulatedInstrument } from '../instruments/simulated-instrument.ts';
import { createRandom } from '../physics/random.ts';
import { Lane } from './lane.ts';
import { damaged, type WireFaults } from './wire-faults.ts';

/**
 * An instrument with the bad wire at its own end, so that it can be served to any host: on a pseudo-terminal, on TCP.
 * Which bytes suffer follows from the seed.
 */
export function faultyInstrument(
  instrument: SimulatedInstrument,
  clock: Clock,
  faults: WireFaults,
  seed = 1,
): SimulatedInstrument {
  const random = createRandom(seed, 'faulty instrument');
  return {
    title: instrument.title,
    connect(transmit) {
      const toHost = new Lane(clock, random, () => faults, transmit);
      const session = instrument.connect((bytes) => {
        for (const piece of damaged(bytes, faults, random)) toHost.put(piece);
      });
      const toInstrument = new Lane(
        clock,
        random,
        () => faults,
        (bytes) => session.receive(bytes),
      );
      return {
        receive(bytes) {
          if (faults.echo) toHost.put(bytes.slice());
          toInstrument.put(bytes.slice());
        },
        // What the host has sent before it left still reaches the instrument; nobody is there for the answers.
        disconnect() {
          toHost.cut();
          toInstrument.finish(() => session.disconnect());
        },
      };
    },
  };
}
