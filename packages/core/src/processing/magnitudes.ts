import { magnitude } from '../data/complex.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';

/** The absolute values of complex data, without error bars; other data as they are. */
export function magnitudes(data: DataWithAxes): DataWithAxes {
  if (!data.complex) return data;
  const { errors: _, ...facts } = data;
  return new DataWithAxes({ ...facts, complex: false, data: data.data.map(magnitude) });
}
