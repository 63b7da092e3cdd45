import { Subject } from 'rxjs';
import { expect, it } from 'vitest';
import type { Logged, LogSink, LogStreams } from '../contracts/log-sink.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { lab } from '../lab/lab.ts';
import type { LabEvent } from '../lab/lab-event.ts';
import type { BoundedQueue } from '../streams/bounded-queue.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';

const START = Date.UTC(2026, 0, 1);

/** Keeps what it is fed with: one entry per recording. */
function sinkInMemory() {
  const places: { values: string[]; lines: string[]; ended: boolean }[] = [];
  const take = async <T>(queue: BoundedQueue<T>, keep: (value: T) => void) => {
    for await (const value of queue) keep(value);
  };
  const sink: LogSink = {
    begin: async ({ detectors, actuators, log$ }: LogStreams) => {
      const place = { values: [] as string[], lines: [] as string[], ended: false };
      places.push(place);
      log$.subscribe(({ source, text }) => place.lines.push(`${source}: ${text}`));
      const feeds = [
        ...detectors.map(({ module, frames }) =>
          take(frames, ({ timestamp }) => place.values.push(`${module.name} ${timestamp * 1000 - START}`)),
        ),
        ...actuators.map(({ module, positions }) =>
          take(positions, ({ position, atEpochMs }) =>
            place.values.push(`${module.name} ${atEpochMs - START} ${position} ${module.units}`),
          ),
        ),
      ];
      return {
        file: `memory ${places.length}`,
        saved$: new Subject(),
        end: async () => {
          await Promise.all(feeds);
          place.ended = true;
        },
      };
    },
  };
  return { sink, places };
}

it('logs each module at its own pace, and all that happens as lines, until it is stopped', async () => {
  const clock = new VirtualClock(START);
  const bench = await lab({ x: stubActuator()({}), a: stubDetector()({}), b: stubDetector()({}) }, { clock });
  const { sink, places } = sinkInMemory();
  const logger = await bench.log({
    modules: [
      { module: bench.x, everyMs: 50 },
      { module: bench.a, everyMs: 40 },
      { module: bench.b, everyMs: 100 },
    ],
    to: sink,
  });
  await clock.sleep(110);
  await bench.x.home().catch(() => undefined);
  bench.tell('scan', { type: 'scanResumed' });
  await logger.stop();
  const valuesOf = (name: string) => places[0]?.values.filter((value) => value.startsWith(name));
  expect(valuesOf('a')).toEqual(['a 0', 'a 40', 'a 80']);
  expect(valuesOf('b')).toEqual(['b 0', 'b 100']);
  expect(valuesOf('x')).toEqual(['x 0 0 mm', 'x 50 0 mm', 'x 100 0 mm']);
  expect(places[0]).toMatchObject({ ended: true, lines: ['scan: scanResumed'] });
  await clock.sleep(1000);
  expect(valuesOf('a')).toHaveLength(3);
  await bench.close();
  expect(clock.pending).toBe(0);
});

it('may be begun anew after it was stopped, with modules that go on meanwhile', async () => {
  const clock = new VirtualClock(START);
  const bench = await lab({ x: stubActuator()({}), a: stubDetector()({}) }, { clock });
  const { sink, places } = sinkInMemory();
  const modules = Object.values(bench.modules).map((module) => ({ module, everyMs: 100 }));
  for (const begin of [0, 1]) {
    const logger = await bench.log({ modules, to: sink });
    await clock.sleep(150);
    await logger.stop();
    expect([logger.isOver, logger.file, places[begin]?.ended]).toEqual([true, undefined, true]);
    await bench.getViewer('a').grab();
  }
  expect(places.map(({ values }) => values.filter((value) => value.startsWith('a')))).toEqual([
    ['a 0', 'a 100'],
    ['a 150', 'a 250'],
  ]);
  await bench.close();
  expect(clock.pending).toBe(0);
});

it('leaves a gap while a module is away, goes on once it is back, and logs the others meanwhile', async () => {
  const clock = new VirtualClock(START);
  let isThere = true;
  const a = stubDetector(undefined, () => ({
    grab: async () => {
      if (isThere) return [new DataWithAxes({ name: 'signal', data: [1] })];
      throw new DaqtorError('instrument.gone', { problem: 'unplugged' });
    },
  }))({});
  const bench = await lab({ a, b: stubDetector()({}) }, { clock, reconnect: { firstMs: 500, factor: 1 } });
  const { sink, places } = sinkInMemory();
  const everyMs = 100;
  await bench.log({
    modules: [
      { module: bench.a, everyMs },
      { module: bench.b, everyMs },
    ],
    to: sink,
  });
  await clock.sleep(150);
  isThere = false;
  await clock.sleep(100);
  isThere = true;
  await clock.sleep(700);
  await bench.close();
  const times = (name: string) =>
    places[0]?.values.filter((value) => value.startsWith(name)).map((value) => Number(value.split(' ')[1]));
  expect(times('a')).toEqual([0, 100, 700, 800, 900]);
  expect(times('b')).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
  expect(places[0]?.lines).toEqual([
    expect.stringContaining('a: [a] unplugged'),
    'a: connecting again in 500 ms, attempt 1',
    'a: connected',
    'a: connected again after 500 ms',
  ]);
  expect(places[0]?.ended).toBe(true);
});

it('begins a new file at an interval or when told, and loses and doubles nothing', async () => {
  const clock = new VirtualClock(START);
  const events: LabEvent[] = [];
  const bench = await lab({ a: stubDetector()({}) }, { clock, onEvent: (event) => events.push(event) });
  const { sink, places } = sinkInMemory();
  const modules = [{ module: bench.a, everyMs: 10 }];
  const logger = await bench.log({ modules, to: sink, rotateEveryMs: 100 });
  await clock.sleep(205);
  await logger.rotate();
  await clock.sleep(20);
  await bench.close();
  expect(places.map(({ ended }) => ended)).toEqual([true, true, true, true]);
  const all = places.flatMap(({ values }) => values);
  expect(all).toEqual(Array.from({ length: 23 }, (_, i) => `a ${10 * i}`));
  expect(events.filter(({ source }) => source === 'log').map(({ type }) => type)).toEqual([
    ...Array.from({ length: 4 }, () => ['logBegan', 'logEnded']).flat(),
  ]);
});

it('tells that no further file could be begun, and holds no module back', async () => {
  const clock = new VirtualClock(START);
  const events: LabEvent[] = [];
  const bench = await lab({ a: stubDetector()({}) }, { clock, onEvent: (event) => events.push(event) });
  const { sink } = sinkInMemory();
  const full: LogSink = { begin: () => Promise.reject(new DaqtorError('save.failed', { problem: 'disk full' })) };
  let to = sink;
  const logger = await bench.log({
    modules: [{ module: bench.a, everyMs: 1 }],
    to: { begin: (streams, clock) => to.begin(streams, clock) },
    rotateEveryMs: 50,
  });
  to = full;
  await clock.sleep(20_000);
  expect(events.filter(({ type }) => type === 'grabbed').length).toBeGreaterThan(19_000);
  expect(events.find(({ type }) => type === 'logFailed')).toMatchObject({ error: { code: 'save.failed' } });
  await logger.stop();
  await bench.close();
});

it('does not let a module wait for a log that cannot be saved any more', async () => {
  const clock = new VirtualClock(START);
  const bench = await lab({ a: stubDetector()({}), b: stubDetector()({}) }, { clock });
  const saved$ = new Subject<never>();
  const begin = async () => ({ file: 'memory', saved$, end: async () => {} });
  const modules = [bench.a, bench.b].map((module) => ({ module, everyMs: 1 }));
  const logger = await bench.log({ modules, to: { begin } });
  saved$.error(new DaqtorError('save.failed', { problem: 'disk full' }));
  let grabs = 0;
  bench.a.data.live$.subscribe(() => grabs++);
  await clock.sleep(10_000);
  expect(grabs).toBeGreaterThan(9990);
  await logger.stop();
  await bench.close();
});

it('refuses what cannot be logged', async () => {
  const clock = new VirtualClock();
  const bench = await lab({ x: stubActuator()({}), a: stubDetector()({}) }, { clock });
  const { sink } = sinkInMemory();
  await expect(bench.log({ modules: [{ module: bench.a, everyMs: 0 }], to: sink })).rejects.toMatchObject({
    code: 'lab.settings',
  });
  await bench.close();
  await expect(bench.log({ modules: [{ module: bench.x, everyMs: 10 }], to: sink })).rejects.toMatchObject({
    code: 'module.state',
  });
  expect(clock.pending).toBe(0);
});

it('tells what became durable, in one event for all values of a module that did so at once', async () => {
  const clock = new VirtualClock(START);
  const saved$ = new Subject<Logged>();
  const sink: LogSink = { begin: async () => ({ file: 'memory', saved$, end: async () => {} }) };
  const told: string[] = [];
  const onEvent = (event: LabEvent) =>
    void (event.type === 'saved' && told.push(`${event.source}: ${event.module} ${event.values}`));
  const bench = await lab({ a: stubDetector()({}) }, { clock, onEvent });
  const logger = await bench.log({ modules: [{ module: bench.a, everyMs: 1000 }], to: sink });
  for (const module of ['a', 'b', 'a']) saved$.next({ module, atEpochMs: START });
  expect(told).toEqual([]);
  await clock.turn();
  saved$.next({ module: 'a', atEpochMs: START });
  await logger.stop();
  expect(told).toEqual(['log: a 2', 'log: b 1', 'log: a 1']);
  expect(logger.saved('a')).toBe(3);
  await bench.close();
});
