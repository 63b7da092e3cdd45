import { daqtor } from './daqtor.ts';

// `daqtor browse FILE | head` closes the pipe early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
const { isTTY, columns } = process.stdout;
process.exitCode = await daqtor(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  columns: columns ?? 100,
  colour: isTTY === true && !process.env.NO_COLOR,
});
