// Runs the tests that need USB, where devices are served from user space (scripts/with-usb.sh). Where that cannot be, says
// `not run` with the reason and counts nothing as passed. Ends with `N passed, N failed`, or vitest's own totals.
//
// DAQTOR_TEST_REPORT: a file for vitest's results as JSON, or for `{ testResults: [], notRun: REASON }`
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const TESTS = ['packages/drivers/src/transports/usb-port.test.ts'];
const NOT_RUN = 77;

const child = spawn('bash', ['scripts/with-usb.sh', 'node_modules/.bin/vitest', 'run', ...TESTS], {
  stdio: ['inherit', 'pipe', 'inherit'],
  env: process.stdout.isTTY ? { FORCE_COLOR: '1', ...process.env } : process.env,
});
let said = '';
child.stdout.on('data', (bytes) => {
  said += bytes;
  process.stdout.write(bytes);
});
child.on('close', (code) => {
  process.exitCode = code === NOT_RUN ? 0 : (code ?? 1);
  if (code !== NOT_RUN) return;
  console.log('0 passed, 0 failed');
  const report = process.env.DAQTOR_TEST_REPORT;
  const [, notRun] = /^not run: (.*)$/m.exec(said) ?? [];
  if (report) writeFileSync(report, JSON.stringify({ testResults: [], notRun }));
});
