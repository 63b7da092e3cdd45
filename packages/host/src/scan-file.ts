import { readScanFile, type ScanFile } from '@daqtor/core';
import { dataFromFile } from './data-file.ts';

/**
 * Reads scans from a file, YAML or JSON.
 *
 * @throws DaqtorError `scan.refused` with everything that is not right
 */
export async function scansFromFile(path: string): Promise<ScanFile> {
  return readScanFile(await dataFromFile(path, { what: 'scan file', code: 'scan.refused' }));
}
