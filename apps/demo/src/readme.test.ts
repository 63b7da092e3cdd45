import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
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

it('shows how to log a lab from a preset file, until somebody ends it', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daqtor-readme-'));
  const bench = await opticsBench({ clock: realClock, wire: 'real', speed: 4 });
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  const blocks = [...readme.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
  const yaml = blocks.find((text) => text.includes('modules:')) ?? '';
  const script = (await readmeScripts()).find((text) => text.includes('labFromFile(')) ?? '';
  const preset = join(folder, 'lab.yaml');
  const file = join(here, 'node_modules', '.cache', `readme-lab-${process.pid}.mts`);
  let child: ReturnType<typeof spawn> | undefined;
  try {
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(preset, yaml.replace('tcp://meter.lab:5025', String(bench.meterPort)));
    await writeFile(
      file,
      script.replace('lab.yaml', preset).replace('./data', folder).replace('everyMs: 1000', 'everyMs: 50'),
    );
    const env = { ...process.env, STAGE_PORT: String(bench.stagePort) };
    child = spawn(process.execPath, ['--import', 'tsx', file], { cwd: here, env });
    const said = { out: '', err: '' };
    child.stdout?.on('data', (text) => {
      said.out += String(text);
    });
    child.stderr?.on('data', (text) => {
      said.err += String(text);
    });
    const exit = once(child, 'exit');
    await expect.poll(() => `${said.out}${said.err}`, { timeout: 20_000 }).toContain('The log is in ');
    await realClock.sleep(1000);
    child.kill('SIGTERM');
    expect(await exit).toEqual([143, null]);
    expect(said.err).toMatch(/"type":"logBegan".*"type":"logEnded"/s);
    const [, log = ''] = /The log is in (.*)\n/.exec(said.out) ?? [];
    const power = await readArray(log, '/RawData/Scan000/Detector000/Data0D/CH00/EnlData00');
    expect(power.data.length).toBeGreaterThan(3);
    expect(Array.from(power.data, Number).every(Number.isFinite)).toBe(true);
  } finally {
    child?.kill('SIGKILL');
    await rm(file, { force: true });
    await bench.close();
    await rm(folder, { recursive: true });
  }
});
