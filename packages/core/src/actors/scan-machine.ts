import { assign, emit, setup } from 'xstate';
import type { ScanOutcome } from '../contracts/scan-recorder.ts';
import type { DaqtorError } from '../errors/daqtor-error.ts';

/** The phases in which a scan waits for something. */
export type ScanPhase = 'preparing' | 'moving' | 'settling' | 'grabbing' | 'saving' | 'finishing';

/** Requests of people, and the ends of phases. A phase's end counts only with the ticket it was begun with. */
export type ScanEvent =
  | { readonly type: 'pause' | 'resume' | 'stop' }
  | { readonly type: 'abort'; readonly error: DaqtorError }
  | { readonly type: 'done'; readonly ticket: number }
  | { readonly type: 'failed'; readonly ticket: number; readonly error: DaqtorError };

/** Facts that a scan tells. */
export type ScanEmitted =
  | { readonly type: 'pointSaved' | 'paused' | 'resumed'; readonly measured: number }
  | {
      readonly type: 'ended';
      readonly measured: number;
      readonly outcome: ScanOutcome;
      readonly error: DaqtorError | undefined;
    };

export interface ScanInput {
  /** Number of steps. */
  readonly size: number;
  readonly settles: boolean;
  readonly saves: boolean;
  /**
   * Does the work of a phase and answers with `done` or `failed` and the ticket.
   *
   * @param now - how things stand as the phase begins; the actor's own snapshot still shows the phase before
   */
  readonly begin: (phase: ScanPhase, now: ScanContext) => void;
}

export interface ScanContext extends ScanInput {
  /** Points that are measured and, if they are saved, durable or as good as that; so also the step under way, from 0. */
  readonly measured: number;
  readonly ticket: number;
  readonly wish: 'run' | 'pause' | 'stop';
  readonly outcome: ScanOutcome;
  readonly error: DaqtorError | undefined;
}

function isAnswer({ context, event }: { context: ScanContext; event: ScanEvent }): boolean {
  return 'ticket' in event && event.ticket === context.ticket;
}

/** Where a measured point leads: people's requests are honoured here. */
const afterPoint = [
  { guard: 'endsLastPoint', target: 'finishing', actions: ['countPoint', 'tellPoint'] },
  { guard: 'isAnswerButStop', target: 'finishing', actions: ['countPoint', 'tellPoint', 'concludeStopped'] },
  { guard: 'isAnswerButPause', target: 'paused', actions: ['countPoint', 'tellPoint'] },
  { guard: 'isAnswer', target: 'moving', actions: ['countPoint', 'tellPoint'] },
] as const;

/**
 * The course of a DAQ_Scan: preparing → (moving → settling → grabbing → saving)* → finishing → ended, with paused between
 * two points. A request to pause or stop is honoured after the current point; an abort and a failure go to finishing at
 * once. Control only, no data.
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
    countPoint: assign({ measured: ({ context }) => context.measured + 1 }),
    tellPoint: emit(({ context: { measured } }) => ({ type: 'pointSaved' as const, measured })),
    tell: emit(({ context: { measured } }, type: 'paused' | 'resumed') => ({ type, measured })),
    tellEnd: emit(({ context: { measured, outcome, error } }) => ({
      type: 'ended' as const,
      measured,
      outcome,
      error,
    })),
    wish: assign((_, wish: ScanContext['wish']) => ({ wish })),
    conclude: assign((_, facts: { outcome: ScanOutcome; error?: DaqtorError }) => facts),
    concludeStopped: assign({ outcome: 'stopped' }),
    /** A failure while finishing must not hide why the scan failed in the first place. */
    concludeBadly: assign(({ context }, error: DaqtorError) => ({
      outcome: 'failed' as const,
      error: context.error ?? error,
    })),
  },
  guards: {
    isAnswer,
    endsLastPoint: (now) => isAnswer(now) && now.context.measured + 1 >= now.context.size,
    isAnswerButStop: (now) => isAnswer(now) && now.context.wish === 'stop',
    isAnswerButPause: (now) => isAnswer(now) && now.context.wish === 'pause',
    isAnswerAndSettles: (now) => isAnswer(now) && now.context.settles,
    isAnswerAndSaves: (now) => isAnswer(now) && now.context.saves,
  },
}).createMachine({
  id: 'DAQ_Scan',
  context: ({ input }) => ({
    ...input,
    measured: 0,
    ticket: 0,
    wish: 'run',
    outcome: 'completed',
    error: undefined,
  }),
  initial: 'preparing',
  on: {
    pause: { actions: { type: 'wish', params: 'pause' } },
    stop: { actions: { type: 'wish', params: 'stop' } },
    abort: {
      target: '.finishing',
      actions: { type: 'conclude', params: ({ event }) => ({ outcome: 'stopped', error: event.error }) },
    },
    failed: {
      guard: 'isAnswer',
      target: '.finishing',
      actions: { type: 'conclude', params: ({ event }) => ({ outcome: 'failed', error: event.error }) },
    },
  },
  states: {
    preparing: {
      entry: ['newTicket', { type: 'begin', params: 'preparing' }],
      on: {
        done: [
          { guard: 'isAnswerButStop', target: 'finishing', actions: 'concludeStopped' },
          { guard: 'isAnswerButPause', target: 'paused' },
          { guard: 'isAnswer', target: 'moving' },
        ],
      },
    },
    moving: {
      entry: ['newTicket', { type: 'begin', params: 'moving' }],
      on: {
        done: [
          { guard: 'isAnswerAndSettles', target: 'settling' },
          { guard: 'isAnswer', target: 'grabbing' },
        ],
      },
    },
    settling: {
      entry: ['newTicket', { type: 'begin', params: 'settling' }],
      on: { done: { guard: 'isAnswer', target: 'grabbing' } },
    },
    grabbing: {
      entry: ['newTicket', { type: 'begin', params: 'grabbing' }],
      on: { done: [{ guard: 'isAnswerAndSaves', target: 'saving' }, ...afterPoint] },
    },
    saving: {
      entry: ['newTicket', { type: 'begin', params: 'saving' }],
      on: { done: [...afterPoint] },
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
        stop: { target: 'finishing', actions: 'concludeStopped' },
      },
    },
    finishing: {
      entry: ['newTicket', { type: 'begin', params: 'finishing' }],
      on: {
        abort: {},
        done: { guard: 'isAnswer', target: 'ended' },
        failed: {
          guard: 'isAnswer',
          target: 'ended',
          actions: { type: 'concludeBadly', params: ({ event }) => event.error },
        },
      },
    },
    ended: { type: 'final', entry: 'tellEnd' },
  },
});
