import type { SkippedStatus } from '../contracts/scan-recorder.ts';
import type { DaqtorError } from '../errors/daqtor-error.ts';

/** How it goes on with the point under way. */
export type NextStep =
  | { readonly do: 'measure' }
  /** `after`: the error after which the point is tried again; what is faulted is connected again before that. */
  | { readonly do: 'wait'; readonly ms: number; readonly after?: DaqtorError }
  | { readonly do: 'skip'; readonly status: SkippedStatus; readonly error?: DaqtorError };

/** How far the readings of the baseline are. */
export interface BaselineProgress {
  /** Whether there is anything to be read; not any more once it was given up. */
  readonly isWanted: boolean;
  /** The last one that was read or given up. */
  readonly last: 'begin' | 'end' | undefined;
  /** The one under way. */
  readonly now: 'begin' | 'end' | undefined;
  /** How it goes on with the one that is due. */
  readonly next: NextStep;
}

/** Where a scan can go on from a crossing. */
export type Crossing =
  | 'reading'
  | 'returning'
  | 'finishing'
  | 'paused'
  | 'held'
  | 'waiting'
  | 'skipping'
  | 'dropping'
  | 'moving';

/** What decides it. */
export interface CrossingFacts {
  /** Whether there is such a step. */
  readonly hasStep: (step: number) => boolean;
  readonly step: number;
  /** Whether a step is not wanted any more. */
  readonly isDropped: (step: number) => boolean;
  /** Whether the axes are to go somewhere at the end. */
  readonly returns: boolean;
  readonly wantsEnd: boolean;
  readonly wantsPause: boolean;
  /** Names of the suspenders that hold it. */
  readonly holders: readonly string[];
  readonly baseline: BaselineProgress;
  readonly next: NextStep;
}

const WAYS = { wait: 'waiting', skip: 'skipping', measure: 'moving' } as const;

/** The reading of the baseline that is due before anything else happens. A scan that never began has none at its end. */
export function readingDue({
  hasStep,
  step,
  wantsEnd,
  baseline: { isWanted, last },
}: Pick<CrossingFacts, 'hasStep' | 'step' | 'wantsEnd' | 'baseline'>): 'begin' | 'end' | undefined {
  if (!isWanted) return undefined;
  if (wantsEnd) return last === 'begin' ? 'end' : undefined;
  if (!hasStep(step)) return last === 'end' ? undefined : 'end';
  return last === undefined ? 'begin' : undefined;
}

/** Where it goes from here: nothing moves, and no point is half measured. All that was asked for is weighed here. */
export function crossing(facts: CrossingFacts): Crossing {
  const { hasStep, step, returns, wantsEnd, wantsPause, holders, next } = facts;
  const isHeld = holders.length > 0;
  const isOver = wantsEnd || !hasStep(step);
  const isRead = readingDue(facts) === undefined;
  // Who stops a scan that is held does not want to wait until the axes may move.
  if (isOver && ((isRead && !returns) || (wantsEnd && isHeld))) return 'finishing';
  if (wantsPause) return 'paused';
  if (isHeld) return 'held';
  if (!isRead) return 'reading';
  if (isOver) return 'returning';
  return facts.isDropped(step) ? 'dropping' : WAYS[next.do];
}
