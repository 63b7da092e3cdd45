import { DaqtorError } from '@daqtor/core';
import { bytesOfElement } from '../h5/h5-operation.ts';
import { chunkShape } from '../layout/chunk-shape.ts';
import { dataArrayNode } from '../layout/nodes.ts';
import type { ArrayStorage, Compression } from './array-saver.ts';

/** Arrays that hold one value: a snapshot. */
export function singleArrays({ gzip = 0 }: Compression = {}): ArrayStorage<void> {
  return {
    type: 'data',
    navRank: 0,
    navAxes: [],
    isSingle: true,
    distribution: undefined,
    saver(path, dtype, signal) {
      const shape = signal.length === 0 ? [1] : signal;
      const chunks = gzip > 0 ? { gzip, chunks: chunkShape(shape, [], bytesOfElement(dtype), gzip) } : {};
      return {
        dtype,
        create: (facts, data) => dataArrayNode(path, facts, { dtype, shape, ...(data && { data }), ...chunks }),
        next() {
          throw new DaqtorError('save.failed', {
            problem: `${path} holds one value and got a second`,
            advice: 'Save it to another group, or to an enlargeable array',
          });
        },
      };
    },
  };
}
