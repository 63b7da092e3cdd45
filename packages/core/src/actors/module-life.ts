import { assign, emit, setup } from 'xstate';
import type { DaqtorError } from '../errors/daqtor-error.ts';
import type { CommandEvent } from './command-desk.ts';
import type { LifeCommand } from './driver-keeper.ts';
import { isLost } from './is-lost.ts';
import type { SettingChange } from './module-settings.ts';

/** A fact that concerns an error: the module cannot be trusted any more (`faulted`), or is as it was (`refused`). */
export interface TroubleFact {
  readonly type: 'faulted' | 'refused';
  readonly error: DaqtorError;
}

/** Settings that hold now, each with what it was before. */
export interface SettingsFact {
  readonly type: 'settingsChanged';
  readonly changes: Readonly<Record<string, SettingChange>>;
}

export interface LifeInput {
  /** Runs the command of this id; called when the machine enters the state that the command is about. */
  readonly begin: (id: number) => void;
}

export interface LifeContext extends LifeInput {
  /** The command under way; only its own answer counts. */
  readonly id: number;
}

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
      events: {} as Event | CommandEvent | SettingsFact | { readonly type: LifeCommand; readonly id: number },
      emitted: {} as { readonly type: Fact | 'connected' | 'closed' } | TroubleFact | SettingsFact | MoreFacts,
      input: {} as LifeInput,
    },
    actions: {
      remember: assign(({ context, event }) => ({ id: 'id' in event ? (event.id as number) : context.id })),
      begin: ({ context }) => context.begin(context.id),
      tell: emit((_, type: Fact | 'connected' | 'closed') => ({ type })),
      tellFault: emit((_, error: DaqtorError) => ({ type: 'faulted' as const, error })),
      tellRefusal: emit((_, error: DaqtorError) => ({ type: 'refused' as const, error })),
      tellSettings: emit((_, fact: SettingsFact) => fact),
    },
    guards: {
      isAnswer: ({ context, event }) => 'id' in event && event.id === context.id,
      isAnswerAndLost: ({ context, event }) =>
        'id' in event && event.id === context.id && 'error' in event && isLost(event.error as DaqtorError),
    },
  });
}

type TroubleEvent = { readonly error: DaqtorError };

/** Tells the error of an event: the module cannot be trusted any more. */
export const tellFault = { type: 'tellFault', params: ({ event }: { event: TroubleEvent }) => event.error } as const;
const tellRefusal = { type: 'tellRefusal', params: ({ event }: { event: TroubleEvent }) => event.error } as const;

/** Where an error beside the command under way leads, if the instrument only refused: nowhere. */
export const tellsRefusal = { actions: tellRefusal } as const;

/** Where a failure leads from a state in which the instrument cannot be used. */
export const failsToFaulted = { guard: 'isAnswer', target: 'faulted', actions: tellFault } as const;

/** Where the failure of a command leads: a lost link leaves the module faulted, what the instrument refuses idle. */
export const failsByKind = [
  { guard: 'isAnswerAndLost', target: 'faulted', actions: tellFault },
  { guard: 'isAnswer', target: 'idle', actions: tellRefusal },
] as const;

/** Where the answer to a command leads from a state in which nothing else is done, and what is told then. */
export const answersWith = <Fact extends string>(fact: Fact) =>
  ({ guard: 'isAnswer', target: 'idle', actions: { type: 'tell', params: fact } }) as const;

/** Begins a command that the machine is given an identity with. */
export const begins = <State extends string>(target: State) => ({ target, actions: 'remember' }) as const;

/** In every state. */
export const lifeEvents = {
  close: begins('.closing'),
  settingsChanged: {
    actions: { type: 'tellSettings', params: ({ event }: { event: SettingsFact }) => event },
  },
} as const;

/** What every module can be told while it is idle. */
export const idleEvents = { set: begins('setting'), reconnect: begins('connecting') } as const;

/** The states that every module has beside `idle`. */
export const lifeStates = {
  offline: { on: { connect: begins('connecting') } },
  connecting: { entry: 'begin', on: { done: answersWith('connected'), failed: failsToFaulted } },
  setting: { entry: 'begin', on: { done: { guard: 'isAnswer', target: 'idle' }, failed: failsByKind } },
  faulted: { on: { connect: begins('connecting') } },
  closing: {
    entry: 'begin',
    on: {
      done: { ...answersWith('closed'), target: 'offline' },
      failed: { guard: 'isAnswer', target: 'offline', actions: tellFault },
      close: {},
    },
  },
} as const;
