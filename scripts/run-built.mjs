// Runs a command as users of the packages have it: on what `npm run build` makes, without a loader in between that
// rewrites the code. Usage: node scripts/run-built.mjs FILE.ts [ARGUMENTS].
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const [file, ...rest] = process.argv.slice(2);
const run = (command, args, env) => {
  const { status, signal } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? (signal ? 1 : 0));
};
if (!existsSync('node_modules')) run(process.execPath, ['scripts/ensure-installed.mjs']);
run(process.execPath, ['node_modules/typescript/bin/tsc', '-b']);
// Threads have the condition from their environment: they take no options of Node from their parent.
run(process.execPath, ['--expose-gc', '--import', 'tsx', file, ...rest], {
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --conditions=built`.trim(),
});
