import type { DataToExport } from '../data/data-to-export.ts';
import type { DataDim } from '../data/data-with-axes.ts';

/** The form of a data object that a detector gives. */
export interface GrabForm {
  readonly name: string;
  readonly dim: DataDim;
  readonly shape: readonly number[];
  readonly units: string;
  /** Of all of its channels. */
  readonly bytes: number;
}

/** What is known of a grab before it is taken. */
export interface ExpectedGrab {
  readonly grabMs?: number;
  readonly forms?: readonly GrabForm[];
}

export function expectedFrom({ data }: DataToExport, grabMs: number): ExpectedGrab {
  const forms = data.map(({ name, dim, shape, units, data: arrays }) => ({
    name,
    dim,
    shape,
    units,
    bytes: arrays.reduce((sum, { byteLength }) => sum + byteLength, 0),
  }));
  return { grabMs, forms };
}
