import type { DaqtorError } from '../errors/daqtor-error.ts';
import {
  answersWith,
  begins,
  failsByKind,
  failsToFaulted,
  idleEvents,
  lifeEvents,
  lifeOf,
  lifeStates,
  tellFault,
  tellsRefusal,
} from './module-life.ts';

/** Commands of a DAQ_Move, each with its identity, and what happens beside them. */
export type MoveEvent =
  | { readonly type: 'move' | 'home' | 'read' | 'stop'; readonly id: number }
  /** A reading that no command asked for has failed: the link is lost, or the instrument refused. */
  | { readonly type: 'lost' | 'misread'; readonly error: DaqtorError };

/** Facts that a DAQ_Move tells. Where it is, is read from the module: `arrived` comes after the read-back. */
export type MoveFact = 'moving' | 'homing' | 'arrived' | 'stopped';

/**
 * The life of a DAQ_Move: offline → connecting → idle ⇄ moving, homing, reading, setting, stopping; faulted; closing.
 *
 * It carries control only. What the controller refuses leaves it idle; a link that is lost leaves it faulted, from where
 * it can still be told to stop.
 */
export const moveMachine = lifeOf<MoveEvent, MoveFact>().createMachine({
  id: 'DAQ_Move',
  context: ({ input }) => ({ begin: input.begin, id: 0 }),
  initial: 'offline',
  on: lifeEvents,
  states: {
    ...lifeStates,
    idle: {
      on: {
        ...idleEvents,
        move: { target: 'moving', actions: ['remember', { type: 'tell', params: 'moving' }] },
        home: { target: 'homing', actions: ['remember', { type: 'tell', params: 'homing' }] },
        read: begins('reading'),
        stop: begins('stopping'),
        lost: { target: 'faulted', actions: tellFault },
        misread: tellsRefusal,
      },
    },
    moving: { entry: 'begin', on: { stop: begins('stopping'), done: answersWith('arrived'), failed: failsByKind } },
    homing: { entry: 'begin', on: { stop: begins('stopping'), done: answersWith('arrived'), failed: failsByKind } },
    reading: {
      entry: 'begin',
      on: { stop: begins('stopping'), done: { guard: 'isAnswer', target: 'idle' }, failed: failsByKind },
    },
    setting: { ...lifeStates.setting, on: { ...lifeStates.setting.on, stop: begins('stopping') } },
    stopping: { entry: 'begin', on: { done: answersWith('stopped'), failed: failsToFaulted } },
    faulted: { on: { ...lifeStates.faulted.on, stop: begins('stopping') } },
  },
});
