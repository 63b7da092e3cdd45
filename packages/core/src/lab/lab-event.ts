import type { LogLine } from '../contracts/scan-recorder.ts';
import type { DaqtorError } from '../errors/daqtor-error.ts';

/** A fact about one module, in the order in which things happened. */
export interface LabEvent {
  readonly atEpochMs: number;
  /** Name of the module. */
  readonly source: string;
  /** In the past tense, e.g. `connected`, `arrived`, `grabbed`, `faulted`. */
  readonly type: string;
  readonly error?: DaqtorError | undefined;
}

/** The line that an event makes in a log; undefined for what happens at every point. */
export function logLineOf({ atEpochMs, source, type, error }: LabEvent): LogLine | undefined {
  if (error) return { atEpochMs, source, level: 'ERROR', text: error.message };
  if (type === 'moving' || type === 'arrived' || type === 'grabbed') return undefined;
  return { atEpochMs, source, level: 'INFO', text: type };
}
