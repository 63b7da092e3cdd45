import { expect, it } from 'vitest';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { lab } from './lab.ts';
import type { LabEvent } from './lab-event.ts';
import type { LabOptions } from './lab-options.ts';

/** A lab with one axis whose cable can be pulled, and a meter that has nothing to do with it. */
async function labWithCable(options: Omit<LabOptions, 'clock' | 'onEvent'>) {
  const clock = new VirtualClock(0);
  const cable = { plugged: true, identity: 'Stage 1', position: 3, error: 'instrument.connect' as const };
  const x = {
    ...stubActuator((_, driver) => ({
      identity: cable.identity,
      readPosition: async () => {
        if (cable.plugged) return cable.position;
        throw new DaqtorError('instrument.gone', { problem: 'the wire is gone' });
      },
      stop: async () => {
        driver.calls.push('stop');
      },
    }))({}),
  };
  const connect = x.connect;
  x.connect = async (context) => {
    if (!cable.plugged) throw new DaqtorError('instrument.connect', { problem: 'no such port' });
    return await connect(context);
  };
  const events: LabEvent[] = [];
  const onEvent = (event: LabEvent) => events.push(event);
  const bench = await lab({ x, meter: stubDetector()({}) }, { clock, onEvent, ...options });
  const told = () => events.filter(({ source }) => source === 'x').map(({ atEpochMs, type }) => `${atEpochMs} ${type}`);
  return { bench, clock, cable, events, told };
}

it('connects a lost instrument again after longer and longer pauses, and says where it is then', async () => {
  const { bench, clock, cable, events, told } = await labWithCable({ reconnect: { firstMs: 100, longestMs: 300 } });
  cable.plugged = false;
  await expect(bench.x.read()).rejects.toMatchObject({ code: 'instrument.gone' });
  await clock.sleep(599);
  Object.assign(cable, { plugged: true, position: 4 });
  await clock.sleep(1);
  expect(bench.x.state).toBe('idle');
  expect(told()).toEqual([
    '0 connected',
    '0 faulted',
    '0 reconnecting',
    '100 faulted',
    '100 reconnecting',
    '300 faulted',
    '300 reconnecting',
    '600 connected',
    '600 reconnected',
  ]);
  expect(events.at(-1)).toMatchObject({ attempt: 3, awayMs: 600, was: 3, position: 4, units: 'mm' });
  expect(bench.meter.state).toBe('idle');
  await bench.close();
});

it('gives up after as many attempts as its policy says, and stays faulted', async () => {
  const { bench, clock, cable, events } = await labWithCable({ reconnect: { firstMs: 100, attempts: 2 } });
  cable.plugged = false;
  await bench.x.read().catch(() => undefined);
  await clock.sleep(60_000);
  expect(events.at(-1)).toMatchObject({ type: 'abandoned', attempts: 2 });
  expect(bench.x.state).toBe('faulted');
  await bench.close();
});

it('does not take another instrument for the one that was lost', async () => {
  const { bench, clock, cable, events } = await labWithCable({ reconnect: { firstMs: 100, attempts: 1 } });
  cable.plugged = false;
  await bench.x.read().catch(() => undefined);
  Object.assign(cable, { plugged: true, identity: 'Stage 2' });
  await clock.sleep(1000);
  expect(bench.x.state).toBe('faulted');
  expect(events.at(-1)).toMatchObject({
    type: 'abandoned',
    error: { message: expect.stringContaining('it was Stage 1, and is Stage 2') },
  });
  await bench.close();
});

it('leaves alone what its policy leaves out, and makes no attempt once the lab is closed', async () => {
  const alone = await labWithCable({ reconnect: {}, reconnectEach: { x: false } });
  alone.cable.plugged = false;
  await alone.bench.x.read().catch(() => undefined);
  expect(alone.told()).toEqual(['0 connected', '0 faulted']);
  await alone.bench.close();

  const closed = await labWithCable({ reconnect: {} });
  closed.cable.plugged = false;
  await closed.bench.x.read().catch(() => undefined);
  await closed.bench.close();
  await closed.clock.sleep(60_000);
  expect(closed.bench.x.state).toBe('offline');
  expect(closed.clock.pending).toBe(0);
});

it('does not take an instrument that cannot be let go cleanly for one that was lost', async () => {
  const clock = new VirtualClock(0);
  const told: string[] = [];
  const close = () => Promise.reject(new DaqtorError('instrument.gone', { problem: 'no answer' }));
  const a = stubDetector(undefined, () => ({ close }))({});
  const bench = await lab({ a }, { clock, reconnect: {}, onEvent: ({ type }) => told.push(type) });
  expect(await bench.close()).toHaveLength(1);
  expect(told).toEqual(['connected', 'faulted']);
  expect(clock.pending).toBe(0);
});

it('goes on without an instrument that does not answer, if that is wanted, and connects it once it does', async () => {
  const clock = new VirtualClock(0);
  let isThere = false;
  const spec = stubDetector()({});
  const { connect } = spec;
  const late = {
    ...spec,
    connect: async (context: Parameters<typeof connect>[0]) => {
      await clock.sleep(20);
      if (isThere) return await connect(context);
      throw new DaqtorError('instrument.connect', { problem: 'no such port' });
    },
  };
  const bench = await lab(
    { x: stubActuator()({}), late },
    { clock, whenMissing: 'goOn', reconnect: { firstMs: 1000, factor: 1 } },
  );
  expect(bench.connectReport).toMatchObject([
    { module: 'x', tookMs: 0, error: undefined },
    { module: 'late', tookMs: 20, error: { code: 'instrument.connect' } },
  ]);
  isThere = true;
  await clock.sleep(1100);
  expect(bench.late.state).toBe('idle');
  await bench.close();
});
