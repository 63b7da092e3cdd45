import { assign, emit, setup } from 'xstate';
import type { ScanOutcome } from '../contracts/scan-recorder.ts';
import type { DaqtorError } from '../errors/daqtor-error.ts';

/** What a fly scan works on. `moving`: to where the next ramp begins; `grabbing`: along it. */
export type FlyPhase = 'preparing' | 'moving' | 'grabbing' | 'saving' | 'finishing';

/** Requests of people, and the ends of phases. A phase's end counts only with the ticket it was begun with. */
export type FlyEvent =
  | { readonly type: 'pause' | 'resume' | 'stop' }
  | { readonly type: 'abort'; readonly error: DaqtorError }
  | { readonly type: 'done'; readonly ticket: number }
  | { readonly type: 'failed'; readonly ticket: number; readonly error: DaqtorError };

export type FlyEmitted =
  | { readonly type: 'lineSaved' | 'paused' | 'resumed'; readonly lines: number }
  | { readonly type: 'ended'; readonly outcome: ScanOutcome; readonly error: DaqtorError | undefined };

export interface FlyInput {
  /** Number of ramps. */
  readonly lines: number;
  /** Does the work of a phase and answers with `done` or `failed` and the ticket. */
  readonly begin: (phase: FlyPhase, now: FlyContext) => void;
}

export interface FlyContext extends FlyInput {
  /** The line under way, from 0. */
  readonly line: number;
  readonly ticket: number;
  readonly wish: 'run' | 'pause' | 'stop';
  readonly outcome: ScanOutcome;
  readonly error: DaqtorError | undefined;
}

const isAnswer = ({ context, event }: { context: FlyContext; event: FlyEvent }): boolean =>
  'ticket' in event && event.ticket === context.ticket;

const work = <Phase extends FlyPhase>(params: Phase) => ['newTicket', { type: 'begin', params }] as const;

/**
 * The course of a fly scan: preparing → (moving → grabbing → saving)* → finishing → ended, with paused between two lines. A
 * request to pause or stop is honoured after the line; an abort and a failure go to finishing at once. Control only, no
 * data.
 */
export const flyMachine = setup({
  types: {
    context: {} as FlyContext,
    events: {} as FlyEvent,
    emitted: {} as FlyEmitted,
    input: {} as FlyInput,
  },
  actions: {
    begin: ({ context }, phase: FlyPhase) => context.begin(phase, context),
    newTicket: assign({ ticket: ({ context }) => context.ticket + 1 }),
    countLine: assign({ line: ({ context }) => context.line + 1 }),
    tell: emit(({ context }, type: 'lineSaved' | 'paused' | 'resumed') => ({ type, lines: context.line })),
    tellEnd: emit(({ context: { outcome, error } }) => ({ type: 'ended' as const, outcome, error })),
    wish: assign((_, wish: FlyContext['wish']) => ({ wish })),
    conclude: assign((_, facts: { outcome: ScanOutcome; error?: DaqtorError }) => facts),
    /** A failure while finishing must not hide why the scan failed in the first place. */
    fail: assign(({ context, event }) => ({
      outcome: 'failed' as const,
      error: context.error ?? ('error' in event ? event.error : undefined),
    })),
  },
  guards: {
    isAnswer,
    isOver: ({ context }) => context.line >= context.lines,
    wantsStop: ({ context }) => context.wish === 'stop',
    wantsPause: ({ context }) => context.wish === 'pause',
  },
}).createMachine({
  id: 'DAQ_FlyScan',
  context: ({ input }) => ({ ...input, line: 0, ticket: 0, wish: 'run', outcome: 'completed', error: undefined }),
  initial: 'preparing',
  on: {
    pause: { actions: { type: 'wish', params: 'pause' } },
    stop: { actions: { type: 'wish', params: 'stop' } },
    abort: {
      target: '.finishing',
      actions: { type: 'conclude', params: ({ event }) => ({ outcome: 'stopped', error: event.error }) },
    },
    failed: { guard: 'isAnswer', target: '.finishing', actions: 'fail' },
  },
  states: {
    preparing: { entry: [...work('preparing')], on: { done: { guard: 'isAnswer', target: 'between' } } },
    /** Where people's requests are honoured. */
    between: {
      always: [
        { guard: 'isOver', target: 'finishing' },
        { guard: 'wantsStop', target: 'finishing', actions: { type: 'conclude', params: { outcome: 'stopped' } } },
        { guard: 'wantsPause', target: 'paused' },
        { target: 'moving' },
      ],
    },
    moving: { entry: [...work('moving')], on: { done: { guard: 'isAnswer', target: 'grabbing' } } },
    grabbing: { entry: [...work('grabbing')], on: { done: { guard: 'isAnswer', target: 'saving' } } },
    saving: {
      entry: [...work('saving')],
      on: {
        done: { guard: 'isAnswer', target: 'between', actions: ['countLine', { type: 'tell', params: 'lineSaved' }] },
      },
    },
    paused: {
      entry: { type: 'tell', params: 'paused' },
      on: {
        resume: {
          target: 'moving',
          actions: [
            { type: 'wish', params: 'run' },
            { type: 'tell', params: 'resumed' },
          ],
        },
        stop: { target: 'finishing', actions: { type: 'conclude', params: { outcome: 'stopped' } } },
      },
    },
    finishing: {
      entry: [...work('finishing')],
      on: {
        abort: {},
        done: { guard: 'isAnswer', target: 'ended' },
        failed: { guard: 'isAnswer', target: 'ended', actions: 'fail' },
      },
    },
    ended: { type: 'final', entry: 'tellEnd' },
  },
});
