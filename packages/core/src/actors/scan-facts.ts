import type { ScanOutcome, SkippedStatus } from '../contracts/scan-recorder.ts';
import type { DaqtorError } from '../errors/daqtor-error.ts';
import type { DoneBefore } from '../scan/done-before.ts';
import type { ErrorRule, FalliblePhase } from '../scan/error-policy.ts';
import type { BaselineProgress, NextStep } from './scan-crossing.ts';

/** What a scan works on or waits for. */
export type ScanPhase =
  | 'preparing'
  | 'reading'
  | FalliblePhase
  | 'saving'
  | 'skipping'
  | 'waiting'
  | 'interrupting'
  | 'paused'
  | 'held'
  | 'returning'
  | 'finishing';

/** Requests of people, and the ends of phases. A phase's end counts only with the ticket it was begun with. */
export type ScanEvent =
  | { readonly type: 'resume' | 'skipWait' | 'retryPoint' | 'skipPoint' }
  /** After the point under way, or now. `error`: why, unless a person wants it. */
  | { readonly type: 'pause' | 'pauseNow'; readonly error?: DaqtorError }
  /** `stays`: without the way back. */
  | { readonly type: 'stop'; readonly stays?: boolean }
  /** From a suspender. */
  | { readonly type: 'suspend'; readonly by: string; readonly action: 'now' | 'afterPoint' }
  | { readonly type: 'lift'; readonly by: string }
  | { readonly type: 'abort'; readonly error: DaqtorError }
  /** Of a scan that is paused: how it goes on. */
  | ({ readonly type: 'edit' } & EditableInput)
  | { readonly type: 'done'; readonly ticket: number }
  | FailedEvent;

export interface FailedEvent {
  readonly type: 'failed';
  readonly ticket: number;
  readonly phase: ScanPhase;
  readonly error: DaqtorError;
}

/** How many points a scan has measured and skipped; in what its machine tells, how many steps. */
export interface Counts {
  readonly measured: number;
  readonly skipped: number;
}

/** Facts that a scan tells. */
export type ScanEmitted =
  | (Counts & { readonly type: 'pointSaved' | 'resumed' | 'lifted' })
  /** The point is recorded as not measured, because of an error or because a person wanted it. */
  | (Counts & {
      readonly type: 'pointSkipped';
      readonly status: SkippedStatus;
      readonly error: DaqtorError | undefined;
    })
  /** By a person, or because of an error. */
  | (Counts & { readonly type: 'paused'; readonly error: DaqtorError | undefined })
  /** By suspenders, told anew when others do; `lifted` once it is held no longer, for whatever reason. */
  | (Counts & { readonly type: 'held'; readonly by: readonly string[] })
  | (Counts & { readonly type: 'edited' })
  | { readonly type: 'retrying'; readonly attempt: number; readonly inMs: number; readonly error: DaqtorError }
  | (Counts & { readonly type: 'ended'; readonly outcome: ScanOutcome; readonly error: DaqtorError | undefined });

/** What of a scan can be changed while it is paused. */
export interface EditableInput {
  readonly settles: boolean;
  /** Pause after a point. */
  readonly waitMs: number;
  readonly onError: readonly ErrorRule[];
  /** Whether the axes go somewhere at the end, unless the scan is aborted or fails. */
  readonly returns: boolean;
}

export interface ScanInput extends EditableInput {
  /** Whether there is such a step, from 0. */
  readonly hasStep: (step: number) => boolean;
  readonly before: DoneBefore;
  /** Whether a step is not wanted any more. */
  readonly isDropped: (step: number) => boolean;
  /** Whether there is a baseline, read before the first point and after the last. */
  readonly hasBaseline: boolean;
  /**
   * Does the work of a phase and answers with `done` or `failed` and the ticket. What is still at work for the phase
   * before is not wanted any more.
   *
   * @param now - how things stand as the phase begins; the actor's own snapshot still shows the phase before
   */
  readonly begin: (phase: ScanPhase, now: ScanContext) => void;
}

export interface ScanContext extends ScanInput {
  /** The step under way, from 0: points that are measured or skipped and, if they are saved, as good as durable. */
  readonly step: number;
  readonly skipped: number;
  readonly ticket: number;
  readonly wantsPause: boolean;
  readonly wantsEnd: boolean;
  /** Names of the suspenders that hold it. */
  readonly holders: readonly string[];
  /** How often the point under way was tried again. */
  readonly attempts: number;
  /** Whether the point under way was begun. */
  readonly isBegun: boolean;
  readonly next: NextStep;
  readonly baseline: BaselineProgress;
  /** Why it is paused, unless a person wanted it. */
  readonly trouble: DaqtorError | undefined;
  readonly outcome: ScanOutcome;
  readonly error: DaqtorError | undefined;
}

/** Steps that are measured and skipped. */
export const countsOf = ({ step, skipped }: Pick<ScanContext, 'step' | 'skipped'>): Counts => ({
  measured: step - skipped,
  skipped,
});
