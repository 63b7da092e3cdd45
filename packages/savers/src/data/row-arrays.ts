import { chunkShape } from '../layout/chunk-shape.ts';
import { BYTES, dataArrayNode } from '../layout/nodes.ts';
import type { ArrayStorage, Compression } from './array-saver.ts';

/** Each commit writes the last chunk once more; many small chunks make a large index. */
const CHUNK_BYTES = 32 * 2 ** 10;

/** Arrays that grow by one row with each value. */
export function rowArrays({ gzip }: Compression = {}): ArrayStorage<void> {
  return {
    type: 'data_enlargeable',
    navRank: 1,
    isSingle: false,
    distribution: 'spread',
    saver(path, dtype, signal) {
      // As PyMoDAQ has it: here 0D data keep their dimension of length 1.
      const row = signal.length === 0 ? [1] : signal;
      const chunks = chunkShape([Number.POSITIVE_INFINITY], row, BYTES[dtype], CHUNK_BYTES);
      return {
        dtype,
        create: (facts) => dataArrayNode(path, facts, { dtype, shape: [0, ...row], chunks, enlargeable: true, gzip }),
        next: (_, data) => ({ op: 'append', path, count: [1, ...row], data }),
      };
    },
  };
}
