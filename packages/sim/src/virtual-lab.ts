import { type Lab, type LabEvent, type LabOptions, type LabSpecs, lab, VirtualClock } from '@daqtor/core';
import { type MemoryPort, memoryPort } from './bench/memory-port.ts';
import type { SimulatedInstrument } from './instruments/simulated-instrument.ts';
import { createRandom } from './physics/random.ts';

/** What the instruments of a virtual lab are made with. */
export interface VirtualBench {
  readonly clock: VirtualClock;
  /** Puts a simulated instrument on a wire in memory; its name is for errors and for pulling the cable. */
  wire(name: string, instrument: SimulatedInstrument): MemoryPort;
}

export interface VirtualLabOptions extends Omit<LabOptions, 'clock'> {
  /** Seed of what goes wrong; default 1. */
  readonly seed?: number;
  /** The date at which time begins, in milliseconds since 1970. */
  readonly startEpochMs?: number;
}

export interface LinkLosses {
  readonly count: number;
  /** The time over which they are spread, from now. */
  readonly withinMs: number;
  /** How long a cable stays out, from and to. */
  readonly awayMs: readonly [number, number];
}

export interface VirtualLab<Specs extends LabSpecs> {
  readonly bench: Lab<Specs>;
  readonly clock: VirtualClock;
  /** All that has happened. */
  readonly events: readonly LabEvent[];
  /** Pulls cables at moments that the seed decides, and puts them back. */
  loseLinks(losses: LinkLosses): void;
}

/**
 * A lab in virtual time: real drivers on wires in memory, simulated instruments behind them. Two runs with one seed are
 * the same to the last event.
 *
 * @param build - given the clock and the wires; returns the instruments of the lab by their names
 */
export async function virtualLab<Specs extends LabSpecs>(
  build: (bench: VirtualBench) => Specs,
  { seed = 1, startEpochMs, onEvent, ...options }: VirtualLabOptions = {},
): Promise<VirtualLab<Specs>> {
  const clock = new VirtualClock(startEpochMs);
  const random = createRandom(seed, 'virtual lab');
  const wires: MemoryPort[] = [];
  const specs = build({
    clock,
    wire(name, instrument) {
      const port = memoryPort(name, instrument, clock);
      wires.push(port);
      return port;
    },
  });
  const events: LabEvent[] = [];
  const bench = await lab(specs, {
    ...options,
    clock,
    onEvent: (event) => {
      events.push(event);
      onEvent?.(event);
    },
  });
  return {
    bench,
    clock,
    events,
    loseLinks({ count, withinMs, awayMs: [shortest, longest] }) {
      // Each loss has a stretch of time of its own, so that none falls into another and is not noticed.
      const stretchMs = withinMs / count;
      for (let i = 0; i < count; i++) {
        const wire = wires[Math.floor(random.uniform() * wires.length)];
        const awayMs = shortest + random.uniform() * (longest - shortest);
        const atMs = i * stretchMs + random.uniform() * (stretchMs - longest);
        clock.setTimeout(() => wire?.unplug(), atMs);
        clock.setTimeout(() => wire?.replug(), atMs + awayMs);
      }
    },
  };
}
