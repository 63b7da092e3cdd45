import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DaqtorError, formatTrace, type TraceLine, type TracePiece, type WireTrace } from '@daqtor/core';
import { PLUGIN_HELP, PLUGIN_OPTION } from '../catalogue.ts';
import type { Command } from '../command.ts';
import { INSTRUMENT_HELP, INSTRUMENT_OPTIONS, namedInstrument, withDriver } from '../connected.ts';
import { Misuse } from '../misuse.ts';
import { numberOption } from '../number-option.ts';
import { protocolTestSource } from '../protocol-test-source.ts';
import { recordedSession } from '../recorded-session.ts';

export const record: Command = {
  name: 'record',
  summary: 'writes down what goes over the wire, as a file and as a test',
  help: `Connects to an instrument, reads it and lets go, and writes every byte of it into a file: 'daqtor replay' serves that as a
simulator. It moves nothing unless it is told where to.

Usage: daqtor record DRIVER --port ADDRESS --out FILE [options]

  --out FILE       the trace, as text
  --test FILE      a test that has the driver say, and make of the answers, what it did here
  --reads N        how often it is read (default 1)
  --move POSITION  goes there and reads the position back; may be repeated. THIS MOVES THE AXIS
${INSTRUMENT_HELP}
  --force          replace files that exist
${PLUGIN_HELP}
  --help           this text

What went over the wire is written even if the session failed, but then no test.

Example: daqtor record keithley2000 --port tcp://meter.lab:5025 --out meter.trace --test meter.test.ts`,
  options: {
    ...PLUGIN_OPTION,
    ...INSTRUMENT_OPTIONS,
    out: { type: 'string' },
    test: { type: 'string' },
    reads: { type: 'string' },
    move: { type: 'string', multiple: true },
    force: { type: 'boolean' },
  },
  takes: [1, 1],
  async run([kind = ''], flags, terminal) {
    if (typeof flags.out !== 'string') throw new Misuse('say where to: --out FILE');
    const reads = numberOption('reads', flags.reads, 0) ?? 1;
    const moveTo = (Array.isArray(flags.move) ? (flags.move as string[]) : []).map(positionOf);
    const { spec, from, settings } = await namedInstrument(kind, flags);
    if (moveTo.length > 0 && spec.role !== 'actuator') throw new Misuse(`${kind} does not move: leave --move out`);
    const { port, ...others } = settings;
    const about: Record<string, string> = { driver: kind, settings: JSON.stringify(others), address: String(port) };
    about.recorded = new Date(terminal.clock.epochMs()).toISOString();
    const pieces: TracePiece[] = [];
    const startMs = terminal.clock.now();
    const keep = ({ atMs, direction, bytes }: TraceLine) => {
      if (bytes && direction !== 'note') pieces.push({ atMs: atMs - startMs, direction, bytes });
    };
    const workMs = spec.settings.timeoutMs * (reads + moveTo.length);
    const files = [flags.out, flags.test].filter((file) => typeof file === 'string');
    // Before anything is done: what was recorded should not be lost for a name.
    if (new Set(files).size < files.length) throw new Misuse('--out and --test are the same file: name two');
    for (const file of files) refuseUnwritable(file, flags.force === true);
    const trace: WireTrace = { about, pieces };
    try {
      const steps = await withDriver(spec, terminal, { trace: keep, workMs }, (driver, signal) => {
        if (driver.identity !== undefined) about.identity = driver.identity;
        return recordedSession(driver, { reads, moveTo }, terminal.clock, signal);
      });
      if (pieces.length === 0) throw nothingRecorded(kind);
      if (typeof flags.test === 'string') {
        const source = protocolTestSource({
          kind,
          from: from.replace(/(?<=.)@[^@/]*$/, ''),
          settings: others,
          trace,
          steps,
        });
        await write(flags.test, source);
        terminal.out(`Wrote ${flags.test}`);
      }
    } finally {
      if (pieces.length > 0) await write(flags.out, formatTrace(trace));
    }
    const bytes = pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
    terminal.out(`Wrote ${flags.out}: ${bytes} bytes in ${pieces.length} pieces, of ${about.identity ?? kind}`);
  },
};

function positionOf(text: string): number {
  const position = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(position)) return position;
  throw new Misuse(`--move takes a number, not '${text}'`);
}

const nothingRecorded = (kind: string) =>
  new DaqtorError('save.failed', {
    problem: `nothing went over a wire that can be recorded: ${kind} has none, or one that is no stream of bytes`,
    advice: 'Record drivers of instruments on a serial port, TCP, GPIB or USBTMC',
  });

function refuseUnwritable(file: string, mayReplace: boolean): void {
  const folder = dirname(resolve(file));
  const refuse = (problem: string, advice: string) => {
    throw new DaqtorError('save.failed', { problem, advice });
  };
  if (!existsSync(folder)) refuse(`there is no folder ${folder} for ${file}`, 'Make it, or choose another path');
  if (!existsSync(file)) return;
  if (statSync(file).isDirectory()) refuse(`${file} is a folder`, 'Give the name of a file');
  if (!mayReplace) refuse(`${file} exists`, 'Choose another name, or replace it with --force');
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new DaqtorError('save.failed', {
      problem: `${file} could not be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      advice: 'Check the path',
      cause,
    });
  }
}
