import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DRIVER_CONTRACT, VirtualClock } from '@daqtor/core';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { testContext } from '../testing/scripted-port.ts';
import { builtInDrivers } from './built-in-drivers.ts';
import { driversByName } from './drivers-by-name.ts';

const CORE = new URL('../../../core/src/index.ts', import.meta.url).href;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daqtor-plugins-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const ZOD = import.meta.resolve('zod');

const HEAD = `import { DataWithAxes, defineDetector } from '${CORE}';\nimport { z } from '${ZOD}';\n`;
/** A detector that grabs a 7. */
const body = (kind: string, name: string) => `
  export const ${name} = defineDetector({
    kind: '${kind}', title: 'A die', settings: z.object({}),
    connect: async () => ({
      grab: async () => [new DataWithAxes({ name: 'eyes', data: [7], units: 'count' })],
      close: async () => {},
    }),
  });`;
const detector = (kind: string) => HEAD + body(kind, 'dice');

interface Package {
  readonly keywords?: readonly string[];
  readonly daqtor?: unknown;
  readonly source?: string;
  readonly at?: string;
}

const manifest = (kind = 'dice', role = 'detector') => ({
  contract: DRIVER_CONTRACT,
  drivers: [{ kind, role, title: 'A die' }],
});

/** Installs a package into node_modules, or elsewhere. */
function install(name: string, parts: Package = {}): string {
  const { keywords = ['daqtor-plugin'], source = detector('dice'), at = 'node_modules' } = parts;
  const daqtor = 'daqtor' in parts ? parts.daqtor : manifest();
  const path = join(folder, at, name);
  mkdirSync(path, { recursive: true });
  const described = { name, version: '1.2.3', type: 'module', exports: { '.': './main.ts' }, keywords, daqtor };
  writeFileSync(join(path, 'package.json'), JSON.stringify(described));
  writeFileSync(join(path, 'main.ts'), source);
  return path;
}

const search = () => driversByName({ folder, loadTimeoutMs: 1000 });
const kinds = (drivers: ReadonlyMap<string, unknown>) => [...drivers.keys()].slice(builtInDrivers.length);

it('has our own drivers without any plugin', async () => {
  const { drivers, quarantined } = await driversByName();
  expect([...drivers.keys()]).toEqual(builtInDrivers.map(({ manifest: { kind } }) => kind));
  expect(quarantined).toEqual([]);
});

it('finds packages by their keyword, scoped or not, and their drivers work', async () => {
  install('@lab/dice');
  install('other', { keywords: ['dice'], source: 'throw new Error("must not be run")' });
  const { drivers, quarantined } = await search();
  expect([kinds(drivers), quarantined]).toEqual([['dice'], []]);
  expect(drivers.get('dice')?.from).toBe('@lab/dice@1.2.3');
  const driver = await drivers
    .get('dice')
    ?.plugin({} as never)
    .connect(testContext(new VirtualClock()).context);
  if (!driver || !('grab' in driver)) throw new Error('no detector');
  expect(await driver.grab(new AbortController().signal)).toMatchObject([{ name: 'eyes', data: [Float64Array.of(7)] }]);
});

it('takes plugins from the folders above as Node does, and each once, however it is reached', async () => {
  const path = install('dice', { at: 'elsewhere' });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(path, join(folder, 'node_modules', 'dice'));
  const below = join(folder, 'measurement');
  mkdirSync(below);
  const { drivers, quarantined } = await driversByName({ folder: below, plugins: ['../elsewhere/dice', 'dice'] });
  expect([kinds(drivers), quarantined]).toEqual([['dice'], []]);
});

it('takes a file that is listed, with all drivers that it exports', async () => {
  const path = join(folder, 'mine.ts');
  writeFileSync(path, HEAD + body('one', 'first') + body('two', 'second'));
  const { drivers } = await driversByName({ plugins: [path] });
  expect(kinds(drivers)).toEqual(['one', 'two']);
});

it.each<[string, Package, string | RegExp]>([
  ['throws', { source: 'throw new Error("no licence")' }, 'it threw while it was loaded: Error: no licence'],
  ['cannot be parsed', { source: 'export const = ;' }, /^it threw while it was loaded: /],
  ['needs what is not there', { source: "import 'not-installed-anywhere';" }, /not-installed-anywhere/],
  [
    'never ends',
    { source: 'await new Promise(() => setInterval(() => {}, 1e6).unref());' },
    'it was not loaded within 1000 ms',
  ],
  ['says nothing of itself', { daqtor: undefined }, /no field 'daqtor'/],
  [
    'says nonsense of itself',
    { daqtor: { contract: DRIVER_CONTRACT, drivers: [{ kind: 'Dice!' }] } },
    /daqtor\.drivers\.0\.kind: lower case.*daqtor\.drivers\.0\.role/,
  ],
  ['is too old', { daqtor: { ...manifest(), contract: DRIVER_CONTRACT - 1 } }, /^too old: .* newer version of it$/],
  ['is too new', { daqtor: { contract: DRIVER_CONTRACT + 1, whatever: 1 } }, /^too new: .* newer version of Daqtor$/],
  [
    'lacks what it promises',
    { source: 'export const dice = () => {};' },
    "its manifest names a driver 'dice' that it does not export",
  ],
  [
    'has more than it promises',
    { source: detector('cards') },
    "it exports a driver 'cards' that its manifest does not name",
  ],
  [
    'is not what it promises',
    { daqtor: manifest('dice', 'actuator') },
    "its manifest calls 'dice' an actuator, but it is a detector",
  ],
  [
    'takes a name of ours',
    { daqtor: manifest('esp301'), source: detector('esp301') },
    /'esp301' has the name of one of @daqtor\/drivers/,
  ],
])('a plugin that %s is quarantined with its reason, and hurts nobody', async (_, parts, reason) => {
  install('a-bad-one', parts);
  install('good', { daqtor: manifest('good'), source: detector('good') });
  const { drivers, quarantined } = await search();
  expect(kinds(drivers)).toEqual(['good']);
  const [first, ...more] = quarantined;
  expect([first?.from, more]).toEqual(['a-bad-one@1.2.3', []]);
  if (typeof reason === 'string') expect(first?.reason).toBe(reason);
  else expect(first?.reason).toMatch(reason);
  expect(drivers.get('esp301')?.from).toBe('@daqtor/drivers');
});

it('lets the first of two plugins with one name have it, and says so of the second', async () => {
  install('a');
  install('b');
  const { drivers, quarantined } = await search();
  expect(drivers.get('dice')?.from).toBe('a@1.2.3');
  expect(quarantined).toEqual([{ from: 'b@1.2.3', reason: expect.stringContaining('one of a@1.2.3'), listed: false }]);
});

it('says of a listed plugin that it is not there, or no package', async () => {
  mkdirSync(join(folder, 'empty'));
  const { quarantined } = await driversByName({ folder, plugins: ['./none', './empty'] });
  expect(quarantined).toEqual([
    { from: './none', reason: `there is no ${join(folder, 'none')}`, listed: true },
    { from: './empty', reason: expect.stringContaining('its package.json cannot be read'), listed: true },
  ]);
});
