import { join } from 'node:path';
import { realClock } from '@daqtor/core';
import { H5File } from '../h5/h5-file.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { tempFolder } from './temp-folder.ts';

/** A new file that holds what some operations make, besides an empty `/RawData/Logger`. @returns its path */
export async function writeNodes(...operations: readonly H5Operation[]): Promise<string> {
  const path = join(tempFolder(), 'written.h5');
  const file = await H5File.open({ path, mode: 'create', fsync: false }, realClock);
  try {
    await file.transact(operations);
  } finally {
    await file.close();
  }
  return path;
}
