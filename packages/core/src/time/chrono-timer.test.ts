import { lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { ChronoTimer } from './chrono-timer.ts';
import { VirtualClock } from './virtual-clock.ts';

it('counts up, pauses not counted', async () => {
  const clock = new VirtualClock();
  const chrono = new ChronoTimer(clock);
  chrono.start();
  await clock.sleep(1500);
  chrono.pause();
  await clock.sleep(10_000);
  chrono.start();
  chrono.start();
  await clock.sleep(500);
  expect(chrono.read()).toEqual({ state: 'running', elapsedMs: 2000, remainingMs: undefined });
  chrono.reset();
  expect(chrono.read()).toEqual({ state: 'paused', elapsedMs: 0, remainingMs: undefined });
});

it('counts down, shows itself on the way, and is over on the millisecond', async () => {
  const clock = new VirtualClock();
  const timer = new ChronoTimer(clock, 2500);
  timer.start();
  const readings = await lastValueFrom(timer.readings$(1000).pipe(toArray()));
  expect(readings.map(({ state, remainingMs }) => [state, remainingMs])).toEqual([
    ['running', 2500],
    ['running', 1500],
    ['running', 500],
    ['over', 0],
  ]);
  expect(clock.now()).toBe(2500);
  await clock.sleep(1000);
  expect(timer.read().elapsedMs).toBe(2500);
});
