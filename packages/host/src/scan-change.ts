import { parseSettings, type ScanChange, scanChange } from '@daqtor/core';
import { dataFromFile, dataFromText } from './data-file.ts';

const KIND = { what: 'change of a scan', code: 'scan.refused' } as const;

/**
 * Reads how a scan is changed: from a file, or from the text itself, e.g. `{ within: { x: [0, 1] } }`.
 *
 * @param given - path of a file, .yaml or .json, or YAML
 * @throws DaqtorError `scan.refused`, `lab.settings` with everything that is not right
 */
export async function scanChangeFrom(given: string): Promise<ScanChange> {
  const isFile = /\.(ya?ml|json)$/i.test(given);
  const data = isFile ? await dataFromFile(given, KIND) : dataFromText(given, 'the change.yaml', KIND);
  return parseSettings('edit', scanChange, data);
}
