import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const guard = fileURLToPath(new URL('ensure-installed.mjs', import.meta.url));
/** Stands in for npx: writes down how it was called, then does what a test asks for. */
const NPX = `#!/bin/sh
echo "$*" >> calls
echo 'what pnpm says'
test -e refuse && exit 1
test -e slow && sleep 0.5
mkdir -p node_modules packages/core/node_modules
`;

/** A folder like a fresh clone, with an npx of its own. */
let clone;

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'guard-'));
  for (const folder of ['scripts', 'bin', 'tmp', 'packages/core', 'apps'])
    await mkdir(join(clone, folder), { recursive: true });
  await copyFile(guard, join(clone, 'scripts/ensure-installed.mjs'));
  await writeFile(join(clone, 'bin/npx'), NPX, { mode: 0o755 });
  await writeFile(join(clone, 'pnpm-lock.yaml'), 'lockfileVersion: 9');
  await writeFile(join(clone, 'packages/core/package.json'), '{}');
  await writeManifest({});
});
afterEach(() => rm(clone, { recursive: true }));

function writeManifest(changes) {
  const manifest = { engines: { node: '>=20.19' }, packageManager: 'pnpm@10.34.8+sha512.abc', ...changes };
  return writeFile(join(clone, 'package.json'), JSON.stringify(manifest));
}

function run() {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      TMPDIR: join(clone, 'tmp'),
      PATH: `${join(clone, 'bin')}${delimiter}${process.env.PATH}`,
    };
    const child = spawn(process.execPath, [join(clone, 'scripts/ensure-installed.mjs')], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    child.on('error', reject).on('close', (code) => resolve({ code, output }));
  });
}

const calls = async () => (await readFile(join(clone, 'calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean);

describe.skipIf(process.platform === 'win32')('before npm start', () => {
  it('installs with the pinned pnpm once, says so in one line, then stays silent', async () => {
    const line = 'daqtor: installing dependencies with pnpm 10.34.8 (first run, about 10 s)\n';
    expect(await run()).toEqual({ code: 0, output: line });
    expect(await run()).toEqual({ code: 0, output: '' });
    expect(await calls()).toEqual(['-y pnpm@10.34.8 install --frozen-lockfile']);
  });

  it.each([
    ['the lockfile changed', () => writeFile(join(clone, 'pnpm-lock.yaml'), 'changed')],
    ['a package changed', () => writeFile(join(clone, 'packages/core/package.json'), '{"name":"core"}')],
    ['node_modules is gone', () => rm(join(clone, 'node_modules'), { recursive: true })],
    ["a package's node_modules is gone", () => rm(join(clone, 'packages/core/node_modules'), { recursive: true })],
  ])('installs again when %s', async (_title, change) => {
    await run();
    await change();
    expect((await run()).output).toContain('installing');
    expect(await calls()).toHaveLength(2);
  });

  it('installs once when three start together', async () => {
    await writeFile(join(clone, 'slow'), '');
    const runs = await Promise.all([run(), run(), run()]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await calls()).toHaveLength(1);
  });

  it('takes over from an installation that was killed', async () => {
    const lock = join(clone, 'tmp', `daqtor-install-${process.getuid()}.lock`);
    await writeFile(lock, '4194304'); // one more than the largest process id
    expect(await run()).toMatchObject({ code: 0, output: expect.not.stringContaining('waiting') });
  });

  it('fails with what pnpm said and what to do, and tries again the next time', async () => {
    await writeFile(join(clone, 'refuse'), '');
    const { code, output } = await run();
    expect(code).toBe(1);
    expect(output).toContain('what pnpm says');
    expect(output).toMatch(/Check the network, then try again\.\n$/);
    await rm(join(clone, 'refuse'));
    expect(await run()).toMatchObject({ code: 0 });
  });

  it('refuses a Node.js that is too old, and installs nothing', async () => {
    await writeManifest({ engines: { node: '>=999.1' } });
    expect(await run()).toMatchObject({ code: 1, output: expect.stringMatching(/too old, 999\.1 or newer is needed/) });
    expect(await calls()).toEqual([]);
  });
});
