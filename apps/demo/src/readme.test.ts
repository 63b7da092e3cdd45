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

const execute = promisify(execFile);
const here = fileURLToPath(new URL('..', import.meta.url));

/** The scripts of the README, in order. */
async function readmeScripts(): Promise<readonly string[]> {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  return [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, script = '']) => script);
}

/** Runs a script as a program of its own; resolves with what it printed. */
async function run(text: string): Promise<string> {
  const cache = join(here, 'node_modules', '.cache');
  const script = join(cache, `readme-${process.pid}.mts`);
  await mkdir(cache, { recursive: true });
  await writeFile(script, text);
  try {
    return (await execute(process.execPath, ['--import', 'tsx', script], { cwd: here })).stdout;
  } finally {
    await rm(script, { force: true });
  }
}

/** The first script, with the simulated instruments' addresses, fewer points and a folder of its own. */
async function scanScript(stage: string, meter: string, folder: string): Promise<string> {
  const [script = ''] = await readmeScripts();
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
  try {
    const stdout = await run(await scanScript(String(bench.stagePort), String(bench.meterPort), folder));
    const [, points, file = ''] = /(\d+) points in (.*)\n/.exec(stdout) ?? [];
    expect(points).toBe('9');
    const power = await readArray(file, '/RawData/Scan000/Detector000/Data0D/CH00/Data00');
    expect(power).toMatchObject({ shape: [3, 3], units: 'V' });
    expect(Array.from(power.data, Number).every(Number.isFinite)).toBe(true);
  } finally {
    await bench.close();
    await rm(folder, { recursive: true });
  }
});

it('shows how to move and look in a script that runs as it stands', { timeout: 30_000 }, async () => {
  const [, script = ''] = await readmeScripts();
  const [first, ...lines] = (await run(script)).trim().split('\n');
  expect(first).toBe('from 20.00 to 15.00 ps');
  expect(lines.slice(0, 4)).toEqual([
    'mock: Data2D, raw',
    'mock spot sum: Data0D, calculated',
    'mock spot centroid x: Data0D, calculated',
    'mock spot centroid y: Data0D, calculated',
  ]);
  expect(lines).toContain('shown: 4 data objects');
  expect(lines).toContain('more than five frames');
});

it('shows how to keep a scan under control in a script that runs as it stands', { timeout: 30_000 }, async () => {
  const [, , script = ''] = await readmeScripts();
  expect((await run(script)).trim().split('\n')).toEqual(['held', '21 points, 0 skipped, held for a while']);
});
