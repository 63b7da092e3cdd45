import { realClock } from '@daqtor/core';
import { daqtor } from './daqtor.ts';
import { inputFrom } from './input.ts';

// `daqtor browse FILE | head` closes the pipe early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
const { isTTY, columns } = process.stdout;
process.exitCode = await daqtor(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  status: (text) => isTTY && process.stdout.write(`\r\x1b[K${text}`),
  columns: columns ?? 100,
  colour: isTTY === true && !process.env.NO_COLOR,
  input: inputFrom(process.stdin),
  clock: realClock,
  interrupted: () =>
    new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    }),
});
