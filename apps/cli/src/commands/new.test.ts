import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { realClock } from '@daqtor/core';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { runInMemory } from '../testing/run-in-memory.ts';

const execute = promisify(execFile);
const TUTORIAL = new URL('../../../../docs/write-a-driver.md', import.meta.url);
const TEMPLATE = new URL('../../template/driver/', import.meta.url);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daqtor-new-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const run = (...argv: string[]) => runInMemory(argv, { clock: realClock });

test.each(['fluke-45', '3458a'])(
  'the package of a new driver %s compiles, its tests pass, and Daqtor takes it',
  async (name) => {
    const path = join(folder, name);
    const { code, out } = await run('new', 'driver', name, '--to', path);
    expect([code, out]).toEqual([0, expect.stringContaining(`src/simulated-${name}.ts`)]);
    const [{ stdout }] = await Promise.all([
      execute('npm', ['test'], { cwd: path, env: { ...process.env, NO_COLOR: '1', VITEST: '' } }),
      execute('npm', ['run', 'check'], { cwd: path }),
    ]);
    expect(stdout).toMatch(/Tests {2}\d\d passed/);
    expect((await run('drivers', name, '--plugin', path)).out).toContain(`daqtor-${name}@0.1.0`);
    const all = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name: file } of all)
      expect(readFileSync(join(parentPath, file), 'utf8')).not.toMatch(/acme-?meter/i);
  },
  60_000,
);

test('a test of the package fails once the driver is broken', async () => {
  const path = join(folder, 'broken');
  await run('new', 'driver', 'broken', '--to', path);
  const source = join(path, 'src', 'broken.ts');
  writeFileSync(source, readFileSync(source, 'utf8').replace("units: 'V'", "units: 'A'"));
  await expect(execute('npm', ['test'], { cwd: path, env: { ...process.env, VITEST: '' } })).rejects.toMatchObject({
    stdout: expect.stringContaining('reads volts'),
  });
}, 60_000);

test('the code of the tutorial is that of the package', () => {
  const blocks = [...readFileSync(TUTORIAL, 'utf8').matchAll(/```(?:ts|json) (\S+)\n([\s\S]*?)\n```/g)];
  expect(blocks.length).toBeGreaterThan(4);
  for (const [, file = '', code = ''] of blocks) {
    expect(readFileSync(new URL(file, TEMPLATE), 'utf8'), file).toContain(code);
  }
});

test.each([
  [['new', 'driver', 'Fluke 45'], "'Fluke 45' is no name for a driver"],
  [['new', 'driver', 'class'], "'class' is a word of TypeScript"],
  [['new', 'driver', 'await'], "'await' is a word of TypeScript"],
  [['new', 'driver', 'expect'], "'expect' has another meaning in the package"],
  [['new', 'driver', 'settings'], "'settings' has another meaning in the package"],
  [['new', 'scan', 'x'], "'scan' cannot be made"],
  [['new', 'driver', 'sr830'], "there is a driver 'sr830' already"],
])('what cannot be made is refused: %j', async (argv, says) => {
  expect(await run(...argv)).toMatchObject({ code: 2, err: expect.stringContaining(says) });
});

test('nothing is written over', async () => {
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  const { code, err } = await run('new', 'driver', 'fluke-45', '--to', folder);
  expect([code, err]).toEqual([1, expect.stringContaining('is not empty')]);
  expect(readdirSync(folder)).toEqual(['notes.txt']);
});
