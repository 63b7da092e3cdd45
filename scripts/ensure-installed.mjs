// Runs before `npm start`, `npm test` and `npm run check`, so that a fresh clone needs no other command.
// Installs the dependencies with the pnpm that package.json pins, unless a stamp says that nothing has changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const stampFile = join(root, 'node_modules', '.daqtor-installed');
/** No installation takes longer; a lock older than this was left behind. */
const STALE_LOCK_MS = 10 * 60_000;

function say(text) {
  process.stderr.write(`daqtor: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

function checkNode() {
  const wanted = manifest.engines.node.replace('>=', '');
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  fail(`Node.js ${process.versions.node} is too old, ${wanted} or newer is needed. Get it from https://nodejs.org.`);
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** A hash of every file that decides what is installed, and of where something is: a package may lose its links. */
function fingerprint() {
  const members = ['packages', 'apps'].flatMap((area) =>
    readdirSync(join(root, area)).map((name) => `${area}/${name}`),
  );
  const manifests = members.sort().map((member) => `${member}/package.json`);
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', 'package.json', ...manifests]) {
    hash.update(`${file}\n${read(join(root, file)) ?? ''}\n`);
  }
  for (const member of members) hash.update(`${member} ${existsSync(join(root, member, 'node_modules'))}\n`);
  return hash.digest('hex');
}

function isInstalled() {
  return read(stampFile) === fingerprint();
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

/** Whether a lock was found whose owner is dead, and removed. Renamed first, so that of two only one removes it. */
function breakStaleLock(lock) {
  const owner = Number(read(lock));
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (!owner || (isAlive(owner) && age < STALE_LOCK_MS)) return false;
  const aside = `${lock}.${process.pid}.stale`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error; // the other one was faster
  }
  rmSync(aside, { force: true });
  return true;
}

/**
 * Runs `work` while no other installation of this person runs: two at once trip over each other in node_modules and in
 * the cache of npx. The lock appears with its owner's id in it, in one step.
 */
function exclusively(work) {
  const lock = join(tmpdir(), `daqtor-install-${process.getuid?.() ?? 'user'}.lock`);
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    for (let waiting = false; ; ) {
      try {
        linkSync(mine, lock);
        break;
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      if (breakStaleLock(lock)) continue;
      if (!waiting) say('waiting for another installation to finish');
      waiting = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
    try {
      work();
    } finally {
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** The environment without what `npm start` adds about its own run, and with development dependencies wanted. */
function installEnvironment() {
  const env = { ...process.env, NODE_ENV: 'development', CI: 'true' };
  for (const name of Object.keys(env)) {
    if (
      /^npm_(lifecycle|package|command|execpath)|^npm_config_(local_prefix|omit|production|only|user_agent)$/i.test(
        name,
      )
    ) {
      delete env[name];
    }
  }
  return env;
}

function install() {
  if (isInstalled()) return;
  const version = /^pnpm@(\d+\.\d+\.\d+)/.exec(manifest.packageManager)?.[1];
  const why = read(stampFile) === undefined ? 'first run, about 10 s' : 'they have changed';
  say(`installing dependencies with pnpm ${version} (${why})`);
  // One command line for a shell: on Windows npx is a .cmd file, which runs in no other way.
  const { status, error, stdout, stderr } = spawnSync(`npx -y pnpm@${version} install --frozen-lockfile`, {
    cwd: root,
    env: installEnvironment(),
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
    const next = /OUTDATED_LOCKFILE/.test(`${stdout}${stderr}`)
      ? `package.json and pnpm-lock.yaml disagree. Run: npx -y pnpm@${version} install`
      : `the dependencies could not be installed (${error?.message ?? 'see above'}). Check the network, then try again.`;
    throw new Error(next);
  }
  writeFileSync(stampFile, fingerprint());
}

checkNode();
if (!isInstalled()) {
  try {
    exclusively(install);
  } catch (error) {
    fail(error.message);
  }
}
