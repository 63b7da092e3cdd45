import { expect, it } from 'vitest';
import { createActor } from 'xstate';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { moveMachine } from './move-machine.ts';

const error = new DaqtorError('instrument.timeout', { problem: 'no answer' });

function started() {
  const begun: number[] = [];
  const actor = createActor(moveMachine, { input: { begin: (id) => begun.push(id) } }).start();
  actor.send({ type: 'connect', id: 1 });
  actor.send({ type: 'done', id: 1 });
  return { actor, begun };
}

it('begins the work of a command when it enters its state', () => {
  const { actor, begun } = started();
  actor.send({ type: 'move', id: 2 });
  expect(actor.getSnapshot().value).toBe('moving');
  expect(begun).toEqual([1, 2]);
});

it('lets only the answer to the command under way count', () => {
  const { actor } = started();
  actor.send({ type: 'move', id: 2 });
  actor.send({ type: 'done', id: 1 });
  actor.send({ type: 'failed', id: 1, error });
  expect(actor.getSnapshot().value).toBe('moving');
  actor.send({ type: 'stop', id: 3 });
  actor.send({ type: 'done', id: 2 });
  expect(actor.getSnapshot().value).toBe('stopping');
  actor.send({ type: 'done', id: 3 });
  expect(actor.getSnapshot().value).toBe('idle');
});

it('can be connected again after a fault, and not be moved before', () => {
  const { actor } = started();
  actor.send({ type: 'read', id: 2 });
  actor.send({ type: 'failed', id: 2, error });
  actor.send({ type: 'move', id: 3 });
  expect(actor.getSnapshot().value).toBe('faulted');
  actor.send({ type: 'connect', id: 4 });
  expect(actor.getSnapshot().value).toBe('connecting');
});
