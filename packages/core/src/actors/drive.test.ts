import { expect, it } from 'vitest';
import type { ActuatorDriver } from '../contracts/actuator-driver.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { connectedMove, slow } from '../testing/connected-move.ts';

/** A stage that needs a second, and tells when it is there. */
function telling(asked: number[] = []): NonNullable<Parameters<typeof connectedMove>[0]> {
  return (context, driver) => {
    const { isMoving, ...calls } = slow(context, driver) as ActuatorDriver;
    return {
      ...calls,
      isMoving: async (signal) => {
        asked.push(context.clock.now());
        return await isMoving(signal);
      },
      whenAtRest: (signal) => context.clock.sleep(1000, signal),
    };
  };
}

it('asks at once, then soon, then not more often than pollMs', async () => {
  const asked: number[] = [];
  const { x } = await connectedMove((context, driver) => ({ ...telling(asked)(context, driver) }), {
    done: 'poll',
    pollMs: 100,
  });
  await x.move(1);
  const pauses = asked.slice(1).map((at, i) => at - (asked[i] as number));
  expect(asked[0]).toBe(0);
  expect(pauses[0]).toBe(1);
  expect(Math.max(...pauses)).toBe(100);
  expect(asked.length).toBeLessThan(60);
  expect(asked.at(-1)).toBeGreaterThanOrEqual(1000);
});

it('arrives with the event of the controller, and asks nothing meanwhile', async () => {
  const asked: number[] = [];
  const { x, clock } = await connectedMove(telling(asked), { done: 'event' });
  expect(await x.move(1)).toMatchObject({ status: 'arrived', position: 1 });
  expect(clock.now()).toBe(1000);
  expect(asked).toEqual([]);
});

it('looks at once when the event comes, where both count', async () => {
  const asked: number[] = [];
  const { x, clock } = await connectedMove(telling(asked), { done: 'both', pollMs: 10_000 });
  await x.move(1);
  expect(clock.now()).toBe(1000);
  expect(asked.at(-1)).toBe(1000);
});

it('asks where the driver cannot be told, whatever the setting', async () => {
  const { x } = await connectedMove(slow, { done: 'event' });
  expect((await x.move(1)).status).toBe('arrived');
});

it('fails with what the controller tells instead of arrival', async () => {
  const error = new DaqtorError('instrument.fault', { problem: 'following error' });
  const { x } = await connectedMove(() => ({ isMoving: async () => true, whenAtRest: () => Promise.reject(error) }));
  await expect(x.move(1)).rejects.toMatchObject({ problem: 'following error', instrument: 'x' });
  expect(x.state).toBe('idle');
});

it('can be stopped while it waits for the event', async () => {
  const { x, clock } = await connectedMove(telling(), { done: 'event' });
  const move = x.move(1);
  await clock.sleep(300);
  const stopping = x.stop();
  expect((await move).status).toBe('stopped');
  expect(await stopping).toBe(await move);
});

it('jogs to the limit, however long it takes, as long as the controller answers', async () => {
  const { x, clock } = await connectedMove(slow, { limits: [-1, 4], timeoutMs: 200 });
  expect(await x.jog(1)).toEqual({ status: 'arrived', position: 4, units: 'mm' });
  expect(clock.now()).toBeGreaterThanOrEqual(1000);
});

it('jogs until it is stopped', async () => {
  const { x, clock, driver } = await connectedMove(slow, { limits: [-1, 4] });
  const jog = x.jog(-1);
  await clock.sleep(100);
  await x.stop();
  expect((await jog).status).toBe('stopped');
  expect(driver.calls).toEqual(['startMove -1', 'stop']);
});

it('faults when the controller falls silent on a jog', async () => {
  const { x, clock } = await connectedMove(() => ({ isMoving: () => new Promise(() => {}) }), {
    limits: [-1, 4],
    timeoutMs: 200,
  });
  await expect(x.jog(1)).rejects.toMatchObject({ code: 'instrument.timeout' });
  expect(clock.now()).toBe(200);
});

it('does not jog where nothing would stop it', async () => {
  const { x, driver } = await connectedMove();
  await expect(x.jog(1)).rejects.toMatchObject({ code: 'move.limit', instrument: 'x' });
  expect(driver.calls).toEqual([]);
});
