import { afterPromises, BoundedQueue, type ScanOutcome, VirtualClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import { createActor, toPromise } from 'xstate';
import type { H5Backend } from '../h5/h5-backend.ts';
import type { Commit, H5Operation } from '../h5/h5-operation.ts';
import type { Saver } from './saver.ts';
import { saverMachine } from './saver-machine.ts';
import { QueueWork } from './saver-work.ts';

/**
 * A saver of numbers into a file that keeps what each transaction wrote; the transactions wait for `pass` or `fail`.
 *
 * @param ends - what it writes in the end, by outcome
 */
function bench(commit: Commit = 'point', ends: Partial<Record<ScanOutcome, number>> = {}) {
  const transactions: number[][] = [];
  const pending: { pass(): void; fail(error: Error): void }[] = [];
  const file = {
    path: 'a.h5',
    commit,
    transact: (operations: readonly H5Operation[]) => {
      transactions.push(operations.map((operation) => Number(operation.path)));
      return new Promise<void>((resolve, reject) => {
        pending.push({ pass: resolve, fail: reject });
      });
    },
    settle: () => Promise.resolve(),
  } as H5Backend;
  const closed: string[] = [];
  const saver: Saver<number> = {
    open: () => [{ op: 'group', path: '-1', attributes: {} }],
    write: (value) => {
      if (value < 0) throw new Error(`${value} does not fit`);
      return [{ op: 'group', path: String(value), attributes: {} }];
    },
    close: (outcome) => {
      closed.push(outcome);
      return outcome in ends ? [{ op: 'group', path: String(ends[outcome]), attributes: {} }] : [];
    },
  };
  const queue = new BoundedQueue<number>({ maxItems: 16 });
  const saved: number[] = [];
  const faults: unknown[] = [];
  const work = new QueueWork<number>({
    saver,
    queue,
    file,
    clock: new VirtualClock(),
    receipts: { of: (value) => value, onSaved: (value) => saved.push(value) },
    onFault: (error) => faults.push(error),
  });
  const actor = createActor(saverMachine, { input: work });
  actor.start();
  const turn = () => new VirtualClock().sleep(0); // Passes once every promise that is ready has run.
  const next = async () => {
    await turn();
    const transaction = pending.shift();
    if (!transaction) throw new Error('no transaction is under way');
    return transaction;
  };
  const pass = async () => {
    (await next()).pass();
    await turn();
  };
  return { queue, actor, transactions, saved, faults, closed, pass, next, turn };
}

test('a saver is ready once its beginning is in the file', async () => {
  const { actor, pass, transactions } = bench();
  expect(actor.getSnapshot().value).toBe('opening');
  await pass();
  expect(actor.getSnapshot().value).toBe('ready');
  expect(transactions).toEqual([[-1]]);
});

test('a value is told to be saved once its transaction is, and values that waited share the next one', async () => {
  const { queue, actor, pass, transactions, saved, turn } = bench();
  await pass();
  queue.tryPut(1);
  await turn();
  queue.tryPut(2);
  queue.tryPut(3);
  await turn();
  expect(actor.getSnapshot().value).toBe('writing');
  expect(saved).toEqual([]);
  await pass();
  expect(saved).toEqual([1]);
  await pass();
  expect(saved).toEqual([1, 2, 3]);
  expect(transactions).toEqual([[-1], [1], [2, 3]]);
});

test('asked to end while it writes, it writes what still waits and closes after that', async () => {
  const { queue, actor, pass, saved, closed, turn } = bench();
  await pass();
  queue.tryPut(1);
  await turn();
  queue.tryPut(2);
  queue.close();
  actor.send({ type: 'close', outcome: 'stopped' });
  await pass();
  expect(closed).toEqual([]);
  await pass();
  expect(saved).toEqual([1, 2]);
  expect(closed).toEqual(['stopped']);
  expect(actor.getSnapshot().status).toBe('done');
});

test('asked to end right after values came, it writes them', async () => {
  const { queue, actor, pass, saved, closed } = bench();
  await pass();
  queue.tryPut(1);
  actor.send({ type: 'close', outcome: 'completed' });
  await pass();
  expect(saved).toEqual([1]);
  expect(closed).toEqual(['completed']);
});

test('asked to end when nothing waits, it closes though the queue is open', async () => {
  const { actor, pass, closed } = bench();
  await pass();
  actor.send({ type: 'close', outcome: 'failed' });
  expect(await toPromise(actor)).toEqual({ error: undefined });
  expect(closed).toEqual(['failed']);
});

test('a transaction that fails ends the saving, tells why once, and is still followed by closing', async () => {
  const { queue, actor, pass, next, saved, faults, closed, turn } = bench();
  await pass();
  queue.tryPut(1);
  const error = new Error('disk full');
  (await next()).fail(error);
  await turn();
  queue.tryPut(2);
  await turn();
  expect(actor.getSnapshot().value).toBe('faulted');
  expect([saved, faults, closed]).toEqual([[], [error], []]);
  actor.send({ type: 'close', outcome: 'failed' });
  await toPromise(actor);
  expect([faults, closed]).toEqual([[error], ['failed']]);
});

test('where commits wait, how it ended goes to the file with the last values; that they failed, behind them', async () => {
  for (const isFull of [false, true]) {
    const { queue, actor, pass, next, transactions, saved, faults } = bench(
      { everyMs: 500 },
      { completed: 8, failed: 9 },
    );
    await pass();
    queue.tryPut(1);
    queue.close();
    actor.send({ type: 'close', outcome: 'completed' });
    for (let turns = 0; turns < 4; turns++) await new Promise<void>(afterPromises); // More might come.
    const values = await next();
    const end = await next();
    expect(transactions).toEqual([[-1], [1], [8]]);
    for (const one of [values, end]) isFull ? one.fail(new Error('disk full')) : one.pass();
    if (isFull) await pass();
    await toPromise(actor);
    expect(transactions.slice(3)).toEqual(isFull ? [[9]] : []);
    expect([saved, faults.map(String)]).toEqual(isFull ? [[], ['Error: disk full']] : [[1], []]);
  }
});

test('values before one that does not fit are saved, those after it are not', async () => {
  const { queue, pass, saved, faults, transactions, turn } = bench();
  for (const value of [1, 2, -3, 4]) queue.tryPut(value);
  await pass();
  await pass();
  await turn();
  expect(saved).toEqual([1, 2]);
  expect(String(faults)).toContain('-3 does not fit');
  expect(transactions).toEqual([[-1], [1, 2]]);
});

test('what the queue was closed with is the fault', async () => {
  const { queue, pass, faults, turn } = bench();
  await pass();
  const error = new Error('too many');
  queue.close(error);
  await turn();
  expect(faults).toEqual([error]);
});

test('a value that came in a moment before closing is saved, however short the moment', async () => {
  for (let microtasks = 0; microtasks < 12; microtasks++) {
    const { queue, actor, pass, saved, turn } = bench();
    await pass();
    queue.tryPut(1);
    for (let i = 0; i < microtasks; i++) await Promise.resolve();
    actor.send({ type: 'close', outcome: 'completed' });
    await turn();
    await pass();
    expect(saved).toEqual([1]);
  }
});
