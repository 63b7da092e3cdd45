import { assign, emit, setup } from 'xstate';
import type { DaqtorError } from '../errors/daqtor-error.ts';
import type { CommandEvent } from './command-desk.ts';
import { isLost } from './is-lost.ts';

/** Commands of a DAQ_Viewer, each with its identity, and the ends of commands. */
export type ViewerEvent = { readonly type: 'connect' | 'grab' | 'close'; readonly id: number } | CommandEvent;

/** Facts that a DAQ_Viewer tells. The data themselves go by the module's hub. */
export type ViewerEmitted =
  | { readonly type: 'connected' | 'grabbed' | 'closed' }
  | { readonly type: 'faulted' | 'refused'; readonly error: DaqtorError };

export interface ViewerInput {
  /** Runs the command of this id; called when the machine enters the state that the command is about. */
  readonly begin: (id: number) => void;
}

export interface ViewerContext extends ViewerInput {
  readonly id: number;
}

/** The life of a DAQ_Viewer: offline → connecting → idle ⇄ grabbing; faulted; closing. Control only, no data. */
export const viewerMachine = setup({
  types: {
    context: {} as ViewerContext,
    events: {} as ViewerEvent,
    emitted: {} as ViewerEmitted,
    input: {} as ViewerInput,
  },
  actions: {
    remember: assign({ id: ({ event }) => event.id }),
    begin: ({ context }) => context.begin(context.id),
    tell: emit((_, type: 'connected' | 'grabbed' | 'closed') => ({ type })),
    tellFault: emit((_, error: DaqtorError) => ({ type: 'faulted' as const, error })),
    tellRefusal: emit((_, error: DaqtorError) => ({ type: 'refused' as const, error })),
  },
  guards: {
    isAnswer: ({ context, event }) => event.id === context.id,
    isAnswerAndLost: ({ context, event }) => event.id === context.id && event.type === 'failed' && isLost(event.error),
  },
}).createMachine({
  id: 'DAQ_Viewer',
  context: ({ input }) => ({ begin: input.begin, id: 0 }),
  initial: 'offline',
  on: {
    close: { target: '.closing', actions: 'remember' },
    failed: [
      {
        guard: 'isAnswerAndLost',
        target: '.faulted',
        actions: { type: 'tellFault', params: ({ event }) => event.error },
      },
      { guard: 'isAnswer', target: '.idle', actions: { type: 'tellRefusal', params: ({ event }) => event.error } },
    ],
  },
  states: {
    offline: { on: { connect: { target: 'connecting', actions: 'remember' } } },
    connecting: {
      entry: 'begin',
      on: {
        done: { guard: 'isAnswer', target: 'idle', actions: { type: 'tell', params: 'connected' } },
        failed: {
          guard: 'isAnswer',
          target: 'faulted',
          actions: { type: 'tellFault', params: ({ event }) => event.error },
        },
      },
    },
    idle: { on: { grab: { target: 'grabbing', actions: 'remember' } } },
    grabbing: {
      entry: 'begin',
      on: { done: { guard: 'isAnswer', target: 'idle', actions: { type: 'tell', params: 'grabbed' } } },
    },
    faulted: { on: { connect: { target: 'connecting', actions: 'remember' } } },
    closing: {
      entry: 'begin',
      on: {
        done: { guard: 'isAnswer', target: 'offline', actions: { type: 'tell', params: 'closed' } },
        failed: {
          guard: 'isAnswer',
          target: 'offline',
          actions: { type: 'tellFault', params: ({ event }) => event.error },
        },
      },
    },
  },
});
