import { lab, VirtualClock } from '@daqtor/core';
import { memoryPort, simulatedEsp301 } from '@daqtor/sim';
import { expect, it } from 'vitest';
import { esp301 } from './esp301.ts';

/** A controller of two axes on one wire that takes 2 ms in each direction. */
async function bench() {
  const clock = new VirtualClock();
  const port = memoryPort('stage', simulatedEsp301({ clock }), clock, { latencyMs: 2 });
  const modules = await lab({ x: esp301({ port, axis: 1 }), y: esp301({ port, axis: 2 }) }, { clock });
  return { port, ...modules, modules };
}

it('gives the wire to each axis in turn: one that is read all the time keeps the other waiting for one exchange', async () => {
  const { clock, x, y, modules } = await bench();
  let reads = 0;
  const looking = x.watch$(0.1).subscribe(() => reads++);
  const beganMs = clock.now();
  for (let i = 0; i < 10; i++) await y.read();
  const tookMs = clock.now() - beganMs;
  looking.unsubscribe();
  expect(tookMs).toBeLessThanOrEqual(10 * 2 * 4 + 4);
  expect(reads).toBeGreaterThanOrEqual(8);
  await modules.close();
});

it('says which axis has failed, and leaves the other as it was', async () => {
  const { x, y, modules } = await bench();
  const [first, second] = await Promise.allSettled([x.move(1000), y.move(1)]);
  expect(first).toMatchObject({ status: 'rejected', reason: { instrument: 'x', code: 'move.limit' } });
  expect(second).toMatchObject({ status: 'fulfilled', value: { status: 'arrived' } });
  await modules.close();
});

it('names each axis when the wire that they share is gone', async () => {
  const { port, x, y, modules } = await bench();
  const moves = Promise.allSettled([x.move(1), y.move(1)]);
  port.unplug();
  expect((await moves).map((move) => move.status === 'rejected' && move.reason)).toMatchObject([
    { instrument: 'x', code: 'instrument.gone' },
    { instrument: 'y', code: 'instrument.gone' },
  ]);
  expect([x.state, y.state]).toEqual(['faulted', 'faulted']);
  await modules.close();
});
