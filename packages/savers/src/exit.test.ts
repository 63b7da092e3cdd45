import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tempFolder } from './testing/temp-folder.ts';

const savers = new URL('./index.ts', import.meta.url).href;

test('a script that has saved ends by itself, with what it saved in the file', async () => {
  const script = `
    import { BoundedQueue, DataToExport, DataWithAxes } from '@daqtor/core';
    import { continuousSaving, readArray } from '${savers}';
    const queue = new BoundedQueue({ maxItems: 4 });
    const module = { name: 'm', kind: 'k', title: 't', units: '', settings: {} };
    const recording = await continuousSaving(process.argv[1], module, queue);
    for (const value of [1, 2, 3]) {
      await queue.put(new DataToExport({ name: 'm', data: [new DataWithAxes({ name: 'v', data: [value], timestamp: value })] }));
    }
    queue.close();
    await recording.end();
    console.log([...(await readArray(recording.file, '/RawData/Detector000/Data0D/CH00/EnlData00')).data].join());
  `;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script, join(tempFolder(), 'a.h5')];
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd, timeout: 20_000 });
  expect([stdout, stderr]).toEqual(['1,2,3\n', '']);
});
