import { emit } from 'xstate';
import type { DaqtorError } from '../errors/daqtor-error.ts';
import type { Overshoot } from '../processing/overshoot.ts';
import {
  answersWith,
  begins,
  failsByKind,
  failsToFaulted,
  idleEvents,
  lifeEvents,
  lifeOf,
  lifeStates,
  tellsRefusal,
} from './module-life.ts';

/** Commands of a DAQ_Viewer, each with its identity, and what shows in its data. */
export type ViewerEvent =
  | { readonly type: 'grab' | 'live' | 'stop'; readonly id: number }
  | { readonly type: 'overshot'; readonly overshoot: Overshoot }
  /** What was asked beside the command under way was refused. */
  | { readonly type: 'misread'; readonly error: DaqtorError };

/** Facts that a DAQ_Viewer tells. The data themselves go by the module's hub. */
export type ViewerFact = 'grabbed' | 'live' | 'stopped';

/** A value beyond the limits that the settings name. */
export interface OvershotFact {
  readonly type: 'overshot';
  readonly overshoot: Overshoot;
}

/**
 * The life of a DAQ_Viewer: offline → connecting → idle ⇄ grabbing, live, setting, stopping; faulted; closing. Control only, no
 * data.
 */
export const viewerMachine = lifeOf<ViewerEvent, ViewerFact, OvershotFact>().createMachine({
  id: 'DAQ_Viewer',
  context: ({ input }) => ({ begin: input.begin, id: 0 }),
  initial: 'offline',
  on: { ...lifeEvents, overshot: { actions: emit(({ event }) => event) } },
  states: {
    ...lifeStates,
    idle: {
      on: {
        ...idleEvents,
        grab: begins('grabbing'),
        live: { target: 'live', actions: ['remember', { type: 'tell', params: 'live' }] },
      },
    },
    grabbing: { entry: 'begin', on: { stop: begins('stopping'), done: answersWith('grabbed'), failed: failsByKind } },
    live: { entry: 'begin', on: { stop: begins('stopping'), failed: failsByKind, misread: tellsRefusal } },
    stopping: { entry: 'begin', on: { done: answersWith('stopped'), failed: failsToFaulted } },
  },
});
