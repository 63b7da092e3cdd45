import { expect, it } from 'vitest';
import type { ActuatorDriver } from '../contracts/actuator-driver.ts';
import type { ConnectContext } from '../contracts/connect-context.ts';
import { SharedResources } from '../lab/shared-resources.ts';
import { type StubActuator, stubActuator } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { DaqMove } from './daq-move.ts';

type Settings = Parameters<ReturnType<typeof stubActuator>>[0];

async function connected(
  overrides?: (context: ConnectContext, driver: StubActuator) => Partial<ActuatorDriver>,
  settings: Settings = {},
) {
  const clock = new VirtualClock();
  let driver: StubActuator | undefined;
  const plugin = stubActuator((context, plain) => {
    driver = plain;
    return overrides?.(context, plain) ?? {};
  });
  const x = new DaqMove('x', plugin(settings), clock);
  const facts: string[] = [];
  x.actor.on('*', ({ type }) => facts.push(type));
  const shared = new SharedResources();
  await x.connect({ share: shared.share.bind(shared) });
  return { x, clock, facts, driver: driver as StubActuator };
}

/** A stage that needs a second for any move. */
const slow = ({ clock }: ConnectContext, driver: StubActuator): Partial<ActuatorDriver> => {
  let arrivesAt = 0;
  const { startMove } = driver;
  return {
    startMove: async (target, signal) => {
      arrivesAt = clock.now() + 1000;
      await startMove(target, signal);
    },
    isMoving: async () => clock.now() < arrivesAt,
    stop: async () => {
      driver.calls.push('stop');
      arrivesAt = clock.now();
    },
  };
};

it('reports the position that was read back, not the one that was asked for', async () => {
  const { x, facts } = await connected(() => ({ readPosition: async () => 2.997 }), { epsilon: 0.01 });
  expect(await x.move(3)).toEqual({ status: 'arrived', position: 2.997, units: 'mm' });
  expect(facts).toEqual(['connected', 'moving', 'arrived']);
});

it('takes a target in other units', async () => {
  const { x, driver } = await connected();
  await x.move(1500, 'um');
  expect(driver.calls).toEqual(['startMove 1.5']);
});

it('arrives when the read-back is exactly epsilon away, and waits on while it is further', async () => {
  let position = 0;
  const { x, clock } = await connected(() => ({ readPosition: async () => position }), { epsilon: 0.5, pollMs: 20 });
  const move = x.move(10);
  clock.setTimeout(() => {
    position = 9.4;
  }, 100);
  clock.setTimeout(() => {
    position = 9.5;
  }, 1000);
  await move;
  expect(clock.now()).toBe(1000);
  expect(x.position).toBe(9.5);
});

it('refuses a target outside the limits before anything is sent', async () => {
  const { x, driver } = await connected(() => ({ limits: { min: -5, max: 5 } }), { limits: [-10, 3] });
  await expect(x.move(3.5)).rejects.toMatchObject({ code: 'move.limit', instrument: 'x' });
  await expect(x.move(-6)).rejects.toMatchObject({ code: 'move.limit' });
  await expect(x.move(Number.NaN)).rejects.toMatchObject({ code: 'move.limit' });
  expect(driver.calls).toEqual([]);
  expect((await x.move(3)).position).toBe(3);
});

it('refuses a second move while one is under way', async () => {
  const { x } = await connected(slow);
  const first = x.move(1);
  await expect(x.move(2)).rejects.toMatchObject({ code: 'module.state', message: expect.stringContaining('moving') });
  expect((await first).position).toBe(1);
});

it('resolves a stopped move as stopped, with the position read back', async () => {
  const { x, clock, facts } = await connected(slow);
  const move = x.move(5);
  await clock.sleep(300);
  const stop = await x.stop();
  expect(stop).toEqual({ status: 'stopped', position: 5, units: 'mm' });
  expect(await move).toEqual(stop);
  expect(clock.now()).toBe(300);
  expect(facts).toEqual(['connected', 'moving', 'stopped']);
});

it('faults when it does not arrive in time, naming itself, and not a millisecond earlier', async () => {
  const { x, clock } = await connected(() => ({ isMoving: async () => true }), { timeoutMs: 30_000, pollMs: 7 });
  const move = x.move(5);
  clock.setTimeout(() => expect(x.state).toBe('moving'), 29_999);
  await expect(move).rejects.toMatchObject({
    code: 'instrument.timeout',
    message: expect.stringMatching(/^\[x\] moving to 5 mm took longer than 30000 ms/),
  });
  expect(clock.now()).toBe(30_000);
  expect(x.state).toBe('faulted');
});

it('never takes a late answer for the answer to a later command', async () => {
  const late: ((moving: boolean) => void)[] = [];
  let silent = true;
  const { x, clock } = await connected(
    () => ({ isMoving: () => (silent ? new Promise((resolve) => late.push(resolve)) : Promise.resolve(true)) }),
    { timeoutMs: 100 },
  );
  await expect(x.move(1)).rejects.toMatchObject({ code: 'instrument.timeout' });
  silent = false;
  const shared = new SharedResources();
  await x.connect({ share: shared.share.bind(shared) });
  const second = x.move(2);
  for (const answer of late) answer(false);
  clock.setTimeout(() => expect(x.state).toBe('moving'), 50);
  await expect(second).rejects.toMatchObject({ message: expect.stringContaining('moving to 2 mm') });
});

it('stays usable when the controller refuses a command, faults when the link is lost', async () => {
  const { DaqtorError } = await import('../errors/daqtor-error.ts');
  const codes = ['instrument.fault', 'instrument.gone'] as const;
  let calls = 0;
  const { x } = await connected(() => ({
    startMove: async () => {
      throw new DaqtorError(codes[calls++] ?? 'instrument.fault', { problem: 'no' });
    },
  }));
  await expect(x.move(1)).rejects.toMatchObject({ code: 'instrument.fault', instrument: 'x' });
  expect(x.state).toBe('idle');
  await expect(x.move(1)).rejects.toMatchObject({ code: 'instrument.gone' });
  expect(x.state).toBe('faulted');
  await expect(x.move(1)).rejects.toMatchObject({ code: 'module.state' });
});

it('stops the axis before it lets go, and rejects whoever waits', async () => {
  const { x, clock, driver } = await connected(slow);
  const move = x.move(5);
  await clock.sleep(100);
  const closing = x.close();
  await expect(move).rejects.toMatchObject({ code: 'module.stopped' });
  expect(await closing).toBeUndefined();
  expect(driver.calls).toEqual(['startMove 5', 'stop', 'close']);
  expect(x.state).toBe('offline');
});

it('stops an axis that did not arrive in time before it lets go', async () => {
  const { x, driver } = await connected(() => ({ isMoving: async () => true }), { timeoutMs: 100 });
  await expect(x.move(5)).rejects.toMatchObject({ code: 'instrument.timeout' });
  await x.close();
  expect(driver.calls).toEqual(['startMove 5', 'stop', 'close']);
});

it('tells that a motor could not be stopped, and closes all the same', async () => {
  const { x, driver } = await connected(() => ({
    isMoving: async () => true,
    stop: () => Promise.reject(new Error('EIO')),
  }));
  x.move(5).catch(() => undefined);
  expect(await x.close()).toMatchObject({ instrument: 'x', message: expect.stringContaining('EIO') });
  expect(driver.calls.at(-1)).toBe('close');
  expect(x.state).toBe('offline');
});

it('closes a driver that connects after the time for connecting was over', async () => {
  const clock = new VirtualClock();
  let closed = 0;
  const spec = stubActuator(() => ({
    readPosition: async () => 0,
    close: async () => {
      closed++;
    },
  }))({ timeoutMs: 100 });
  const late = {
    ...spec,
    connect: async (context: ConnectContext) => {
      await clock.sleep(500);
      return await spec.connect(context);
    },
  };
  const x = new DaqMove('x', late, clock);
  const shared = new SharedResources();
  await expect(x.connect({ share: shared.share.bind(shared) })).rejects.toMatchObject({ code: 'instrument.timeout' });
  await clock.sleep(1000);
  expect(closed).toBe(1);
  expect(x.state).toBe('faulted');
});
