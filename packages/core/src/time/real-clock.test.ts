import { expect, test } from 'vitest';
import { afterPromises, realClock } from './real-clock.ts';

test('waiting for no time takes one turn, not a timer of the machine', async () => {
  const order: string[] = [];
  const secondTurn = new Promise<void>((resolve) => {
    afterPromises(() => afterPromises(() => resolve(void order.push('second turn'))));
  });
  await realClock.sleep(0);
  order.push('slept');
  await secondTurn;
  expect(order).toEqual(['slept', 'second turn']);
});

test('waiting for no time is still aborted', async () => {
  const reason = new Error('stopped');
  await expect(realClock.sleep(0, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const waiting = realClock.sleep(0, controller.signal);
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});
