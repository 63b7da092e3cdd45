import { assign, emit, setup } from 'xstate';
import type { DaqtorError } from '../errors/daqtor-error.ts';
import type { CommandEvent } from './command-desk.ts';
import { isLost } from './is-lost.ts';

/** Commands of a DAQ_Move, each with its identity, and the ends of commands. */
export type MoveEvent =
  | { readonly type: 'connect' | 'move' | 'home' | 'read' | 'stop' | 'close'; readonly id: number }
  | CommandEvent;

/** Facts that a DAQ_Move tells. Where it is, is read from the module: `arrived` comes after the read-back. */
export type MoveEmitted =
  | { readonly type: 'connected' | 'moving' | 'homing' | 'arrived' | 'stopped' | 'closed' }
  | { readonly type: 'faulted' | 'refused'; readonly error: DaqtorError };

export interface MoveInput {
  /** Runs the command of this id; called when the machine enters the state that the command is about. */
  readonly begin: (id: number) => void;
}

export interface MoveContext extends MoveInput {
  readonly id: number;
}

/**
 * The life of a DAQ_Move: offline → connecting → idle ⇄ moving, homing, reading, stopping; faulted; closing.
 *
 * It carries control only. What the controller refuses leaves it idle; a link that is lost leaves it faulted. `done` and `failed` count only when they answer the command that is under way.
 */
export const moveMachine = setup({
  types: {
    context: {} as MoveContext,
    events: {} as MoveEvent,
    emitted: {} as MoveEmitted,
    input: {} as MoveInput,
  },
  actions: {
    remember: assign({ id: ({ event }) => event.id }),
    begin: ({ context }) => context.begin(context.id),
    tell: emit((_, type: 'connected' | 'moving' | 'homing' | 'arrived' | 'stopped' | 'closed') => ({ type })),
    tellFault: emit((_, error: DaqtorError) => ({ type: 'faulted' as const, error })),
    tellRefusal: emit((_, error: DaqtorError) => ({ type: 'refused' as const, error })),
  },
  guards: {
    isAnswer: ({ context, event }) => event.id === context.id,
    isAnswerAndLost: ({ context, event }) => event.id === context.id && event.type === 'failed' && isLost(event.error),
  },
}).createMachine({
  id: 'DAQ_Move',
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
    idle: {
      on: {
        move: { target: 'moving', actions: ['remember', { type: 'tell', params: 'moving' }] },
        home: { target: 'homing', actions: ['remember', { type: 'tell', params: 'homing' }] },
        read: { target: 'reading', actions: 'remember' },
        stop: { target: 'stopping', actions: 'remember' },
      },
    },
    moving: {
      entry: 'begin',
      on: {
        stop: { target: 'stopping', actions: 'remember' },
        done: { guard: 'isAnswer', target: 'idle', actions: { type: 'tell', params: 'arrived' } },
      },
    },
    homing: {
      entry: 'begin',
      on: {
        stop: { target: 'stopping', actions: 'remember' },
        done: { guard: 'isAnswer', target: 'idle', actions: { type: 'tell', params: 'arrived' } },
      },
    },
    reading: {
      entry: 'begin',
      on: {
        stop: { target: 'stopping', actions: 'remember' },
        done: { guard: 'isAnswer', target: 'idle' },
      },
    },
    stopping: {
      entry: 'begin',
      on: {
        done: { guard: 'isAnswer', target: 'idle', actions: { type: 'tell', params: 'stopped' } },
        failed: {
          guard: 'isAnswer',
          target: 'faulted',
          actions: { type: 'tellFault', params: ({ event }) => event.error },
        },
      },
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
