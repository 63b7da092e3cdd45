import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { DaqtorError, parseTrace } from '@daqtor/core';
import { replayedInstrument } from '@daqtor/sim';
import type { Command } from '../command.ts';
import { SERVING_HELP, SERVING_OPTIONS, serveUntilInterrupted } from '../serving.ts';

export const replay: Command = {
  name: 'replay',
  summary: 'serves a recorded session as if it were the instrument',
  help: `Serves what 'daqtor record' has recorded until Ctrl-C. What is written is answered as it was the next time it was written
in the recording, and after the last time as the first; what was never written there is said and gets no answer.

Usage: daqtor replay FILE [--tcp PORT] [--pty] [options]

  --at-once      answers come at once, not after the time that they took
${SERVING_HELP}

Example: daqtor replay meter.trace --tcp 5025`,
  options: { 'at-once': { type: 'boolean' }, ...SERVING_OPTIONS },
  takes: [1, 1],
  async run([file = ''], flags, terminal) {
    const trace = parseTrace(await textOf(file));
    const { clock } = terminal;
    const unknown = (bytes: Uint8Array) =>
      terminal.err(`never sent in the recording: ${JSON.stringify(latin1(bytes))}`);
    const instrument = replayedInstrument(trace, { clock, atOnce: flags['at-once'] === true, unknown });
    await serveUntilInterrupted(
      { name: basename(file), title: instrument.title, make: () => instrument },
      flags,
      terminal,
    );
  },
};

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new DaqtorError('load.failed', {
      problem: `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      advice: 'Check the path',
      cause,
    });
  }
}
