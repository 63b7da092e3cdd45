import type { ScanPhase } from '../actors/scan-facts.ts';
import type { ScanPoint } from '../contracts/scan-recorder.ts';
import { magnitude } from '../data/complex.ts';
import type { DataToExport } from '../data/data-to-export.ts';
import type { DaqtorError } from '../errors/daqtor-error.ts';
import type { ScanPlan } from './plan.ts';

/** A named number with its unit, for people. */
export interface Reading {
  readonly name: string;
  readonly value: number;
  readonly units: string;
}

/** How far a scan is. */
export interface Progress {
  readonly state: ScanPhase | 'ended';
  /** Points measured or skipped (and durable, if they are saved), of `total`. */
  readonly done: number;
  /** How many of them were skipped. */
  readonly skipped: number;
  readonly total: number;
  readonly elapsedMs: number;
  /** 0 before the first point. */
  readonly pointsPerSecond: number;
  /** Undefined before the first point. */
  readonly remainingMs: number | undefined;
  /** Positions read back at the last point, one per actuator. */
  readonly positions: readonly Reading[];
  /** The first 0D value of the last point, if there is one; the magnitude of a complex one. */
  readonly reading: Reading | undefined;
  /** Why it is paused, unless a person wanted it. */
  readonly trouble: DaqtorError | undefined;
  /** Names of the suspenders that hold it. */
  readonly heldBy: readonly string[];
  /** What has to be so before the point under way is measured, e.g. `[cryostat] is from 4.1 to 4.3 K`. */
  readonly waitsFor: readonly string[];
}

export interface ProgressFacts
  extends Pick<Progress, 'state' | 'done' | 'skipped' | 'elapsedMs' | 'trouble' | 'heldBy'> {
  readonly plan: ScanPlan;
  readonly waitsFor?: readonly string[];
  /** Points that were done before this run began. */
  readonly before?: number;
  /** What was measured last. */
  readonly point: ScanPoint | undefined;
}

export function progressOf({
  plan: { size, actuators },
  point,
  before = 0,
  waitsFor = [],
  ...facts
}: ProgressFacts): Progress {
  const { done, elapsedMs } = facts;
  const here = done - before;
  return {
    ...facts,
    waitsFor,
    total: size,
    pointsPerSecond: elapsedMs > 0 ? (1000 * here) / elapsedMs : 0,
    remainingMs: here > 0 ? (elapsedMs / here) * (size - done) : undefined,
    positions: point
      ? actuators.map(({ actuator, units }, i) => ({
          name: actuator.name,
          value: point.positions[i] ?? Number.NaN,
          units,
        }))
      : [],
    reading: point && firstReading(point.data),
  };
}

/** The first 0D value, if there is one; the magnitude of a complex one. */
function firstReading(exports: readonly DataToExport[]): Reading | undefined {
  for (const { data } of exports) {
    for (const { dim, name, data: arrays, complex, units } of data) {
      const [values] = arrays;
      const value = complex && values ? magnitude(values)[0] : values?.[0];
      if (dim === 'Data0D' && value !== undefined) return { name, value: Number(value), units };
    }
  }
  return undefined;
}
