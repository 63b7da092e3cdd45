import type { SkippedStatus } from '../contracts/scan-recorder.ts';
import type { DaqtorError } from '../errors/daqtor-error.ts';

/** How it goes on with the point under way. */
export type NextStep =
  | { readonly do: 'measure' }
  /** `after`: the error after which the point is tried again; what is faulted is connected again before that. */
  | { readonly do: 'wait'; readonly ms: number; readonly after?: DaqtorError }
  | { readonly do: 'skip'; readonly status: SkippedStatus; readonly error?: DaqtorError };

/** Where a scan can go on from a crossing. */
export type Crossing = 'returning' | 'finishing' | 'paused' | 'held' | 'waiting' | 'skipping' | 'moving';

/** What decides it. */
export interface CrossingFacts {
  /** Whether there is such a step. */
  readonly hasStep: (step: number) => boolean;
  readonly step: number;
  /** Whether the axes are to go somewhere at the end. */
  readonly returns: boolean;
  readonly wantsEnd: boolean;
  readonly wantsPause: boolean;
  /** Names of the suspenders that hold it. */
  readonly holders: readonly string[];
  readonly next: NextStep;
}

const WAYS = { wait: 'waiting', skip: 'skipping', measure: 'moving' } as const;

/** Where it goes from here: nothing moves, and no point is half measured. All that was asked for is weighed here. */
export function crossing({ hasStep, step, returns, wantsEnd, wantsPause, holders, next }: CrossingFacts): Crossing {
  const isHeld = holders.length > 0;
  const isOver = wantsEnd || !hasStep(step);
  // Who stops a scan that is held does not want to wait until the axes may move.
  if (isOver && (!returns || (wantsEnd && isHeld))) return 'finishing';
  if (wantsPause) return 'paused';
  if (isHeld) return 'held';
  return isOver ? 'returning' : WAYS[next.do];
}
