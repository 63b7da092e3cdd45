// Runs the tests that need USB, where devices are served from user space (scripts/with-usb.sh). Where that cannot be, says
// `not run` with the reason and counts nothing as passed. Ends with `N passed, N failed`, or vitest's own totals.
import { spawn } from 'node:child_process';

const TESTS = ['packages/drivers/src/transports/usb-port.test.ts'];
const NOT_RUN = 77;

const child = spawn('bash', ['scripts/with-usb.sh', 'node_modules/.bin/vitest', 'run', ...TESTS], {
  stdio: 'inherit',
});
child.on('close', (code) => {
  if (code === NOT_RUN) console.log('0 passed, 0 failed');
  process.exitCode = code === NOT_RUN ? 0 : (code ?? 1);
});
