import { expect, it } from 'vitest';
import { VirtualClock } from '../time/virtual-clock.ts';
import { BoundedQueue } from './bounded-queue.ts';
import { Hub } from './hub.ts';

it('makes the producer wait when full, and loses nothing', async () => {
  const queue = new BoundedQueue<number>({ maxItems: 4 });
  const produced = (async () => {
    for (let i = 0; i < 1000; i++) await queue.put(i);
    queue.close();
  })();
  let peak = 0;
  const taken: number[] = [];
  for await (const item of queue) {
    peak = Math.max(peak, queue.size);
    taken.push(item);
  }
  await produced;
  expect(taken).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(peak).toBeLessThanOrEqual(4);
});

it('counts bytes as well as items, and always lets one item in', () => {
  const queue = new BoundedQueue<Uint8Array>({ maxItems: 10, maxBytes: 100, bytesOf: (frame) => frame.byteLength });
  expect(queue.tryPut(new Uint8Array(500))).toBe(true);
  expect(queue.tryPut(new Uint8Array(1))).toBe(false);
  expect(queue.tryTake()?.byteLength).toBe(500);
  expect(queue.tryPut(new Uint8Array(1))).toBe(true);
});

it('gives what it holds before it ends with an error', async () => {
  const queue = new BoundedQueue<number>({ maxItems: 4 });
  queue.tryPut(1);
  queue.close(new Error('disk full'));
  queue.close();
  expect(await queue.takeBatch()).toEqual([1]);
  await expect(queue.takeBatch()).rejects.toThrow('disk full');
  expect(() => queue.tryPut(2)).toThrow('disk full');
});

it('holds the producer back for a slow sink but not for a slow tap', async () => {
  const clock = new VirtualClock();
  const hub = new Hub<number>();
  const seen: number[] = [];
  hub.latest$(100, clock).subscribe((value) => seen.push(value));
  expect(hub.publish(0)).toBeUndefined();
  const sink = hub.attach({ maxItems: 2 });
  expect(hub.publish(1)).toBeUndefined();
  expect(hub.publish(2)).toBeUndefined();
  const blocked = hub.publish(3);
  expect(blocked).toBeInstanceOf(Promise);
  expect(await sink.takeBatch()).toEqual([1, 2]);
  await blocked;
  expect(await sink.takeBatch()).toEqual([3]);
  await clock.sleep(100);
  expect(seen).toEqual([0, 3]);
});

it('goes on when a sink that held the producer back is given back, and not when it has failed', async () => {
  const hub = new Hub<number>();
  const [leaving, failing] = [hub.attach({ maxItems: 1 }), hub.attach({ maxItems: 1 })];
  void hub.publish(1);
  const first = hub.publish(2);
  failing.tryTake();
  hub.detach(leaving);
  await first;
  const second = hub.publish(3);
  failing.close(new Error('disk full'));
  await expect(second).rejects.toThrow('disk full');
});

it('offers a value to all sinks or to none, and to taps in any case', () => {
  const hub = new Hub<number>();
  const tapped: number[] = [];
  hub.live$.subscribe((value) => tapped.push(value));
  const [wide, narrow] = [hub.attach({ maxItems: 4 }), hub.attach({ maxItems: 1 })];
  expect([hub.offer(1), hub.offer(2)]).toEqual([true, false]);
  expect([wide.size, narrow.size]).toEqual([1, 1]);
  narrow.tryTake();
  expect(hub.offer(3)).toBe(true);
  expect(tapped).toEqual([1, 2, 3]);
});

it('shows the last value when the source ends between two looks', () => {
  const hub = new Hub<number>();
  const seen: number[] = [];
  hub.latest$(100, new VirtualClock()).subscribe((value) => seen.push(value));
  expect([hub.publish(1), hub.publish(2)]).toEqual([undefined, undefined]);
  hub.close();
  expect(seen).toEqual([1, 2]);
});
