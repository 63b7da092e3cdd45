import type { DataToExport } from '../data/data-to-export.ts';
import type { DataDim } from '../data/data-with-axes.ts';

/** The form of a data object that a detector gives. */
export interface GrabForm {
  readonly name: string;
  readonly dim: DataDim;
  readonly shape: readonly number[];
  readonly units: string;
  /** Of all of its channels, with their error bars. */
  readonly bytes: number;
  /** How many numbers its channels have; a complex value is two. */
  readonly numbers: number;
}

/** What is known of a grab before it is taken. */
export interface ExpectedGrab {
  readonly grabMs?: number;
  readonly forms?: readonly GrabForm[];
}

export function expectedFrom({ data }: DataToExport, grabMs: number): ExpectedGrab {
  const forms = data.map(({ name, dim, shape, units, data: arrays, errors = [] }) => ({
    name,
    dim,
    shape,
    units,
    bytes: [...arrays, ...errors].reduce((sum, { byteLength }) => sum + byteLength, 0),
    numbers: arrays.reduce((sum, { length }) => sum + length, 0),
  }));
  return { grabMs, forms };
}
