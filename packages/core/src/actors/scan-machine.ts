import { assign, emit, setup } from 'xstate';
import type { ErrorVerdict } from '../scan/error-policy.ts';
import { type Crossing, crossing, readingDue } from './scan-crossing.ts';
import {
  countsOf,
  type FailedEvent,
  type ScanContext,
  type ScanEmitted,
  type ScanEvent,
  type ScanInput,
  type ScanPhase,
} from './scan-facts.ts';
import { afterFailure, givenUp, verdictOf } from './scan-verdicts.ts';

type Now = { readonly context: ScanContext; readonly event: ScanEvent };

function isAnswer({ context, event }: Now): boolean {
  return 'ticket' in event && event.ticket === context.ticket;
}

/** A state in which work is done. */
const at = <Phase extends ScanPhase>(params: Phase) => ['newTicket', { type: 'begin', params }] as const;

/** A suspender may not wait for the point, or may. */
const suspend = [
  { guard: 'isUrgent', target: 'interrupting', actions: 'addHolder' },
  { actions: 'addHolder' },
] as const;

/** The work of a point can be interrupted: everything is brought to rest, then the crossing says how it goes on. */
const interruptible = {
  suspend,
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

const leadsTo = <Target extends Exclude<Crossing, 'dropping'>>(target: Target) =>
  ({ guard: { type: 'leadsTo', params: target }, target }) as const;

/**
 * The course of a DAQ_Scan: preparing → (moving → settling → grabbing → saving)* → returning → finishing → ended. Between
 * any two points, and after everything was brought to rest, the `crossing` says how it goes on. Control only, no data.
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
      status: context.next.do === 'skip' ? context.next.status : ('skippedByHand' as const),
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
    wantPause: assign(({ context, event }) => ({
      wantsPause: true,
      trouble: 'error' in event && event.error && event.type !== 'failed' ? event.error : context.trouble,
    })),
    goOn: assign({ wantsPause: false, trouble: undefined, attempts: 0 }),
    wantEnd: assign(({ context, event }) => ({
      wantsEnd: true,
      wantsPause: false,
      returns: context.returns && !(event.type === 'stop' && event.stays),
    })),
    stay: assign(({ context }) => ({ returns: false, baseline: { ...context.baseline, isWanted: false } })),
    addHolder: assign(({ context, event }) => {
      const others = context.holders.filter((name) => 'by' in event && name !== event.by);
      return { holders: 'by' in event ? [...others, event.by] : others };
    }),
    removeHolder: assign(({ context, event }) => ({
      holders: context.holders.filter((name) => 'by' in event && name !== event.by),
    })),
    tellHold: emit(({ context }) => ({ type: 'held' as const, ...countsOf(context), by: context.holders })),
    tellLift: emit(({ context }) => ({ type: 'lifted' as const, ...countsOf(context) })),
    beginReading: assign(({ context }) => ({
      isBegun: true,
      baseline: { ...context.baseline, now: readingDue(context) },
    })),
    countReading: assign(({ context: { baseline } }) => ({
      baseline: { ...baseline, last: baseline.now, now: undefined, next: { do: 'measure' as const } },
      attempts: 0,
      isBegun: false,
    })),
    readAgain: assign(({ context, event }) => ({
      attempts: event.type === 'failed' ? context.attempts + 1 : 0,
      baseline: { ...context.baseline, next: afterFailure(context, event) },
    })),
    readAfresh: assign(({ context }) => ({ baseline: { ...context.baseline, next: { do: 'measure' as const } } })),
    /** It is kept without the modules that could not be read. */
    readInPart: assign(({ context, event }) => ({
      baseline: { ...context.baseline, next: givenUp(event) },
    })),
    measure: assign({ next: { do: 'measure' } }),
    /** What comes after a wait comes at once; what is to be mended is mended all the same. */
    cutWait: assign(({ context: { next } }) => ({
      next: next.do === 'wait' && next.after && next.ms > 0 ? { ...next, ms: 0 } : { do: 'measure' as const },
    })),
    dropPoint: assign({ next: { do: 'skip', status: 'dropped' } }),
    takeEdit: assign(({ event }) => {
      if (event.type !== 'edit') return {};
      const { settles, waitMs, onError, returns } = event;
      return { settles, waitMs, onError, returns };
    }),
    tellEdit: emit(({ context }) => ({ type: 'edited' as const, ...countsOf(context) })),
    startOver: assign({ next: { do: 'measure' }, attempts: 0 }),
    skipByHand: assign({ next: { do: 'skip', status: 'skippedByHand' } }),
    tryAgain: assign(({ context, event }) => {
      const failed = event as FailedEvent;
      const verdict = verdictOf(context, failed);
      const ms = verdict.do === 'retry' ? verdict.afterMs : 0;
      return { attempts: context.attempts + 1, next: { do: 'wait' as const, ms, after: failed.error } };
    }),
    skipAfterError: assign(({ event }) => {
      return { next: givenUp(event) };
    }),
    pauseBecause: assign(({ event }) => ({
      wantsPause: true,
      trouble: (event as FailedEvent).error,
      next: { do: 'measure' as const },
    })),
    conclude: assign(({ context }) => ({
      outcome: context.hasStep(context.step) ? ('stopped' as const) : ('completed' as const),
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
    isReading: ({ context }) => context.isBegun && readingDue(context) !== undefined,
    wantsPause: ({ context }) => context.wantsPause,
    /** Only the way back is left. */
    isOver: ({ context }) => context.wantsEnd || !context.hasStep(context.step),
    isUrgent: ({ event }) => event.type === 'suspend' && event.action === 'now',
    isLastHolder: ({ context, event }) => context.holders.every((name) => 'by' in event && name === event.by),
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
    holders: [],
    attempts: 0,
    isBegun: false,
    next: { do: 'measure' },
    baseline: { isWanted: input.hasBaseline, last: undefined, now: undefined, next: { do: 'measure' } },
    trouble: undefined,
    outcome: 'completed',
    error: undefined,
  }),
  initial: 'preparing',
  on: {
    pause: { actions: 'wantPause' },
    resume: { guard: 'wantsPause', actions: 'goOn' },
    stop: { actions: 'wantEnd' },
    suspend: { actions: 'addHolder' },
    lift: { actions: 'removeHolder' },
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
        leadsTo('held'),
        leadsTo('reading'),
        leadsTo('returning'),
        leadsTo('waiting'),
        leadsTo('skipping'),
        { guard: { type: 'leadsTo', params: 'dropping' }, target: 'skipping', actions: 'dropPoint' },
        leadsTo('moving'),
      ],
    },
    reading: {
      entry: ['beginReading', ...at('reading')],
      on: {
        suspend,
        pauseNow: { target: 'interrupting', actions: 'wantPause' },
        retryPoint: { target: 'interrupting', actions: 'readAgain' },
        skipPoint: { target: 'interrupting', actions: 'readInPart' },
        failed: [
          { guard: { type: 'means', params: 'retry' }, target: 'interrupting', actions: ['tellRetry', 'readAgain'] },
          { guard: { type: 'means', params: 'skip' }, target: 'interrupting', actions: 'readInPart' },
          {
            guard: { type: 'means', params: 'pause' },
            target: 'interrupting',
            actions: ['pauseBecause', 'readAfresh'],
          },
          { guard: 'isAnswer', target: 'finishing', actions: 'fail' },
        ],
        done: { guard: 'isAnswer', target: 'crossing', actions: 'countReading' },
      },
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
        // What was given to the saver counts.
        abort: { actions: ['wantEnd', 'stay', 'keepReason'] },
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
        suspend,
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
        edit: { actions: ['takeEdit', 'tellEdit'] },
        resume: { target: 'crossing', actions: ['goOn', 'tellResume'] },
        retryPoint: {
          guard: 'isBegun',
          target: 'crossing',
          actions: ['goOn', 'startOver', 'readAfresh', 'tellResume'],
        },
        skipPoint: [
          { guard: 'isReading', target: 'crossing', actions: ['readInPart', 'goOn', 'tellResume'] },
          { guard: 'isBegun', target: 'crossing', actions: ['skipByHand', 'goOn', 'tellResume'] },
        ],
        stop: [
          { guard: 'isOver', target: 'crossing', actions: ['wantEnd', 'stay'] },
          { target: 'crossing', actions: 'wantEnd' },
        ],
      },
    },
    held: {
      entry: [...at('held'), 'tellHold'],
      exit: 'tellLift',
      on: {
        suspend: { actions: ['addHolder', 'tellHold'] },
        lift: [
          { guard: 'isLastHolder', target: 'crossing', actions: 'removeHolder' },
          { actions: ['removeHolder', 'tellHold'] },
        ],
        pause: { target: 'crossing', actions: 'wantPause' },
        pauseNow: { target: 'crossing', actions: 'wantPause' },
        stop: { target: 'crossing', actions: 'wantEnd' },
      },
    },
    returning: {
      entry: at('returning'),
      on: {
        suspend,
        pause: { target: 'interrupting', actions: 'wantPause' },
        pauseNow: { target: 'interrupting', actions: 'wantPause' },
        stop: { target: 'interrupting', actions: ['wantEnd', 'stay'] },
        done: { guard: 'isAnswer', target: 'finishing', actions: 'conclude' },
        // The data are whole; that the axes are elsewhere is told at the end.
        failed: { guard: 'isAnswer', target: 'finishing', actions: 'conclude' },
      },
    },
    finishing: {
      entry: at('finishing'),
      on: {
        suspend: {},
        lift: {},
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
