import { expect, it } from 'vitest';
import { VirtualClock } from './virtual-clock.ts';

it('sleeps an hour without taking one', async () => {
  const clock = new VirtualClock();
  await clock.sleep(3_600_000);
  expect(clock.now()).toBe(3_600_000);
});

it('fires timers by time, then in the order in which they were set', async () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  clock.setTimeout(() => fired.push('late'), 20);
  clock.setTimeout(() => fired.push('first at 10'), 10);
  clock.setTimeout(() => fired.push('second at 10'), 10);
  await clock.sleep(30);
  expect(fired).toEqual(['first at 10', 'second at 10', 'late']);
});

it('never fires a timer that was cleared', async () => {
  const clock = new VirtualClock();
  const handle = clock.setTimeout(() => expect.unreachable(), 10);
  clock.clearTimeout(handle);
  await clock.sleep(20);
  expect(clock.now()).toBe(20);
});

it('rejects a sleep that is aborted, at once', async () => {
  const clock = new VirtualClock();
  const abort = new AbortController();
  const sleep = clock.sleep(1_000, abort.signal);
  abort.abort(new Error('enough'));
  await expect(sleep).rejects.toThrow('enough');
  expect(clock.now()).toBe(0);
});

it('stands still while real work is done outside', async () => {
  const clock = new VirtualClock();
  let fired = false;
  clock.setTimeout(() => {
    fired = true;
  }, 1);
  const work = clock.outside(new Promise<string>((resolve) => setTimeout(resolve, 20, 'saved')));
  expect(await work).toBe('saved');
  expect(fired).toBe(false);
  await clock.sleep(2);
  expect(fired).toBe(true);
});

it('goes on while a loop takes turns that need no time', async () => {
  const clock = new VirtualClock();
  let isOver = false;
  clock.setTimeout(() => {
    isOver = true;
  }, 1);
  let turns = 0;
  for (; !isOver; turns++) await clock.turn();
  expect(turns).toBeGreaterThanOrEqual(1000);
});

it('counts the timers that are still set', async () => {
  const clock = new VirtualClock();
  const handle = clock.setTimeout(() => {}, 10);
  clock.setTimeout(() => {}, 5);
  expect(clock.pending).toBe(2);
  clock.clearTimeout(handle);
  expect(clock.pending).toBe(1);
  await clock.sleep(6);
  expect(clock.pending).toBe(0);
});
