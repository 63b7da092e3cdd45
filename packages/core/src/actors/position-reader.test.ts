import { expect, it } from 'vitest';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { SharedResources } from '../lab/shared-resources.ts';
import { connectedMove, slow } from '../testing/connected-move.ts';

it('reads at an interval as long as somebody looks', async () => {
  let reads = 0;
  const { x, clock } = await connectedMove(() => ({ readPosition: async () => reads++ }));
  const seen: number[] = [];
  const looking = x.watch$(100).subscribe((position) => seen.push(position));
  await clock.sleep(250);
  looking.unsubscribe();
  expect(seen).toEqual([0, 1, 2, 3]);
  await clock.sleep(1000);
  expect(reads).toBe(4);
  expect(clock.pending).toBe(0);
});

it('shows the way of a move too', async () => {
  const { x, clock } = await connectedMove((context, driver) => ({
    ...slow(context, driver),
    readPosition: async () => context.clock.now(),
  }));
  const seen: number[] = [];
  x.watch$(100_000).subscribe((position) => seen.push(position));
  await x.move(1);
  expect(seen.length).toBeGreaterThan(20);
  await clock.sleep(0);
});

it('never refuses a command because a reading is under way, and asks the driver one thing at a time', async () => {
  let under = 0;
  let atOnce = 0;
  const alone = async <T>(sleep: Promise<void>, value: T): Promise<T> => {
    atOnce = Math.max(atOnce, ++under);
    await sleep;
    under--;
    return value;
  };
  const { x, clock, driver } = await connectedMove(({ clock }, { calls }) => ({
    readPosition: () => alone(clock.sleep(30), 1),
    startMove: (target) => alone(clock.sleep(5), void calls.push(`startMove ${target}`)),
    isMoving: () => alone(clock.sleep(5), false),
  }));
  const looking = x.watch$(1).subscribe();
  for (let i = 0; i < 20; i++) {
    await clock.sleep(7);
    await x.move(i);
  }
  looking.unsubscribe();
  expect(driver.calls).toHaveLength(20);
  expect(atOnce).toBe(1);
});

it('does not send a move that was stopped while it waited for a reading', async () => {
  const { x, clock, driver } = await connectedMove(({ clock }) => ({
    readPosition: () => clock.sleep(30).then(() => 1),
  }));
  const looking = x.watch$(1).subscribe();
  const move = x.move(5);
  await clock.sleep(10);
  expect(driver.calls).toEqual([]);
  await x.stop();
  looking.unsubscribe();
  expect((await move).status).toBe('stopped');
  await clock.sleep(100);
  expect(driver.calls).toEqual(['stop']);
});

it('tells when the link is lost while nobody commands anything', async () => {
  let isGone = false;
  const { x, clock, facts } = await connectedMove((_, { readPosition }) => ({
    readPosition: async (signal) => {
      if (isGone) throw new DaqtorError('instrument.gone', { problem: 'unplugged' });
      return await readPosition(signal);
    },
  }));
  const looking = x.watch$(100).subscribe();
  await clock.sleep(150);
  isGone = true;
  await clock.sleep(100);
  expect(x.state).toBe('faulted');
  expect(facts).toEqual(['connected', 'faulted']);
  looking.unsubscribe();
});

it('goes on after a reading that the controller refused, and tells each', async () => {
  let reads = 0;
  const { x, clock, facts } = await connectedMove(() => ({
    readPosition: async () => {
      if (++reads === 3) throw new DaqtorError('instrument.fault', { problem: 'not now' });
      return reads;
    },
  }));
  const looking = x.watch$(100).subscribe();
  await clock.sleep(450);
  looking.unsubscribe();
  expect(facts).toEqual(['connected', 'refused']);
  expect([x.state, x.position]).toEqual(['idle', 6]);
});

it('lets go at once when the module is closed during a reading', async () => {
  let isSilent = false;
  const { x, clock, driver } = await connectedMove((_, { readPosition }) => ({
    readPosition: (signal) => (isSilent ? new Promise(() => {}) : readPosition(signal)),
  }));
  isSilent = true;
  const seen: number[] = [];
  const looking = x.watch$(100).subscribe((position) => seen.push(position));
  expect(await x.close()).toBeUndefined();
  expect(clock.now()).toBe(0);
  expect(seen).toEqual([0]);
  expect(driver.calls).toEqual(['close']);
  looking.unsubscribe();
});

it('asks nothing of a stopped axis before the reading has ended', async () => {
  let isReading = false;
  let isSlow = false;
  const { x, clock } = await connectedMove(({ clock }) => ({
    readPosition: async () => {
      isReading = true;
      await clock.sleep(isSlow ? 50 : 0);
      isReading = false;
      return 1;
    },
    isMoving: async () => {
      expect(isReading).toBe(false);
      return false;
    },
  }));
  isSlow = true;
  const looking = x.watch$(1000).subscribe();
  await clock.sleep(10);
  expect((await x.stop()).status).toBe('stopped');
  looking.unsubscribe();
});

it('does not wait for a reading of the driver before', async () => {
  let isSilent = false;
  const { x, clock } = await connectedMove((_, { readPosition }) => ({
    readPosition: (signal) => (isSilent ? new Promise(() => {}) : readPosition(signal)),
    stop: () => Promise.reject(new Error('EIO')),
  }));
  isSilent = true;
  const looking = x.watch$(1e6).subscribe();
  await expect(x.stop()).rejects.toMatchObject({ instrument: 'x' });
  expect(x.state).toBe('faulted');
  isSilent = false;
  const shared = new SharedResources();
  await x.connect({ share: shared.share.bind(shared) });
  expect((await x.move(1)).status).toBe('arrived');
  expect(clock.now()).toBe(0);
  looking.unsubscribe();
});
