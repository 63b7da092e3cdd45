// The packages as users get them: packs each, installs the tarballs into an empty project, checks what they export, and
// runs the README's scripts there, compiled against their types, with nothing but Node. Ends with `N passed, N failed`.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { packageManager, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const PNPM = `pnpm@${/^pnpm@(\d+\.\d+\.\d+)/.exec(packageManager)?.[1]}`;
/** All of it takes half a minute; a busy machine gets the time that it needs. */
const LONGEST_MS = 200_000;
const totals = { passed: 0, failed: 0 };

function check(what, good, detail = '') {
  totals[good ? 'passed' : 'failed']++;
  console.log(`  ${good ? 'PASS' : 'FAIL'} ${what}${good ? '' : `  -- ${detail}`}`);
}

/** Runs a program; resolves with its exit code, or the signal that ended it, and all that it said. */
function run(command, args, cwd) {
  // What `npm run` adds about its own project must not reach pnpm in another.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(?!config_registry)/i.test(name)),
  );
  const child = spawn(command, args, { cwd, env, timeout: LONGEST_MS, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const hear = (part) => {
    text += part;
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return new Promise((resolve) =>
    child.once('close', (code, signal) => resolve({ code: code ?? `${signal}, after ${LONGEST_MS} ms at most`, text })),
  );
}

/** @throws with what it said if it fails */
async function must(command, args, cwd) {
  const { code, text } = await run(command, args, cwd);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${text}`);
  return text;
}

const folders = readdirSync(join(root, 'packages'));
const nameOf = (folder) => `@daqtor/${folder}`;

/** Packs all packages; resolves with their tarballs by name. */
async function pack(project) {
  const packed = folders.map(async (folder) => {
    const at = join(root, 'packages', folder);
    const said = await must('npx', ['-y', PNPM, 'pack', '--json', '--pack-destination', project], at);
    return [nameOf(folder), JSON.parse(said.slice(said.indexOf('{'))).filename];
  });
  return Object.fromEntries(await Promise.all(packed));
}

/** An empty project with the packages, and what a user brings along: a compiler, a runner of tests, zod for drivers. */
async function install(project) {
  const tarballs = Object.fromEntries(
    Object.entries(await pack(project)).map(([name, file]) => [name, `file:${file}`]),
  );
  const { zod } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')).dependencies;
  const others = ['typescript', '@types/node', 'vitest'].map((name) => [name, devDependencies[name]]);
  const manifest = {
    name: 'somebody-s-lab',
    private: true,
    type: 'module',
    dependencies: tarballs,
    devDependencies: Object.fromEntries([...others, ['zod', zod]]),
    // Of one another the packages want versions that may not be published yet.
    pnpm: { overrides: tarballs },
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  await must('npx', ['-y', PNPM, 'install', '--prefer-offline', '--ignore-scripts'], project);
}

/** Every file of a folder, as paths relative to it. */
const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, path, name }) => join(parentPath ?? path, name).slice(folder.length + 1));

/** What one package brings: code and types for all that it exports, nothing that its sources do not have any more. */
async function checkPackage(folder, project) {
  const name = nameOf(folder);
  const at = join(project, 'node_modules', name);
  const { exports } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
  for (const [path, { types, default: code }] of Object.entries(exports)) {
    const entry = join(name, path);
    const isThere = [types, code].every((file) => file?.startsWith('./dist/') && existsSync(join(at, file)));
    check(`${entry}: code and types are there`, isThere, JSON.stringify(exports[path]));
    const { code: exit, text } = await run(process.execPath, ['-e', `import('${entry}')`], project);
    check(`${entry}: Node imports it`, exit === 0, text);
  }
  const files = filesIn(join(at, 'dist'));
  const source = (file) => file.replace(/(\.d)?\.([mc]?)(ts|js)(\.map)?$/, '.$2ts');
  const stale = files.filter((file) => !existsSync(join(root, 'packages', folder, 'src', source(file))));
  check(`${name}: all of it is of today's sources`, stale.length === 0, stale.join(', '));
  // `testing` is for people where it is exported; maps of types lead to sources that are not packed.
  const isForTests = exports['./testing'] ? /\.test\./ : /\.test\.|(^|\/)testing\//;
  const needless = files.filter((file) => isForTests.test(file) || file.endsWith('.d.ts.map'));
  check(`${name}: nothing is in it that nobody can use`, needless.length === 0, needless.join(', '));
}

const README = readFileSync(join(root, 'README.md'), 'utf8');
const scripts = [...README.matchAll(/```ts\n(.*?)```/gs)].map(([, script]) => script);

/** Compiles the README's scripts as a user would, strictly, the packages' own types included. */
async function compile(project) {
  mkdirSync(join(project, 'src'));
  for (const [i, script] of scripts.entries()) writeFileSync(join(project, 'src', `readme-${i}.ts`), script);
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    module: 'nodenext',
    strict: true,
    skipLibCheck: false,
    rootDir: 'src',
    outDir: 'out',
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  const { code, text } = await run(process.execPath, ['node_modules/typescript/bin/tsc'], project);
  check(`the README's ${scripts.length} scripts compile against the packages' types`, code === 0, text);
}

/** Serves the instruments of the README's first script while something is done with them. */
async function whileServing(project, work) {
  const child = spawn(process.execPath, ['serve-bench.mjs'], { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    const line = await new Promise((resolve) => {
      createInterface({ input: child.stdout })
        .once('line', resolve)
        .once('close', () => resolve('{}'));
    });
    await work(JSON.parse(line));
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

async function checkScripts(project) {
  await compile(project);
  const ends = async (what, file, says) => {
    const { code, text } = await run(process.execPath, [file], project);
    check(what, code === 0 && says.test(text), `exit code ${code}\n${text}`);
  };
  await whileServing(project, async ({ stage, meter }) => {
    const file = join(project, 'out', 'readme-0.js');
    const replaced = readFileSync(file, 'utf8')
      .replaceAll('serial:/dev/ttyUSB0', stage)
      .replaceAll('tcp://meter.lab:5025', meter)
      .replaceAll('-1, 1, 21', '-0.2, 0.2, 3');
    writeFileSync(file, replaced);
    await ends('the README scans a stage and a meter on real wires', file, /^9 points in .*\.h5$/m);
  });
  const find = (words) => join('out', `readme-${scripts.findIndex((script) => script.includes(words))}.js`);
  await ends(
    'the README moves and looks',
    find('mockActuator({ velocity: 50, backlash'),
    /^(more than five|few) frames$/m,
  );
  await ends('the README holds a scan', find('suspendWhile('), /^21 points, 0 skipped, held for a while$/m);
  await ends('drivers run in processes of their own, from a preset', 'hosted.mjs', /^3 points, 3 × 4 × 6$/m);
  const vitest = ['node_modules/vitest/vitest.mjs', 'run'];
  const { code, text } = await run(process.execPath, vitest, project);
  check('the contract suites run', code === 0 && / passed/.test(text), text);
}

const project = mkdtempSync(join(tmpdir(), 'daqtor-packed-'));
const beganMs = performance.now();
try {
  await must(process.execPath, ['node_modules/typescript/bin/tsc', '-b', '--force'], root);
  await install(project);
  cpSync(join(root, 'scripts', 'packed'), project, { recursive: true });
  for (const folder of folders) await checkPackage(folder, project);
  await checkScripts(project);
} catch (error) {
  check('it can be packed and installed', false, error.message);
} finally {
  rmSync(project, { recursive: true, force: true });
}
console.log(`${((performance.now() - beganMs) / 1000).toFixed(0)} s`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;
