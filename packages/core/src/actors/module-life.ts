import { assign, emit, setup } from 'xstate';
import type { DaqtorError } from '../errors/daqtor-error.ts';
import type { CommandEvent } from './command-desk.ts';
import { isLost } from './is-lost.ts';

/** A fact that concerns an error: the module cannot be trusted any more (`faulted`), or is as it was (`refused`). */
export interface TroubleFact {
  readonly type: 'faulted' | 'refused';
  readonly error: DaqtorError;
}

export interface LifeInput {
  /** Runs the command of this id; called when the machine enters the state that the command is about. */
  readonly begin: (id: number) => void;
}

export interface LifeContext extends LifeInput {
  /** The command under way; only its own answer counts. */
  readonly id: number;
}

type FailedEvent = Extract<CommandEvent, { type: 'failed' }>;

/**
 * What the machines of all modules can do and ask: remember a command, begin it, tell its end, and let only the answer to
 * the command under way count.
 */
export function lifeOf<
  Event extends { readonly type: string },
  Fact extends string,
  MoreFacts extends { type: string } = never,
>() {
  return setup({
    types: {
      context: {} as LifeContext,
      events: {} as Event | CommandEvent | { readonly type: 'connect' | 'close'; readonly id: number },
      emitted: {} as { readonly type: Fact | 'connected' | 'closed' } | TroubleFact | MoreFacts,
      input: {} as LifeInput,
    },
    actions: {
      remember: assign(({ context, event }) => ({ id: 'id' in event ? (event.id as number) : context.id })),
      begin: ({ context }) => context.begin(context.id),
      tell: emit((_, type: Fact | 'connected' | 'closed') => ({ type })),
      tellFault: emit((_, error: DaqtorError) => ({ type: 'faulted' as const, error })),
      tellRefusal: emit((_, error: DaqtorError) => ({ type: 'refused' as const, error })),
    },
    guards: {
      isAnswer: ({ context, event }) => 'id' in event && event.id === context.id,
      isAnswerAndLost: ({ context, event }) =>
        'id' in event && event.id === context.id && 'error' in event && isLost(event.error as DaqtorError),
    },
  });
}

const tellFault = { type: 'tellFault', params: ({ event }: { event: FailedEvent }) => event.error } as const;
const tellRefusal = { type: 'tellRefusal', params: ({ event }: { event: FailedEvent }) => event.error } as const;

/** Where a failure leads from a state in which the instrument cannot be used. */
export const failsToFaulted = { guard: 'isAnswer', target: 'faulted', actions: tellFault } as const;

/** Where the failure of a command leads: a lost link leaves the module faulted, what the instrument refuses idle. */
export const failsByKind = [
  { guard: 'isAnswerAndLost', target: 'faulted', actions: tellFault },
  { guard: 'isAnswer', target: 'idle', actions: tellRefusal },
] as const;

/** In every state. */
export const lifeEvents = { close: { target: '.closing', actions: 'remember' } } as const;

/** The states in which there is no instrument to command. */
export const lifeStates = {
  offline: { on: { connect: { target: 'connecting', actions: 'remember' } } },
  connecting: {
    entry: 'begin',
    on: {
      done: { guard: 'isAnswer', target: 'idle', actions: { type: 'tell', params: 'connected' } },
      failed: failsToFaulted,
    },
  },
  faulted: { on: { connect: { target: 'connecting', actions: 'remember' } } },
  closing: {
    entry: 'begin',
    on: {
      done: { guard: 'isAnswer', target: 'offline', actions: { type: 'tell', params: 'closed' } },
      failed: { guard: 'isAnswer', target: 'offline', actions: tellFault },
      close: {},
    },
  },
} as const;
