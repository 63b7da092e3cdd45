import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type Clock, DaqtorError } from '@daqtor/core';
import type { H5Backend } from '../h5/h5-backend.ts';
import { saveFailed } from '../h5/h5-errors.ts';
import { H5File } from '../h5/h5-file.ts';

/** Opens the file at a path, or makes it. @throws DaqtorError `save.failed`, also for a new file that is there already */
export function openOnDisk(path: string, newFile: boolean, swmr: boolean, clock: Clock): Promise<H5Backend> {
  const mode = newFile || !existsSync(path) ? 'create' : 'append';
  return H5File.open({ path, mode, fsync: false, swmr }, clock);
}

/** Writes what a backend holds to another file. @throws DaqtorError `save.failed`, also if there is one of that name */
export async function copyToDisk(backend: H5Backend & { bytes?(): Uint8Array }, path: string): Promise<void> {
  await backend.settle();
  const half = `${path}.part`;
  try {
    if (existsSync(path)) throw new Error('there is a file of that name');
    writeFileSync(half, backend.bytes?.() ?? readFileSync(backend.path));
    renameSync(half, path);
  } catch (error) {
    rmSync(half, { force: true });
    throw DaqtorError.from(saveFailed('saving a copy', path, error));
  }
}
