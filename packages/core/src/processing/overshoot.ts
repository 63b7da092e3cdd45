import type { DataToExport } from '../data/data-to-export.ts';
import { magnitudes } from './magnitudes.ts';

/** Values that must not be reached, in the units of the data. */
export interface OvershootLimits {
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  /** Name of the data object that is watched; default all. */
  readonly of?: string | undefined;
}

/** A value beyond a limit. */
export interface Overshoot {
  /** Name of the data object. */
  readonly name: string;
  readonly label: string;
  readonly value: number;
  readonly limit: number;
  readonly units: string;
}

/** The first value above or below its limit, if there is one; of complex data the magnitude counts. */
export function findOvershoot(frame: DataToExport, limits: OvershootLimits): Overshoot | undefined {
  const { above = Number.POSITIVE_INFINITY, below = Number.NEGATIVE_INFINITY, of } = limits;
  for (const one of frame.data) {
    if (of !== undefined && one.name !== of) continue;
    const { name, data, labels, units } = magnitudes(one);
    for (const [k, array] of data.entries()) {
      for (let i = 0; i < array.length; i++) {
        const value = Number(array[i]);
        if (value > above || value < below) {
          return { name, label: labels[k] ?? '', value, limit: value > above ? above : below, units };
        }
      }
    }
  }
  return undefined;
}
