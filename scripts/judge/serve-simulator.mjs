import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Starts `daqtor sim`; resolves with what it says once it serves, and how to end it. */
export async function serveSimulator(instrument, ...where) {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'apps/cli/src/main.ts', 'sim', instrument, ...where, '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise((resolve) => child.once('close', resolve));
  const end = () => {
    child.kill('SIGTERM');
    return ended;
  };
  const line = await new Promise((resolve) => {
    createInterface({ input: child.stdout })
      .once('line', resolve)
      .once('close', () => resolve(undefined));
  });
  if (line === undefined) throw new Error(`daqtor sim ${instrument} did not start`);
  return { ...JSON.parse(line), end };
}
