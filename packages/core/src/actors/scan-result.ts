import type { DaqtorError } from '../errors/daqtor-error.ts';
import type { DeadTime } from '../scan/dead-time.ts';

/** What a scan that was completed or stopped has come to. */
export interface ScanResult {
  readonly outcome: 'completed' | 'stopped';
  /** Points that are measured, and durable if they are saved. */
  readonly points: number;
  /** Points that were given up, as their status says. */
  readonly skipped: number;
  /** The file and the scan's group in it; undefined for a scan that saves nothing. */
  readonly file: string | undefined;
  readonly group: string | undefined;
  readonly deadTime: DeadTime;
  /** What went wrong at the end and did no harm to the data: a motor that could not be stopped, or did not come back. */
  readonly troubles: readonly DaqtorError[];
}
