import type { SettingsFact } from '../actors/module-life.ts';
import type { LogLine, ScanOutcome } from '../contracts/scan-recorder.ts';
import type { DaqtorError } from '../errors/daqtor-error.ts';
import type { Overshoot } from '../processing/overshoot.ts';

/** A fact about one module, a scan or a log. */
export type LabFact =
  | { readonly type: 'connected' | 'closed' | 'moving' | 'homing' | 'grabbed' | 'live' | 'scanResumed' | 'scanLifted' }
  /** Of an actuator, with the position read back. */
  | { readonly type: 'arrived' | 'stopped'; readonly position?: number; readonly units?: string }
  /** The module cannot be trusted any more (`faulted`), or is as it was (`refused`). */
  | { readonly type: 'faulted' | 'refused'; readonly error: DaqtorError }
  | { readonly type: 'overshot'; readonly overshoot: Overshoot }
  | SettingsFact
  /** Its link is lost; it will be connected again after a pause. */
  | { readonly type: 'reconnecting'; readonly attempt: number; readonly inMs: number }
  /** It is back after `awayMs`. Of an actuator, with the positions read back before and after, in its units. */
  | {
      readonly type: 'reconnected';
      readonly attempt: number;
      readonly awayMs: number;
      readonly was?: number;
      readonly position?: number;
      readonly units?: string;
    }
  /** It stays faulted until somebody connects it. */
  | { readonly type: 'abandoned'; readonly attempts: number; readonly error: DaqtorError }
  | { readonly type: 'pointSaved'; readonly measured: number }
  /** A point was given up, because of an error or because a person wanted it. */
  | { readonly type: 'pointSkipped'; readonly skipped: number; readonly error: DaqtorError | undefined }
  /** By suspenders; it goes on by itself. */
  | { readonly type: 'scanHeld'; readonly by: readonly string[] }
  /** A point is tried again after a pause. */
  | { readonly type: 'scanRetries'; readonly attempt: number; readonly inMs: number; readonly error: DaqtorError }
  /** By a person, or because of an error. */
  | { readonly type: 'scanPaused'; readonly error: DaqtorError | undefined }
  /** Saving waits, e.g. for room on the disk; without an error it goes on. */
  | { readonly type: 'savingWaits'; readonly error: DaqtorError | undefined }
  | {
      readonly type: 'scanEnded';
      readonly outcome: ScanOutcome;
      readonly measured: number;
      readonly error: DaqtorError | undefined;
    }
  | { readonly type: 'logBegan' | 'logEnded'; readonly place: string }
  /** Values of one module that a log has made durable. */
  | { readonly type: 'saved'; readonly module: string; readonly values: number }
  | { readonly type: 'logFailed'; readonly error: DaqtorError };

/** A fact, in the order in which things happened. */
export type LabEvent = LabFact & {
  /** Counts the events of one lab, from 0, without gaps. */
  readonly seq: number;
  readonly atEpochMs: number;
  /** Name of the module, or `scan` or `log`. */
  readonly source: string;
};

/** The line that an event makes in a log; undefined for what happens at every point. */
export function logLineOf(event: LabEvent): LogLine | undefined {
  const { atEpochMs, source } = event;
  const line = (level: LogLine['level'], text: string) => ({ atEpochMs, source, level, text });
  switch (event.type) {
    case 'moving':
    case 'arrived':
    case 'grabbed':
    case 'pointSaved':
    case 'saved':
      return undefined;
    case 'faulted':
    case 'refused':
    case 'logFailed':
      return line('ERROR', event.error.message);
    case 'abandoned':
      return line('ERROR', `given up after ${event.attempts} attempts to connect it again: ${event.error.message}`);
    case 'overshot': {
      const { name, label, value, limit, units } = event.overshoot;
      return line(
        'WARNING',
        `${event.type}: '${name}' ${label} is ${value} ${units}, beyond its limit of ${limit} ${units}`,
      );
    }
    case 'settingsChanged': {
      const each = Object.entries(event.changes).map(
        ([name, { was, is }]) => `${name} is ${shown(is)}, was ${shown(was)}`,
      );
      return line('INFO', `${event.type}: ${each.join('; ')}`);
    }
    case 'reconnecting':
      return line('WARNING', `connecting again in ${event.inMs} ms, attempt ${event.attempt}`);
    case 'reconnected':
      return line('INFO', returned(event));
    case 'pointSkipped':
      return line('WARNING', `${event.type}${event.error ? `: ${event.error.message}` : ''}`);
    case 'scanRetries':
      return line('WARNING', `attempt ${event.attempt + 1} in ${event.inMs} ms: ${event.error.message}`);
    case 'scanHeld':
      return line('WARNING', `${event.type} by ${event.by.join(', ')}`);
    case 'scanPaused':
      return event.error ? line('ERROR', pausedText(event.error)) : line('INFO', event.type);
    case 'savingWaits':
      return event.error ? line('ERROR', waitingText(event.error)) : line('INFO', 'saving goes on');
    case 'scanEnded':
      return event.error
        ? line('ERROR', event.error.message)
        : line('INFO', `scan ${event.outcome} after ${event.measured} points`);
    case 'logBegan':
    case 'logEnded':
      return line('INFO', `${event.type}: ${event.place}`);
    default:
      return line('INFO', event.type);
  }
}

/** Why a scan is paused, and how to go on. */
export function pausedText({ message }: DaqtorError): string {
  const ways = 'resume() measures the point again, skipPoint() gives it up, stop() and abort() end the scan';
  return `The scan is paused: ${message}${message.endsWith('.') ? '' : '.'} ${ways}; onError: 'abort' would have ended it.`;
}

/** How a person lets saving go on. */
export function waitingText({ message }: DaqtorError): string {
  return `Saving waits, and goes on by itself once it can: ${message}`;
}

function returned({ awayMs, was, position, units = '' }: Extract<LabFact, { type: 'reconnected' }>): string {
  const back = `connected again after ${Math.round(awayMs)} ms`;
  if (position === undefined) return back;
  return `${back}; it is at ${position} ${units}, and was at ${was} ${units}`;
}

/** A setting for people; what was never set is as the instrument is set. */
function shown(value: unknown): string {
  if (value === undefined) return 'not set';
  return typeof value === 'object' && value !== null && 'address' in value
    ? String(value.address)
    : JSON.stringify(value);
}
