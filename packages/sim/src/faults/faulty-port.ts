import { type Clock, DaqtorError, type WirePort } from '@daqtor/core';
import { createRandom } from '../physics/random.ts';
import type { ScheduledFaults } from './fault-schedule.ts';
import { Lane } from './lane.ts';
import { LatencyTimer } from './latency-timer.ts';
import { damaged, type WireFaults } from './wire-faults.ts';

/** A port on a bad wire. */
export interface FaultyPort extends WirePort {
  /** What goes wrong from now on; may be set at any time. */
  faults: WireFaults;
  /** Sets faults by a schedule that begins now. An entry with `pulled` pulls the cable, too. */
  follow(schedule: readonly ScheduledFaults[]): void;
  /** Pulls the cable: bytes under way are lost, and the wire is gone. A new one may be opened at once. */
  unplug(): void;
}

/**
 * Puts a bad wire between a port and whoever opens it. Which bytes suffer follows from the seed.
 *
 * @param port - any: in memory, a serial port, a socket
 */
export function faultyPort(port: WirePort, clock: Clock, faults: WireFaults = {}, seed = 1): FaultyPort {
  const random = createRandom(seed, 'faulty port');
  let pull: (() => void) | undefined;
  const faulty: FaultyPort = {
    address: port.address,
    faults,
    async open(events, signal) {
      let alive = true;
      const timer = new LatencyTimer(
        clock,
        () => faulty.faults.timerMs ?? 0,
        (bytes) => events.received(bytes),
      );
      const toHost = new Lane(
        clock,
        random,
        () => faulty.faults,
        (bytes) => timer.put(bytes),
      );
      const end = () => {
        alive = false;
        toHost.cut();
        timer.cut();
        toInstrument.cut();
        pull = undefined;
      };
      const lose = (cause: Error) => {
        if (!alive) return;
        end();
        events.gone(cause);
      };
      const wire = await port.open(
        {
          received: (bytes) => {
            for (const piece of damaged(bytes, faulty.faults, random)) toHost.put(piece);
          },
          gone: lose,
        },
        signal,
      );
      const toInstrument = new Lane(
        clock,
        random,
        () => faulty.faults,
        (bytes) => {
          wire.send(bytes).catch((cause: unknown) => lose(cause instanceof Error ? cause : new Error(String(cause))));
        },
      );
      pull = () => {
        lose(new Error(`${port.address} was unplugged`));
        void wire.close();
      };
      return {
        async send(bytes) {
          if (!alive) throw new DaqtorError('instrument.gone', { problem: `${port.address} is not open any more` });
          if (faulty.faults.pulled) return;
          if (faulty.faults.echo) toHost.put(bytes.slice());
          toInstrument.put(bytes.slice());
        },
        async close() {
          if (alive) end();
          await wire.close();
        },
      };
    },
    unplug: () => pull?.(),
    follow(schedule) {
      for (const { fromMs, faults } of schedule) {
        clock.setTimeout(() => {
          faulty.faults = faults;
          if (faults.pulled) faulty.unplug();
        }, fromMs);
      }
    },
  };
  return faulty;
}
