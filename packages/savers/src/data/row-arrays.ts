import { bytesOfElement } from '../h5/h5-operation.ts';
import { chunkShape } from '../layout/chunk-shape.ts';
import { dataArrayNode } from '../layout/nodes.ts';
import type { ArrayStorage, Compression } from './array-saver.ts';

/** Arrays that grow by one row with each value. */
export function rowArrays({ gzip }: Compression = {}): ArrayStorage<void> {
  return {
    type: 'data_enlargeable',
    navRank: 1,
    navAxes: [],
    isSingle: false,
    distribution: 'spread',
    saver(path, dtype, signal) {
      // As PyMoDAQ has it: here 0D data keep their dimension of length 1.
      const row = signal.length === 0 ? [1] : signal;
      const count = [1, ...row];
      const chunks = chunkShape([Number.POSITIVE_INFINITY], row, bytesOfElement(dtype), gzip);
      return {
        dtype,
        create: (facts) => dataArrayNode(path, facts, { dtype, shape: [0, ...row], chunks, enlargeable: true, gzip }),
        next: (_, data) => ({ op: 'append', path, count, data }),
      };
    },
  };
}
