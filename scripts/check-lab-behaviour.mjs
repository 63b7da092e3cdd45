// Checks what a lab does while two of its five instruments are unplugged and replugged, on TCP and on a pseudo-terminal: what `npm run demo:lab` says and
// how it ends, and what h5py finds in its file. Ends with `N passed, N failed`. Needs Debian's python3-h5py.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const LONGEST_MS = 90_000;
/** Of the values of one module: how many, how many of them are no numbers, and the longest time between two. */
const READ = `
import h5py, json, sys
import numpy as np
with h5py.File(sys.argv[1]) as file:
    scan, told = file['RawData/Scan000'], {}
    for name in scan:
        values = scan[name]['Data0D/CH00/EnlData00'][:]
        times = scan[name]['NavAxes/Axis00'][:]
        told[name] = [len(values), len(times), int(np.isnan(values).sum()), float(np.diff(times).max())]
    print(json.dumps({'modules': told, 'lines': len(file['RawData/Logger'])}))
`;
/** By TCP, and on a pseudo-terminal. */
const UNPLUGGED = ['unplugged', 'serialUnplugged'];
const totals = { passed: 0, failed: 0 };

function check(what, good, detail) {
  totals[good ? 'passed' : 'failed']++;
  console.log(`  ${good ? 'PASS' : 'FAIL'} ${what}${good ? '' : `  -- ${detail}`}`);
}

const out = mkdtempSync(join(tmpdir(), 'daqtor-lab-'));
try {
  console.log('two of five instruments are unplugged for three seconds, by TCP and on a pseudo-terminal');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'apps/demo/src/log-five.ts', out],
    { cwd: root, encoding: 'utf8', timeout: LONGEST_MS },
  );
  check('it exits with 0', status === 0, `${status}\n${stdout}${stderr}`);
  check('stderr says nothing', stderr === '', stderr);
  for (const name of UNPLUGGED) {
    const order = [
      'logBegan',
      `ERROR: ${name}: `,
      `${name}: connecting again in 200 ms`,
      `${name}: connected again after`,
      'logEnded',
    ];
    check(
      `${name}: it tells the loss and the return, in order`,
      new RegExp(order.join('.*'), 's').test(stdout),
      stdout,
    );
  }
  const others = stdout
    .split('\n')
    .filter((line) => /ERROR|WARN/.test(line) && !UNPLUGGED.some((name) => line.includes(`: ${name}:`)));
  check('nothing is wrong with the other three', others.length === 0, others.join('\n'));
  const file = readdirSync(out, { recursive: true }).find((name) => String(name).endsWith('.h5'));
  const { modules, lines } = JSON.parse(
    execFileSync('/usr/bin/python3', ['-c', READ, join(out, String(file))], { encoding: 'utf8' }),
  );
  const grabs = (name) => stdout.split('\n').filter((line) => line.includes(`: ${name}: grabbed`)).length;
  const names = ['serialUnplugged', 'meter', 'reference', 'unplugged'];
  for (const [i, name] of names.entries()) {
    const [values, times, missing, gapS] = modules[`Detector00${i}`];
    check(
      `${name}: every value that was grabbed is in the file, with its time`,
      values >= grabs(name) && values === times && missing === 0,
      `${values} values, ${times} times, ${missing} NaN, ${grabs(name)} grabs`,
    );
    if (UNPLUGGED.includes(name)) check('the gap is visible in its times', gapS > 2.5 && gapS < 8, gapS);
    else check(`${name}: its times have no gap`, gapS < 1, gapS);
  }
  const [positions, , , gapS] = modules.Actuator000;
  check('stage: positions are in the file, without a gap', positions > 40 && gapS < 1, `${positions}, ${gapS}`);
  check('the file tells it in its log', lines >= 4, lines);
} catch (error) {
  check('the file is readable', false, error.message);
} finally {
  rmSync(out, { recursive: true, force: true });
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;
