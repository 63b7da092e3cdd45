import { mkdir, readdir, readFile, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DaqtorError } from '@daqtor/core';

const TEMPLATE = fileURLToPath(new URL('../template/driver', import.meta.url));

/**
 * Writes a package with a driver, its simulator, their tests and a README, and links it to this copy of Daqtor.
 *
 * @param name - of the driver, e.g. `fluke-45`
 * @param folder - where it goes; must not exist, or be empty
 * @returns paths of the files that were written, from `folder`
 * @throws DaqtorError `save.failed` if the folder is in use, or cannot be written
 */
export async function newDriver(name: string, folder: string): Promise<string[]> {
  const present = await readdir(folder).catch(() => []);
  if (present.length > 0) {
    throw new DaqtorError('save.failed', {
      problem: `${folder} is not empty`,
      advice: 'Choose another folder with --to, or another name',
    });
  }
  const written: string[] = [];
  for (const file of await templateFiles()) {
    const path = renamed(relative(TEMPLATE, file), name);
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), renamed(await readFile(file, 'utf8'), name));
    written.push(path);
  }
  await linkPackages(join(folder, 'node_modules'));
  return written;
}

async function templateFiles(): Promise<string[]> {
  const entries = await readdir(TEMPLATE, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const WORDS_OF_TYPESCRIPT = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally
  for function if implements import in instanceof interface let new null package private protected public return static super
  switch this throw true try typeof undefined var void while with yield`.split(/\s+/),
);

/** Why a driver cannot be called so in the code of its package; undefined if it can. */
export async function takenName(name: string): Promise<string | undefined> {
  const exported = renamed('acmeMeter', name);
  if (WORDS_OF_TYPESCRIPT.has(exported)) return 'is a word of TypeScript';
  for (const file of (await templateFiles()).filter((path) => path.endsWith('.ts'))) {
    const code = (await readFile(file, 'utf8')).replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g, ' ');
    if (code.match(/[A-Za-z_$][\w$]*/g)?.includes(exported)) return 'has another meaning in the package';
  }
  return undefined;
}

/** The template's name in all its spellings, replaced by those of another name. */
function renamed(text: string, name: string): string {
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  // A name that begins with a digit is none in TypeScript.
  const pascal = (/^\d/.test(name) ? 'Device' : '') + words.join('');
  return text
    .replaceAll(
      'ACME_METER',
      name
        .replaceAll('-', '_')
        .toUpperCase()
        .replace(/^(?=\d)/, 'DEVICE_'),
    )
    .replaceAll('acme-meter', name)
    .replaceAll('acmeMeter', pascal.charAt(0).toLowerCase() + pascal.slice(1))
    .replaceAll('AcmeMeter', pascal)
    .replaceAll('an Acme meter', words.join(' '))
    .replaceAll('An Acme meter', words.join(' '))
    .replaceAll('Acme meter', words.join(' '));
}

/** What the package needs, from where this command has it: its tests pass before anything is installed. */
async function linkPackages(modules: string): Promise<void> {
  const here = createRequire(import.meta.url);
  const drivers = createRequire(here.resolve('@daqtor/drivers'));
  const wanted = [
    [here, '@daqtor/core'],
    [here, '@daqtor/drivers'],
    [here, '@daqtor/sim'],
    [drivers, 'zod'],
    [here, 'vitest'],
    [here, 'typescript'],
    [here, '@types/node'],
  ] as const;
  for (const [from, name] of wanted) {
    const target = await packageFolder(from, name);
    if (target === undefined) continue; // What is for development only need not be there; npm install brings it.
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(target, join(modules, name), 'junction');
    for (const [command, file] of COMMANDS.filter(([, path]) => path.startsWith(`${name}/`))) {
      await mkdir(join(modules, '.bin'), { recursive: true });
      await symlink(join('..', file), join(modules, '.bin', command));
    }
  }
}

const COMMANDS = [
  ['vitest', 'vitest/vitest.mjs'],
  ['tsc', 'typescript/bin/tsc'],
] as const;

async function packageFolder(from: NodeJS.Require, name: string): Promise<string | undefined> {
  for (const modules of from.resolve.paths(name) ?? []) {
    const path = join(modules, name);
    if (await stat(join(path, 'package.json')).catch(() => undefined)) return realpath(path);
  }
  return undefined;
}
