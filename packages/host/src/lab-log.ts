import { type LabEvent, logLineOf } from '@daqtor/core';
import { type DestinationStream, type Level, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Observable } from 'rxjs';

export interface LabLogOptions {
  /** Where lines go; default standard error. */
  readonly to?: NodeJS.WritableStream;
  /** `text` for people, `json` for programs; default `text` on a terminal. */
  readonly form?: 'text' | 'json';
  /** Least level that is shown; default `info`, which leaves out what happens at every point. */
  readonly level?: Level;
}

/** Facts that come with every point. */
const OFTEN = new Set<LabEvent['type']>(['moving', 'arrived', 'grabbed', 'pointSaved', 'saved']);
const LEVELS: Partial<Record<LabEvent['type'], Level>> = {
  faulted: 'error',
  abandoned: 'error',
  logFailed: 'error',
  refused: 'warn',
  overshot: 'warn',
  reconnecting: 'warn',
};

/**
 * Logs what happens in a lab by pino: one line per event, with its own time.
 *
 * @returns pino's logger, for lines of your own
 */
export function labLog(events$: Observable<LabEvent>, options: LabLogOptions = {}): Logger {
  const { to = process.stderr, level = 'info' } = options;
  const { form = 'isTTY' in to && to.isTTY === true ? 'text' : 'json' } = options;
  // The time of a line is that of the event, which may be virtual.
  const settings = { level, base: null, timestamp: false } as const;
  const logger = pino(settings, form === 'json' ? (to as unknown as DestinationStream) : textTo(to));
  events$.subscribe((event) => {
    const { atEpochMs, ...facts } = event;
    const error = 'error' in event ? event.error?.toJSON() : undefined;
    const line = { ...facts, time: Math.round(atEpochMs), ...(error && { error }) };
    const { type } = event;
    logger[LEVELS[type] ?? (OFTEN.has(type) ? 'debug' : 'info')](line, logLineOf(event)?.text ?? type);
  });
  return logger;
}

const textTo = (destination: NodeJS.WritableStream) =>
  pretty({
    destination,
    sync: true,
    colorize: 'isTTY' in destination && destination.isTTY === true,
    translateTime: 'SYS:HH:MM:ss.l',
    messageFormat: '{source}: {msg}',
    hideObject: true,
  });
