// Checks what the demo does when it is interrupted, killed, unplugged or misused: its exit code, what it says, and what
// h5py and PyTables then find in its file. Ends with `N passed, N failed`. Needs Debian's python3-h5py and
// python3-tables (scripts/judge/setup.sh).
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const LONGEST_MS = 90_000;
const totals = { passed: 0, failed: 0 };

function check(what, good, detail) {
  totals[good ? 'passed' : 'failed']++;
  console.log(`  ${good ? 'PASS' : 'FAIL'} ${what}${good ? '' : `  -- ${detail}`}`);
}

/**
 * Runs the demo in a folder of its own.
 *
 * @param args - options besides `--out`
 * @param kill - a signal that is sent once some points are measured
 */
async function demo(args, { kill, out = mkdtempSync(join(tmpdir(), 'daqtor-demo-')) } = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'apps/demo/src/main.ts', '--out', out, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  const said = { stdout: '', stderr: '' };
  let reported = 0;
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      said[stream] += text;
      for (const [, done] of text.matchAll(/\b(\d+)\/\d+ /g)) reported = Math.max(reported, Number(done));
      if (!kill || reported === 0) return;
      child.kill(kill);
      kill = undefined;
    });
  }
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (...end) => resolve(end));
  });
  return { code, signal, reported, out, ...said };
}

/** The one dataset below a folder: where it is, what lies beside it, and what its scan says as each reader sees it. */
function dataset(out) {
  const entries = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => join(entry.parentPath, entry.name));
  const file = files.find((name) => name.endsWith('.h5'));
  if (!file) throw new Error('there is no .h5 file');
  const scan = JSON.parse(
    execFileSync('/usr/bin/python3', [join(root, 'scripts/judge/scan-state.py'), file], { encoding: 'utf8' }),
  );
  return { files, scan };
}

function checkFile({ out }, outcome, measured, { mayLeaveLock = false } = {}) {
  try {
    const { files, scan } = dataset(out);
    for (const [reader, state] of Object.entries(scan)) {
      check(`${reader} reads the file, marked ${outcome}`, state.outcome === outcome, state.outcome);
      check(`${reader} finds the points that were measured`, measured(state.measured), state.measured);
    }
    if (!mayLeaveLock) check('nothing is left beside the file', files.length === 1, files);
  } catch (error) {
    check('the file is readable', false, error.message);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function checkEnd({ code, signal, stdout, stderr }, wanted, says) {
  check(`it exits with ${wanted}`, (code ?? signal) === wanted, `${code ?? signal}\n${stdout}${stderr}`);
  if (says) check(`stderr says ${says}`, says.test(stderr), stderr || 'nothing');
  check('stderr shows no stack trace', !/\n\s+at /.test(stderr), stderr);
}

console.log('Ctrl-C in mid-scan');
const interrupted = await demo([], { kill: 'SIGINT' });
checkEnd(interrupted, 130);
checkFile(interrupted, 'stopped', (n) => n >= interrupted.reported && n > 0 && n < 441);

console.log('kill -9 in mid-scan');
const killed = await demo([], { kill: 'SIGKILL' });
checkEnd(killed, 'SIGKILL');
checkFile(killed, 'running', (n) => n >= killed.reported && n > 0 && n < 441, { mayLeaveLock: true });

console.log('the motion controller is unplugged after 7 points');
const unplugged = await demo(['--points', '5', '--unplug-stage-at', '7']);
checkEnd(unplugged, 1, /\[[xy]\] /);
checkFile(unplugged, 'failed', (n) => n === 7);

console.log('the folder cannot be written');
const folder = mkdtempSync(join(tmpdir(), 'daqtor-demo-'));
writeFileSync(join(folder, 'file'), '');
const refused = await demo(['--points', '3'], { out: join(folder, 'file', 'data') });
checkEnd(refused, 1, new RegExp(`${folder}/file`));
rmSync(folder, { recursive: true });

console.log('an option has no sensible value');
checkEnd(await demo(['--points', 'many']), 2, /--points takes a whole number/);

for (const [kind, measured] of Object.entries({
  map: (n) => n === 49,
  spiral: (n) => n === 29,
  tabular: (n) => n === 28,
  adaptive: (n) => n > 25 && n <= 84,
  fly: (n) => n > 49 && n <= 98,
  average: (n) => n === 70,
})) {
  console.log(`the scan '${kind}', in virtual time`);
  const shown = await demo([kind, '--fast', '--points', '7']);
  checkEnd(shown, 0);
  checkFile(shown, 'completed', measured);
}

console.log('there is no such scan');
checkEnd(await demo(['dance']), 2, /there is no scan 'dance': try map, spiral/);

console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;
