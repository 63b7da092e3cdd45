import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { realClock } from '@daqtor/core';
import { readArray } from '@daqtor/savers';
import { opticsBench } from '@daqtor/sim';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const here = fileURLToPath(new URL('..', import.meta.url));

/** The script of the README, with the simulated instruments' addresses, fewer points and a folder of its own. */
async function readmeScript(stage: string, meter: string, folder: string): Promise<string> {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  const [, script = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const replaced = script
    .replaceAll('serial:/dev/ttyUSB0', stage)
    .replaceAll('tcp://meter.lab:5025', meter)
    .replaceAll('-1, 1, 21', '-0.2, 0.2, 3')
    .replace('./data', folder);
  for (const part of [stage, meter, folder, '0.2, 3']) expect(replaced).toContain(part);
  return replaced;
}

it('shows a script that runs as it stands', { timeout: 30_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daqtor-readme-'));
  const bench = await opticsBench({ clock: realClock, wire: 'real', speed: 4 });
  const cache = join(here, 'node_modules', '.cache');
  const script = join(cache, `readme-${process.pid}.mts`);
  try {
    await mkdir(cache, { recursive: true });
    await writeFile(script, await readmeScript(String(bench.stagePort), String(bench.meterPort), folder));
    const { stdout } = await run(process.execPath, ['--import', 'tsx', script], { cwd: here });
    const [, points, file = ''] = /(\d+) points in (.*)\n/.exec(stdout) ?? [];
    expect(points).toBe('9');
    const power = await readArray(file, '/RawData/Scan000/Detector000/Data0D/CH00/Data00');
    expect(power).toMatchObject({ shape: [3, 3], units: 'V' });
    expect(Array.from(power.data, Number).every(Number.isFinite)).toBe(true);
  } finally {
    await bench.close();
    await rm(script, { force: true });
    await rm(folder, { recursive: true });
  }
});
