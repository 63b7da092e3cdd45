import type { Clock } from '@daqtor/core';
import type { SimulatedInstrument } from '../instruments/simulated-instrument.ts';
import { createRandom } from '../physics/random.ts';
import { Lane } from './lane.ts';
import { LatencyTimer } from './latency-timer.ts';
import { damaged, type WireFaults } from './wire-faults.ts';

/**
 * An instrument with the bad wire at its own end, so that it can be served to any host: on a pseudo-terminal, on TCP.
 * Which bytes suffer follows from the seed.
 *
 * @param faults - what goes wrong, or what does at this moment (`faultsByTime`)
 */
export function faultyInstrument(
  instrument: SimulatedInstrument,
  clock: Clock,
  faults: WireFaults | (() => WireFaults),
  seed = 1,
): SimulatedInstrument {
  const random = createRandom(seed, 'faulty instrument');
  const now = typeof faults === 'function' ? faults : () => faults;
  return {
    title: instrument.title,
    connect(transmit) {
      const timer = new LatencyTimer(clock, () => now().timerMs ?? 0, transmit);
      const toHost = new Lane(clock, random, now, (bytes) => timer.put(bytes));
      const session = instrument.connect((bytes) => {
        for (const piece of damaged(bytes, now(), random)) toHost.put(piece);
      });
      const toInstrument = new Lane(clock, random, now, (bytes) => session.receive(bytes));
      return {
        receive(bytes) {
          if (now().pulled) return;
          if (now().echo) toHost.put(bytes.slice());
          toInstrument.put(bytes.slice());
        },
        // What the host has sent before it left still reaches the instrument; nobody is there for the answers.
        disconnect() {
          toHost.cut();
          timer.cut();
          toInstrument.finish(() => session.disconnect());
        },
      };
    },
  };
}
