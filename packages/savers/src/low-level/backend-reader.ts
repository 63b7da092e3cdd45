import { DaqtorError } from '@daqtor/core';
import type { NodeReader } from '../browse/reader-thread.ts';
import type { H5Backend } from '../h5/h5-backend.ts';
import type { RawArray } from '../h5/h5-operation.ts';

/** Reads what a backend holds while it is open for writing. */
export function backendReader(backend: H5Backend): NodeReader {
  const arrayAt = async (path: string): Promise<RawArray | DaqtorError> => {
    try {
      return await backend.ask({ ask: 'array', path });
    } catch (error) {
      if (DaqtorError.is(error)) return error;
      throw error;
    }
  };
  return {
    describe: () => backend.ask({ ask: 'tree', path: '/' }),
    read: (_, nodes) => Promise.all(nodes.map(arrayAt)),
  };
}
