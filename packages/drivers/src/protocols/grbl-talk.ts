import { DaqtorError } from '@daqtor/core';
import type { Link } from '../transports/link.ts';
import type { LinkIo } from '../transports/link-io.ts';
import { asciiNumber } from './ascii-number.ts';
import { awake } from './awake.ts';
import { type LineEnds, lineTalk, type Recognition, recognise, shown } from './line-talk.ts';

/** What GRBL reports of itself. */
export interface GrblStatus {
  /** `Idle`, `Jog`, `Home`, `Alarm`, … without what follows a colon. */
  readonly state: string;
  /** Machine positions in mm, in the order X, Y, Z. */
  readonly machine: readonly number[];
  /** Number of an alarm that was told since the last status. */
  readonly alarm: number | undefined;
}

/** A refusal comes within a few milliseconds; a USB serial port may hold it back for 16 ms. */
const REFUSAL_MS = 200;
const LINES: LineEnds = { sent: '\n', received: '\n' };

/**
 * `$G` is executed in every state but homing, and nothing else is answered like it. GRBL answers lines in order, so what
 * was owed comes before it.
 */
export const GRBL: Recognition<true> = {
  wanted: 'a stage with GRBL 1.1',
  ends: LINES,
  before: '\n',
  command: '$G',
  parse: (line) => (/^\[GC:/.test(line) ? true : undefined),
  saysItself: /^Grbl |^>|^\$\d+=|^\[MSG:|^ok$|^error:\d+$|^ALARM:\d+$/,
};

/**
 * GRBL 1.1 on one wire.
 *
 * Its `ok` says neither to what it belongs, nor comes it at once: that of homing comes at the end. So each command is
 * followed by `$G`, and the last `ok` or `error` before the answer to that is the command's own.
 *
 * Source: GRBL's own documentation of its interface, jogging, and error codes (wiki of gnea/grbl).
 */
export class GrblTalk {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  /** Resolves once GRBL answers. */
  async awake(signal: AbortSignal): Promise<void> {
    await awake(this.#link, (io) => recognise(io, GRBL), signal);
  }

  /**
   * Executes a line and resolves with what it prints, the `ok` left out.
   *
   * @param tried - what is being done, for the error
   * @throws DaqtorError `instrument.fault` if GRBL answers with an error
   */
  async command(line: string, tried: string, signal: AbortSignal): Promise<readonly string[]> {
    const lines = await this.#link.exchange(async (io) => {
      await io.write(`${line}\n$G\n`);
      return linesUntilModes(io);
    }, signal);
    const verdict = lines.findLast(isVerdict);
    if (verdict === 'ok') return lines.filter((text) => !isVerdict(text));
    const number = Number(/^error:(\d+)$/.exec(verdict ?? '')?.[1]);
    const [text, advice] = ERRORS[number] ?? [];
    throw new DaqtorError('instrument.fault', {
      problem: `${tried} was refused: ${verdict ?? 'no answer'}${text === undefined ? '' : `, ${text}`}`,
      advice: advice ?? 'Look the number up in the list of error codes of GRBL 1.1',
    });
  }

  /**
   * Starts to search the reference. A refusal comes at once, the `ok` at the end only, and nobody waits for it.
   *
   * @throws DaqtorError `instrument.fault` if GRBL answers with an error
   */
  async home(signal: AbortSignal): Promise<void> {
    const told = await this.#link.exchange(async (io) => {
      const talk = lineTalk(io, LINES);
      await talk.tell('$H');
      try {
        return await talk.find((line) => (isVerdict(line) ? line : undefined), REFUSAL_MS);
      } catch (error) {
        if (!DaqtorError.is(error) || error.code !== 'instrument.timeout') throw error;
        return 'under way';
      }
    }, signal);
    if (!told.startsWith('error:')) return;
    const [text, advice] = ERRORS[Number(told.slice(6))] ?? [];
    throw new DaqtorError('instrument.fault', {
      problem: `the search for the reference was refused: ${told}${text === undefined ? '' : `, ${text}`}`,
      advice: advice ?? 'Look the number up in the list of error codes of GRBL 1.1',
    });
  }

  status(signal: AbortSignal, before = ''): Promise<GrblStatus> {
    return this.#link.exchange(async (io) => {
      await io.write(`${before}?`);
      let alarm: number | undefined;
      const line = await lineTalk(io, LINES).find((text) => {
        alarm = Number(/^ALARM:(\d+)$/.exec(text)?.[1] ?? Number.NaN) || alarm;
        return isStatus(text) ? text : undefined;
      });
      const [, state, positions] = /^<(\w+)(?::\d+)?\|MPos:([^|>]*)/.exec(line) ?? [];
      if (state === undefined || positions === undefined) {
        throw new DaqtorError('instrument.protocol', {
          problem: `'?' was answered with '${shown(line)}', which tells no machine position`,
          advice: 'Make GRBL report machine positions ($10=1)',
        });
      }
      return { state, alarm, machine: positions.split(',').map((text) => asciiNumber(text, '?')) };
    }, signal);
  }

  /** Sends realtime characters at once. */
  send(characters: string, signal: AbortSignal): Promise<void> {
    return this.#link.send(characters, signal);
  }
}

const isVerdict = (line: string): boolean => line === 'ok' || line.startsWith('error:');
const isStatus = (line: string): boolean => line.startsWith('<') && line.endsWith('>');

/** What comes before the answer to `$G`, and takes that answer too. */
async function linesUntilModes(io: LinkIo): Promise<string[]> {
  const lines: string[] = [];
  const talk = lineTalk(io, LINES);
  await talk.find((line) => {
    if (line.startsWith('[GC:')) return true;
    lines.push(line);
    return undefined;
  });
  await talk.find((line) => (line === 'ok' ? true : undefined));
  return lines;
}

/** Errors that can come here, and what to do about them. */
const ERRORS: Readonly<Record<number, readonly [text: string, advice: string]>> = {
  2: ['a number has a wrong format', 'Report this, with a trace of the wire'],
  3: ['unknown command', 'Check that it is GRBL 1.1: older versions cannot jog'],
  5: ['homing is not enabled', 'Enable homing ($22=1), if the stage has end switches'],
  8: [
    'not allowed in this state',
    'Wait for the end of the motion; after an alarm search the reference or unlock ($X)',
  ],
  9: ['locked by an alarm or a jog', 'Search the reference (home), or unlock it ($X) if it has no end switches'],
  11: ['the line is too long', 'Report this, with a trace of the wire'],
  15: [
    'the target lies beyond the travel',
    'Move within the travel ($130 to $132), from -travel to 0 in machine positions',
  ],
  16: ['a jog that it does not understand', 'Check that it is GRBL 1.1'],
  22: ['no feed rate', 'Set feedMmPerMin'],
};
