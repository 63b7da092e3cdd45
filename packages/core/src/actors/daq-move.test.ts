import { expect, it } from 'vitest';
import type { ConnectContext } from '../contracts/connect-context.ts';
import { SharedResources } from '../lab/shared-resources.ts';
import { connectedMove, slow } from '../testing/connected-move.ts';
import { stubActuator } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { DaqMove } from './daq-move.ts';

it('reports the position that was read back, not the one that was asked for', async () => {
  const { x, facts } = await connectedMove(() => ({ readPosition: async () => 2.997 }), { epsilon: 0.01 });
  expect(await x.move(3)).toEqual({ status: 'arrived', position: 2.997, units: 'mm' });
  expect(facts).toEqual(['connected', 'moving', 'arrived']);
});

it('takes a target in other units', async () => {
  const { x, driver } = await connectedMove();
  await x.move(1500, 'um');
  expect(driver.calls).toEqual(['startMove 1.5']);
});

it('names itself when it is given units that do not fit', async () => {
  const { x } = await connectedMove();
  await expect(x.move(1, 's')).rejects.toThrow("[x] 1 's' cannot be expressed in 'mm'");
  await expect(x.moveBy(1, 'milimeter')).rejects.toMatchObject({ code: 'data.units', instrument: 'x' });
  await x.close();
});

it('arrives when the read-back is exactly epsilon away, and waits on while it is further', async () => {
  let position = 0;
  const { x, clock } = await connectedMove(() => ({ readPosition: async () => position }), {
    epsilon: 0.5,
    pollMs: 20,
  });
  const move = x.move(10);
  clock.setTimeout(() => {
    position = 9.4;
  }, 100);
  clock.setTimeout(() => {
    position = 9.5;
  }, 1000);
  await move;
  expect(clock.now()).toBeGreaterThanOrEqual(1000);
  expect(clock.now()).toBeLessThanOrEqual(1020);
  expect(x.position).toBe(9.5);
});

it('arrives where it already is', async () => {
  const { x, driver, facts } = await connectedMove();
  await x.move(2);
  facts.length = 0;
  expect(await x.move(2)).toEqual({ status: 'arrived', position: 2, units: 'mm' });
  expect(facts).toEqual(['moving', 'arrived']);
  expect(driver.calls).toEqual(['startMove 2', 'startMove 2']);
});

it('moves by a distance from where it is now, not from where it was', async () => {
  let pushedTo: number | undefined;
  const { x, driver } = await connectedMove((_, { readPosition }) => ({
    readPosition: async (signal) => pushedTo ?? (await readPosition(signal)),
  }));
  await x.move(1);
  pushedTo = 1.25;
  await x.moveBy(500, 'um');
  expect(driver.calls).toEqual(['startMove 1', 'startMove 1.75']);
});

it('waits for the axis to settle before it reads back', async () => {
  let swings = true;
  const { x, clock } = await connectedMove(
    ({ clock }, { readPosition }) => ({
      readPosition: async (signal) => (await readPosition(signal)) + (swings ? 0.3 : 0),
      isMoving: async () => {
        clock.setTimeout(() => {
          swings = false;
        }, 50);
        return false;
      },
    }),
    { settleMs: 50 },
  );
  expect((await x.move(1)).position).toBe(1);
  expect(clock.now()).toBe(50);
});

it('refuses a target outside the limits before anything is sent', async () => {
  const { x, driver } = await connectedMove(() => ({ limits: { min: -5, max: 5 } }), { limits: [-10, 3] });
  await expect(x.move(3.5)).rejects.toMatchObject({ code: 'move.limit', instrument: 'x' });
  await expect(x.move(-6)).rejects.toMatchObject({ code: 'move.limit' });
  await expect(x.move(Number.NaN)).rejects.toMatchObject({ code: 'move.limit' });
  expect(driver.calls).toEqual([]);
  expect((await x.move(3)).position).toBe(3);
});

it('refuses a second move while one is under way', async () => {
  const { x } = await connectedMove(slow);
  const first = x.move(1);
  await expect(x.move(2)).rejects.toMatchObject({ code: 'module.state', message: expect.stringContaining('moving') });
  expect((await first).position).toBe(1);
});

it('resolves a stopped move as stopped, with the position read back', async () => {
  const { x, clock, facts } = await connectedMove(slow);
  const move = x.move(5);
  await clock.sleep(300);
  const stop = await x.stop();
  expect(stop).toEqual({ status: 'stopped', position: 5, units: 'mm' });
  expect(await move).toEqual(stop);
  expect(clock.now()).toBe(300);
  expect(facts).toEqual(['connected', 'moving', 'stopped']);
});

it('faults when it does not arrive in time, naming itself, and not a millisecond earlier', async () => {
  const { x, clock } = await connectedMove(() => ({ isMoving: async () => true }), { timeoutMs: 30_000, pollMs: 7 });
  const move = x.move(5);
  clock.setTimeout(() => expect(x.state).toBe('moving'), 29_999);
  await expect(move).rejects.toMatchObject({
    code: 'instrument.timeout',
    message: expect.stringMatching(/^\[x\] moving to 5 mm took longer than 30000 ms/),
  });
  expect(clock.now()).toBe(30_000);
  expect(x.state).toBe('faulted');
});

it('can be told to stop after it did not arrive in time, and is usable again', async () => {
  let moving = true;
  const { x, driver } = await connectedMove(() => ({ isMoving: async () => moving }), { timeoutMs: 100 });
  await expect(x.move(5)).rejects.toMatchObject({ code: 'instrument.timeout' });
  moving = false;
  expect((await x.stop()).status).toBe('stopped');
  expect(driver.calls).toEqual(['startMove 5', 'stop']);
  expect(x.state).toBe('idle');
});

it('takes a second stop for the first', async () => {
  const { x, driver } = await connectedMove(slow);
  const move = x.move(5);
  const [first, second] = await Promise.all([x.stop(), x.stop()]);
  expect(second).toBe(first);
  expect(await move).toBe(first);
  expect(driver.calls).toEqual(['startMove 5', 'stop']);
});

it('never sets out again once it was stopped, even if the driver ignores the abort', async () => {
  const answers: ((moving: boolean) => void)[] = [];
  let silent = true;
  const { x, driver } = await connectedMove(
    () => ({ isMoving: () => (silent ? new Promise((resolve) => answers.push(resolve)) : Promise.resolve(false)) }),
    { backlash: 1 },
  );
  const move = x.move(-3);
  await Promise.resolve();
  silent = false;
  const stop = x.stop();
  for (const answer of answers) answer(false);
  expect(await move).toBe(await stop);
  expect(driver.calls).toEqual(['startMove -4', 'stop']);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, '3', undefined])('does not take %j for a position', async (answer) => {
  let isMad = false;
  const { x } = await connectedMove((_, { readPosition }) => ({
    readPosition: (signal) => (isMad ? Promise.resolve(answer as number) : readPosition(signal)),
  }));
  isMad = true;
  await expect(x.read()).rejects.toMatchObject({ code: 'instrument.protocol', instrument: 'x' });
  expect(x.state).toBe('faulted');
});

it('closes a driver that never answers its first question', async () => {
  let closed = 0;
  const spec = stubActuator(() => ({
    readPosition: () => new Promise(() => {}),
    close: async () => {
      closed++;
    },
  }))({ timeoutMs: 100 });
  const x = new DaqMove('x', spec, new VirtualClock());
  const shared = new SharedResources();
  await expect(x.connect({ share: shared.share.bind(shared) })).rejects.toMatchObject({ code: 'instrument.timeout' });
  expect(closed).toBe(1);
});

it('never takes a late answer for the answer to a later command', async () => {
  const late: ((moving: boolean) => void)[] = [];
  let silent = true;
  const { x, clock } = await connectedMove(
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
  const { x } = await connectedMove(() => ({
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
  const { x, clock, driver } = await connectedMove(slow);
  const move = x.move(5);
  await clock.sleep(100);
  const closing = x.close();
  await expect(move).rejects.toMatchObject({ code: 'module.stopped' });
  expect(await closing).toBeUndefined();
  expect(driver.calls).toEqual(['startMove 5', 'stop', 'close']);
  expect(x.state).toBe('offline');
});

it('stops an axis that did not arrive in time before it lets go', async () => {
  const { x, driver } = await connectedMove(() => ({ isMoving: async () => true }), { timeoutMs: 100 });
  await expect(x.move(5)).rejects.toMatchObject({ code: 'instrument.timeout' });
  await x.close();
  expect(driver.calls).toEqual(['startMove 5', 'stop', 'close']);
});

it('closes the driver of an axis that does not answer to the stop', async () => {
  const { x, clock, driver } = await connectedMove(
    () => ({ isMoving: async () => true, stop: () => new Promise(() => {}) }),
    { timeoutMs: 100 },
  );
  x.move(5).catch(() => undefined);
  expect(await x.close()).toMatchObject({ code: 'instrument.timeout', instrument: 'x' });
  await clock.sleep(0);
  expect(driver.calls.at(-1)).toBe('close');
});

it('tells that a motor could not be stopped, and closes all the same', async () => {
  const { x, driver } = await connectedMove(() => ({
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
