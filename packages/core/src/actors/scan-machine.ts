import { assign, emit, setup } from 'xstate';
import type { ScanOutcome, SkippedStatus } from '../contracts/scan-recorder.ts';
import type { DaqtorError } from '../errors/daqtor-error.ts';
import type { DoneBefore } from '../scan/done-before.ts';
import { type ErrorRule, type ErrorVerdict, type FalliblePhase, verdictOn } from '../scan/error-policy.ts';
import { type Crossing, crossing, type NextStep } from './scan-crossing.ts';

/** What a scan works on or waits for. */
export type ScanPhase =
  | 'preparing'
  | FalliblePhase
  | 'saving'
  | 'skipping'
  | 'waiting'
  | 'interrupting'
  | 'paused'
  | 'finishing';

/** Requests of people, and the ends of phases. A phase's end counts only with the ticket it was begun with. */
export type ScanEvent =
  | { readonly type: 'pause' | 'pauseNow' | 'resume' | 'skipWait' | 'retryPoint' | 'skipPoint' | 'stop' }
  | { readonly type: 'abort'; readonly error: DaqtorError }
  | { readonly type: 'done'; readonly ticket: number }
  | FailedEvent;

interface FailedEvent {
  readonly type: 'failed';
  readonly ticket: number;
  readonly phase: ScanPhase;
  readonly error: DaqtorError;
}

/** How many points a scan has measured and skipped. */
interface Counts {
  readonly measured: number;
  readonly skipped: number;
}

/** Facts that a scan tells. */
export type ScanEmitted =
  | (Counts & { readonly type: 'pointSaved' | 'resumed' })
  /** The point is recorded as not measured, because of an error or because a person wanted it. */
  | (Counts & { readonly type: 'pointSkipped'; readonly error: DaqtorError | undefined })
  /** By a person, or because of an error. */
  | (Counts & { readonly type: 'paused'; readonly error: DaqtorError | undefined })
  | { readonly type: 'retrying'; readonly attempt: number; readonly inMs: number; readonly error: DaqtorError }
  | (Counts & { readonly type: 'ended'; readonly outcome: ScanOutcome; readonly error: DaqtorError | undefined });

export interface ScanInput {
  /** Number of steps. */
  readonly size: number;
  readonly before: DoneBefore;
  readonly settles: boolean;
  /** Pause after a point. */
  readonly waitMs: number;
  readonly onError: readonly ErrorRule[];
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
  /** How often the point under way was tried again. */
  readonly attempts: number;
  /** Whether the point under way was begun. */
  readonly isBegun: boolean;
  readonly next: NextStep;
  /** Why it is paused, unless a person wanted it. */
  readonly trouble: DaqtorError | undefined;
  readonly outcome: ScanOutcome;
  readonly error: DaqtorError | undefined;
}

type Now = { readonly context: ScanContext; readonly event: ScanEvent };

function isAnswer({ context, event }: Now): boolean {
  return 'ticket' in event && event.ticket === context.ticket;
}

const SKIPPED: Readonly<Record<FalliblePhase, SkippedStatus>> = {
  moving: 'skippedMoving',
  settling: 'skippedSettling',
  grabbing: 'skippedGrabbing',
};

/** What follows from a failure; of all but the work of a point, that the scan fails. */
function verdictOf(context: ScanContext, { phase, error }: FailedEvent): ErrorVerdict {
  if (!(phase in SKIPPED)) return { do: 'abort' };
  const where = { module: error.instrument, phase: phase as FalliblePhase };
  return verdictOn(context.onError, where, context.attempts);
}

const countsOf = ({ step, skipped }: ScanContext): Counts => ({ measured: step - skipped, skipped });

/** A state in which work is done. */
const at = <Phase extends ScanPhase>(params: Phase) => ['newTicket', { type: 'begin', params }] as const;

/** The work of a point can be interrupted: everything is brought to rest, then the crossing says how it goes on. */
const interruptible = {
  pauseNow: { target: 'interrupting', actions: 'wantPause' },
  retryPoint: { target: 'interrupting', actions: 'startOver' },
  skipPoint: { target: 'interrupting', actions: 'skipByHand' },
} as const;

const failsByPolicy = [
  { guard: { type: 'means', params: 'retry' }, target: 'interrupting', actions: ['tellRetry', 'tryAgain'] },
  { guard: { type: 'means', params: 'skip' }, target: 'interrupting', actions: 'skipAfterError' },
  { guard: { type: 'means', params: 'pause' }, target: 'interrupting', actions: 'pauseBecause' },
  { guard: 'isAnswer', target: 'finishing', actions: 'fail' },
] as const;

const leadsTo = <Target extends Crossing>(target: Target) =>
  ({ guard: { type: 'leadsTo', params: target }, target }) as const;

/**
 * The course of a DAQ_Scan: preparing → (moving → settling → grabbing → saving)* → finishing → ended. Between any two
 * points, and after everything was brought to rest, the `crossing` says how it goes on. Control only, no data.
 */
export const scanMachine = setup({
  types: {
    context: {} as ScanContext,
    events: {} as ScanEvent,
    emitted: {} as ScanEmitted,
    input: {} as ScanInput,
  },
  actions: {
    begin: ({ context }, phase: ScanPhase) => context.begin(phase, context),
    newTicket: assign({ ticket: ({ context }) => context.ticket + 1 }),
    beginPoint: assign({ isBegun: true }),
    countPoint: assign(({ context }) => ({
      step: context.step + 1,
      attempts: 0,
      isBegun: false,
      next: context.waitMs > 0 ? { do: 'wait' as const, ms: context.waitMs } : { do: 'measure' as const },
    })),
    countSkip: assign(({ context }) => ({ skipped: context.skipped + 1 })),
    tellPoint: emit(({ context }) => ({ type: 'pointSaved' as const, ...countsOf(context) })),
    tellSkip: emit(({ context }) => ({
      type: 'pointSkipped' as const,
      ...countsOf(context),
      measured: context.step + 1 - context.skipped,
      error: context.next.do === 'skip' ? context.next.error : undefined,
    })),
    tellPause: emit(({ context }) => ({ type: 'paused' as const, ...countsOf(context), error: context.trouble })),
    tellResume: emit(({ context }) => ({ type: 'resumed' as const, ...countsOf(context) })),
    tellRetry: emit(({ context, event }) => {
      const { error, ...failed } = event as FailedEvent;
      const verdict = verdictOf(context, { ...failed, error });
      const inMs = verdict.do === 'retry' ? verdict.afterMs : 0;
      return { type: 'retrying' as const, attempt: context.attempts + 1, inMs, error };
    }),
    tellEnd: emit(({ context }) => {
      const { outcome, error } = context;
      return { type: 'ended' as const, ...countsOf(context), outcome, error };
    }),
    wantPause: assign({ wantsPause: true }),
    goOn: assign({ wantsPause: false, trouble: undefined, attempts: 0 }),
    wantEnd: assign({ wantsEnd: true, wantsPause: false }),
    measure: assign({ next: { do: 'measure' } }),
    /** What comes after a wait comes at once; what is to be mended is mended all the same. */
    cutWait: assign(({ context: { next } }) => ({
      next: next.do === 'wait' && next.mends && next.ms > 0 ? { ...next, ms: 0 } : { do: 'measure' as const },
    })),
    startOver: assign({ next: { do: 'measure' }, attempts: 0 }),
    skipByHand: assign({ next: { do: 'skip', status: 'skippedByHand' } }),
    tryAgain: assign(({ context, event }) => {
      const verdict = verdictOf(context, event as FailedEvent);
      const ms = verdict.do === 'retry' ? verdict.afterMs : 0;
      return { attempts: context.attempts + 1, next: { do: 'wait' as const, ms, mends: true } };
    }),
    skipAfterError: assign(({ event }) => {
      const { phase, error } = event as FailedEvent;
      return { next: { do: 'skip' as const, status: SKIPPED[phase as FalliblePhase], error } };
    }),
    pauseBecause: assign(({ event }) => ({
      wantsPause: true,
      trouble: (event as FailedEvent).error,
      next: { do: 'measure' as const },
    })),
    conclude: assign(({ context }) => ({
      outcome: context.step >= context.size ? ('completed' as const) : ('stopped' as const),
    })),
    keepReason: assign(({ event }) => ('error' in event ? { error: event.error } : {})),
    /** A failure while finishing must not hide why the scan failed in the first place. */
    fail: assign(({ context, event }) => ({
      outcome: 'failed' as const,
      error: context.outcome === 'failed' ? context.error : (event as FailedEvent).error,
    })),
  },
  guards: {
    isAnswer,
    isAnswerAndSettles: (now) => isAnswer(now) && now.context.settles,
    isSkipped: (now) => isAnswer(now) && now.context.next.do === 'skip',
    isBegun: ({ context }) => context.isBegun,
    wantsPause: ({ context }) => context.wantsPause,
    leadsTo: ({ context }, target: Crossing) => crossing(context) === target,
    means: (now, verdict: ErrorVerdict['do']) =>
      isAnswer(now) && verdictOf(now.context, now.event as FailedEvent).do === verdict,
    /** What does not come to rest is told by a pause, unless the scan is to end on any error. */
    maySurvive: (now) =>
      isAnswer(now) && verdictOf(now.context, { ...(now.event as FailedEvent), phase: 'moving' }).do !== 'abort',
  },
}).createMachine({
  id: 'DAQ_Scan',
  context: ({ input }) => ({
    ...input,
    step: input.before.steps,
    skipped: input.before.skipped,
    ticket: 0,
    wantsPause: false,
    wantsEnd: false,
    attempts: 0,
    isBegun: false,
    next: { do: 'measure' },
    trouble: undefined,
    outcome: 'completed',
    error: undefined,
  }),
  initial: 'preparing',
  on: {
    pause: { actions: 'wantPause' },
    resume: { guard: 'wantsPause', actions: 'goOn' },
    stop: { actions: 'wantEnd' },
    abort: { target: '.finishing', actions: ['conclude', 'keepReason'] },
    failed: { guard: 'isAnswer', target: '.finishing', actions: 'fail' },
  },
  states: {
    preparing: {
      entry: at('preparing'),
      on: { pauseNow: { actions: 'wantPause' }, done: { guard: 'isAnswer', target: 'crossing' } },
    },
    crossing: {
      always: [
        { ...leadsTo('finishing'), actions: 'conclude' },
        leadsTo('paused'),
        leadsTo('waiting'),
        leadsTo('skipping'),
        leadsTo('moving'),
      ],
    },
    moving: {
      entry: [...at('moving'), 'beginPoint'],
      on: {
        ...interruptible,
        failed: failsByPolicy,
        done: [
          { guard: 'isAnswerAndSettles', target: 'settling' },
          { guard: 'isAnswer', target: 'grabbing' },
        ],
      },
    },
    settling: {
      entry: at('settling'),
      on: {
        ...interruptible,
        failed: failsByPolicy,
        skipWait: 'grabbing',
        done: { guard: 'isAnswer', target: 'grabbing' },
      },
    },
    grabbing: {
      entry: at('grabbing'),
      on: { ...interruptible, failed: failsByPolicy, done: { guard: 'isAnswer', target: 'saving' } },
    },
    saving: {
      entry: at('saving'),
      on: {
        pauseNow: { actions: 'wantPause' },
        done: [
          { guard: 'isSkipped', target: 'crossing', actions: ['countSkip', 'tellSkip', 'countPoint'] },
          { guard: 'isAnswer', target: 'crossing', actions: ['countPoint', 'tellPoint'] },
        ],
      },
    },
    skipping: {
      entry: at('skipping'),
      on: { pauseNow: { actions: 'wantPause' }, done: { guard: 'isAnswer', target: 'saving' } },
    },
    waiting: {
      entry: at('waiting'),
      on: {
        pauseNow: { target: 'interrupting', actions: 'wantPause' },
        retryPoint: { guard: 'isBegun', target: 'interrupting', actions: 'startOver' },
        skipPoint: { guard: 'isBegun', target: 'interrupting', actions: 'skipByHand' },
        stop: { target: 'interrupting', actions: 'wantEnd' },
        skipWait: { target: 'interrupting', actions: 'cutWait' },
        failed: failsByPolicy,
        done: { guard: 'isAnswer', target: 'crossing', actions: 'measure' },
      },
    },
    interrupting: {
      entry: at('interrupting'),
      on: {
        pauseNow: { actions: 'wantPause' },
        done: { guard: 'isAnswer', target: 'crossing' },
        failed: [
          { guard: 'maySurvive', target: 'crossing', actions: 'pauseBecause' },
          { guard: 'isAnswer', target: 'finishing', actions: 'fail' },
        ],
      },
    },
    paused: {
      entry: [...at('paused'), 'tellPause'],
      on: {
        pause: {},
        resume: { target: 'crossing', actions: ['goOn', 'tellResume'] },
        retryPoint: { guard: 'isBegun', target: 'crossing', actions: ['goOn', 'startOver', 'tellResume'] },
        skipPoint: { guard: 'isBegun', target: 'crossing', actions: ['skipByHand', 'goOn', 'tellResume'] },
        stop: { target: 'crossing', actions: 'wantEnd' },
      },
    },
    finishing: {
      entry: at('finishing'),
      on: {
        pause: {},
        resume: {},
        stop: {},
        abort: {},
        done: { guard: 'isAnswer', target: 'ended' },
        failed: { guard: 'isAnswer', target: 'ended', actions: 'fail' },
      },
    },
    ended: { type: 'final', entry: 'tellEnd' },
  },
});
