import { describe, expect, it } from 'vitest';
import type { DetectorDriver } from '../contracts/detector-driver.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { connectedViewer } from '../testing/connected-viewer.ts';

type Deliver = Parameters<NonNullable<DetectorDriver['live']>>[0];

const value = (number: number) => [new DataWithAxes({ name: 'signal', data: [number], units: 'V' })];

/** A detector that runs freely; `camera.deliver` is its frame. */
async function freeRunning(settings: Parameters<typeof connectedViewer>[1] = {}) {
  const camera = { deliver: (() => {}) as Deliver, lost: (_: number) => {}, stopped: false, fail: (_: unknown) => {} };
  const connected = await connectedViewer(
    () => ({
      live: (deliver, signal, lost) =>
        new Promise((_, reject) => {
          camera.deliver = deliver;
          camera.lost = lost;
          camera.fail = reject;
          signal.addEventListener('abort', () => {
            camera.stopped = true;
            reject(signal.reason);
          });
        }),
    }),
    settings,
  );
  return { ...connected, camera };
}

describe('a live grab of a detector that has to be asked', () => {
  it('goes on until it is stopped, and loses nothing', async () => {
    const { meter, clock, facts } = await connectedViewer();
    const sink = meter.data.attach({ maxItems: 100 });
    const live = meter.live({ everyMs: 100 });
    expect(meter.state).toBe('live');
    await clock.sleep(450);
    await meter.stop();
    expect(await live.done).toEqual({ frames: 5, skipped: 0 });
    expect(live.frames).toBe(5);
    expect((await sink.takeBatch())?.map((frame) => frame.get('signal')?.data[0]?.[0])).toEqual([0, 1, 2, 3, 4]);
    expect(facts).toEqual(['connected', 'live', 'stopped']);
    expect(meter.state).toBe('idle');
    expect(clock.pending).toBe(0);
  });

  it('takes a frame every so often, however long one takes', async () => {
    const began: number[] = [];
    const { meter, clock } = await connectedViewer(({ clock }) => ({
      grab: async (signal) => {
        began.push(clock.now());
        await clock.sleep(30, signal);
        return value(1);
      },
    }));
    meter.live({ everyMs: 100 });
    await clock.sleep(350);
    await meter.stop();
    expect(began).toEqual([0, 100, 200, 300]);
  });

  it('lets whoever stops it have a turn, also when frames take no time', async () => {
    const { meter, clock } = await connectedViewer();
    const live = meter.live();
    await clock.sleep(0.1);
    await meter.stop();
    expect((await live.done).frames).toBeGreaterThanOrEqual(100);
  });

  it('is held back by a full saver for as long as it takes, without blaming the detector', async () => {
    const { meter, clock } = await connectedViewer(undefined, { timeoutMs: 200 });
    const sink = meter.data.attach({ maxItems: 2 });
    const live = meter.live();
    await clock.sleep(1000);
    expect(meter.state).toBe('live');
    expect(live.frames).toBe(3);
    expect(await sink.takeBatch()).toHaveLength(2);
    await clock.sleep(1);
    expect(live.frames).toBeGreaterThan(3);
    await meter.stop();
  });

  it('can be stopped while it is held back', async () => {
    const { meter, clock } = await connectedViewer();
    meter.data.attach({ maxItems: 1 });
    const live = meter.live();
    await clock.sleep(10);
    await meter.stop();
    expect((await live.done).skipped).toBe(0);
  });

  it('times every frame, not the whole', async () => {
    let frames = 0;
    const { meter, clock } = await connectedViewer(
      ({ clock }) => ({ grab: (signal) => clock.sleep(frames++ < 5 ? 90 : 110, signal).then(() => value(frames)) }),
      { timeoutMs: 100 },
    );
    const live = meter.live();
    await expect(live.done).rejects.toMatchObject({ code: 'instrument.timeout', instrument: 'meter' });
    expect(clock.now()).toBeCloseTo(5 * 90 + 100, 1);
    expect(meter.state).toBe('faulted');
  });

  it('ends with the error of a grab that throws, told as a fact even if nobody awaits it', async () => {
    const { meter, clock, facts } = await connectedViewer(() => ({
      grab: () => Promise.reject(new Error('no light')),
    }));
    meter.live();
    await clock.sleep(1);
    expect(facts).toEqual(['connected', 'live', 'refused']);
    expect(meter.state).toBe('idle');
  });

  it('asks the driver nothing new before it has settled what it was asked before', async () => {
    let under = 0;
    let atOnce = 0;
    const { meter, clock } = await connectedViewer(({ clock }) => ({
      grab: async () => {
        atOnce = Math.max(atOnce, ++under);
        await clock.sleep(100);
        under--;
        return value(1);
      },
    }));
    meter.live();
    await clock.sleep(50);
    await meter.stop();
    expect(clock.now()).toBe(100);
    await meter.grab();
    expect(atOnce).toBe(1);
  });

  it('faults when the driver does not end what it is told to stop', async () => {
    const { meter, clock } = await connectedViewer(() => ({ grab: () => new Promise(() => {}) }), { timeoutMs: 500 });
    meter.live();
    await clock.sleep(1);
    await expect(meter.stop()).rejects.toMatchObject({ code: 'instrument.timeout' });
    expect(meter.state).toBe('faulted');
  });
});

describe('a live grab of a detector that runs freely', () => {
  it('takes every frame as it comes, dated and signed, and nothing after it was stopped', async () => {
    const { meter, clock, camera } = await freeRunning();
    const sink = meter.data.attach({ maxItems: 10 });
    const live = meter.live();
    await clock.sleep(1500);
    camera.deliver(value(7));
    camera.deliver(value(8));
    await meter.stop();
    expect(camera.stopped).toBe(true);
    camera.deliver(value(9));
    expect(await live.done).toEqual({ frames: 2, skipped: 0 });
    const frames = (await sink.takeBatch()) ?? [];
    expect(frames.map((frame) => frame.get('signal')?.data[0]?.[0])).toEqual([7, 8]);
    expect(frames[0]?.get('signal')).toMatchObject({ origin: 'meter', timestamp: Date.UTC(2026, 0, 1) / 1000 + 1.5 });
  });

  it('fails loudly when a saver does not keep up, and stops the instrument', async () => {
    const { meter, camera, facts } = await freeRunning();
    meter.data.attach({ maxItems: 2 });
    const live = meter.live();
    for (let i = 0; i < 3; i++) camera.deliver(value(i));
    await expect(live.done).rejects.toMatchObject({ code: 'stream.overflow', instrument: 'meter' });
    expect(live).toMatchObject({ frames: 2, skipped: 0 });
    expect(camera.stopped).toBe(true);
    expect(facts).toEqual(['connected', 'live', 'refused']);
  });

  it('skips frames where that was asked for, for all savers alike, counts them and goes on', async () => {
    const { meter, camera } = await freeRunning();
    const quick = meter.data.attach({ maxItems: 10 });
    const slow = meter.data.attach({ maxItems: 1 });
    const live = meter.live({ whenBehind: 'skip' });
    for (let i = 0; i < 3; i++) camera.deliver(value(i));
    slow.tryTake();
    camera.deliver(value(3));
    expect(live).toMatchObject({ frames: 2, skipped: 2 });
    expect(quick.size).toBe(2);
    await meter.stop();
    expect(await live.done).toEqual({ frames: 2, skipped: 2 });
  });

  it('ends with what broke the stream', async () => {
    const { meter, camera } = await freeRunning();
    const live = meter.live();
    await Promise.resolve();
    camera.fail(new DaqtorError('instrument.gone', { problem: 'unplugged' }));
    await expect(live.done).rejects.toMatchObject({ code: 'instrument.gone', instrument: 'meter' });
    expect(meter.state).toBe('faulted');
  });

  it('notices that no frame comes any more', async () => {
    const { meter, clock, camera } = await freeRunning({ timeoutMs: 100 });
    const live = meter.live();
    for (let i = 1; i <= 3; i++) clock.setTimeout(() => camera.deliver(value(i)), 90 * i);
    await expect(live.done).rejects.toMatchObject({ code: 'instrument.timeout' });
    expect(clock.now()).toBe(370);
    expect(live.frames).toBe(3);
  });

  it('has from the next frame on the time that is set meanwhile', async () => {
    const { meter, clock, camera } = await freeRunning({ timeoutMs: 1000 });
    const live = meter.live();
    await meter.set({ timeoutMs: 100 });
    camera.deliver(value(1));
    await clock.sleep(99);
    expect(meter.state).toBe('live');
    await clock.sleep(2);
    expect(meter.state).toBe('faulted');
    await expect(live.done).rejects.toThrow('[meter] grabbing live data took longer than 100 ms');
  });

  it('begins a mean anew when another number of frames is wanted', async () => {
    const { meter, camera } = await freeRunning({ average: 4 });
    const means: number[] = [];
    meter.data.live$.subscribe((frame) => means.push(Number(frame.get('signal')?.data[0]?.[0])));
    meter.live();
    for (const each of [100, 100, 100]) camera.deliver(value(each));
    await meter.set({ average: 2 });
    for (const each of [1, 3]) camera.deliver(value(each));
    expect(means).toEqual([2]);
    await meter.stop();
  });

  it('takes what the instrument says it lost as what a saver had no room for', async () => {
    const { meter, camera } = await freeRunning();
    const skipping = meter.live({ whenBehind: 'skip' });
    camera.deliver(value(1));
    camera.lost(3);
    camera.deliver(value(2));
    await meter.stop();
    expect(await skipping.done).toEqual({ frames: 2, skipped: 3 });
    const failing = meter.live();
    camera.lost(1);
    await expect(failing.done).rejects.toMatchObject({ code: 'stream.overflow', instrument: 'meter' });
    expect([camera.stopped, meter.state]).toEqual([true, 'idle']);
  });

  it('does not take nonsense for a frame', async () => {
    const { meter, camera } = await freeRunning();
    const live = meter.live();
    await Promise.resolve();
    camera.deliver('garbage' as never);
    await expect(live.done).rejects.toMatchObject({ code: 'instrument.protocol', instrument: 'meter' });
  });

  it('says so when the driver ends by itself', async () => {
    const { meter } = await connectedViewer(() => ({ live: async () => {} }));
    await expect(meter.live().done).rejects.toMatchObject({ code: 'instrument.fault' });
  });

  it('averages as many frames into one as asked for', async () => {
    const { meter, camera } = await freeRunning();
    const sink = meter.data.attach({ maxItems: 10 });
    meter.live({ average: 2 });
    for (const number of [1, 3, 10, 20, 5]) camera.deliver(value(number));
    await meter.stop();
    expect((await sink.takeBatch())?.map((frame) => frame.get('signal')?.data[0]?.[0])).toEqual([2, 15]);
  });
});

it('goes live only when it is idle', async () => {
  const { meter } = await connectedViewer();
  meter.live();
  expect(() => meter.live()).toThrow(expect.objectContaining({ code: 'module.state' }));
  await expect(meter.grab()).rejects.toMatchObject({ code: 'module.state' });
  await Promise.all([meter.stop(), meter.stop()]);
  await meter.stop();
  expect(meter.state).toBe('idle');
});

it('rejects a live grab when the module is closed', async () => {
  const { meter, clock } = await connectedViewer();
  const live = meter.live({ everyMs: 10 });
  await clock.sleep(25);
  expect(await meter.close()).toBeUndefined();
  await expect(live.done).rejects.toMatchObject({ code: 'module.stopped' });
  expect(clock.pending).toBe(0);
});
