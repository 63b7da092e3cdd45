import type { SkippedStatus } from '../contracts/scan-recorder.ts';
import type { DaqtorError } from '../errors/daqtor-error.ts';

/** How it goes on with the point under way. */
export type NextStep =
  | { readonly do: 'measure' }
  /** `mends`: what is faulted is connected again after it. */
  | { readonly do: 'wait'; readonly ms: number; readonly mends?: boolean }
  | { readonly do: 'skip'; readonly status: SkippedStatus; readonly error?: DaqtorError };

/** Where a scan can go on from a crossing. */
export type Crossing = 'finishing' | 'paused' | 'waiting' | 'skipping' | 'moving';

/** What decides it. */
export interface CrossingFacts {
  /** Whether there is such a step. */
  readonly hasStep: (step: number) => boolean;
  readonly step: number;
  readonly wantsEnd: boolean;
  readonly wantsPause: boolean;
  readonly next: NextStep;
}

const WAYS = { wait: 'waiting', skip: 'skipping', measure: 'moving' } as const;

/** Where it goes from here: nothing moves, and no point is half measured. All that was asked for is weighed here. */
export function crossing({ hasStep, step, wantsEnd, wantsPause, next }: CrossingFacts): Crossing {
  if (wantsEnd || !hasStep(step)) return 'finishing';
  if (wantsPause) return 'paused';
  return WAYS[next.do];
}
