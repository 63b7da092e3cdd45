import { VirtualClock } from '@daqtor/core';
import { expect, it } from 'vitest';
import { memoryPort } from '../bench/memory-port.ts';
import { echoInstrument } from '../testing/echo-instrument.ts';
import { faultsByTime } from './fault-schedule.ts';
import { faultyInstrument } from './faulty-instrument.ts';
import { faultyPort } from './faulty-port.ts';

const SCHEDULE = [
  { fromMs: 2000, faults: { pulled: true } },
  { fromMs: 1000, faults: { latencyMs: 10 } },
  { fromMs: 3000, faults: {} },
];
const PERIOD_MS = 500;

it('lets an instrument suffer by the time, and heal', async () => {
  const clock = new VirtualClock();
  const heard: number[] = [];
  const faults = faultsByTime(SCHEDULE, clock);
  const session = faultyInstrument(echoInstrument(), clock, faults).connect(() => heard.push(clock.now()));
  for (let sentMs = 250; sentMs < 4000; sentMs += PERIOD_MS) {
    await clock.sleep(sentMs - clock.now());
    session.receive(Uint8Array.of(1));
  }
  await clock.sleep(100);
  expect(heard).toEqual([250, 750, 1270, 1770, 3250, 3750]);
});

it('pulls the cable of a port by the time', async () => {
  const clock = new VirtualClock();
  const port = faultyPort(memoryPort('echo', echoInstrument(), clock), clock);
  const gone: number[] = [];
  port.follow(SCHEDULE);
  const events = { received: () => undefined, gone: () => void gone.push(clock.now()) };
  await port.open(events, new AbortController().signal);
  await clock.sleep(2500);
  expect(gone).toEqual([2000]);
  expect(port.faults).toEqual({ pulled: true });
  await clock.sleep(1000);
  expect(port.faults).toEqual({});
});

it('holds bytes back until the timer of an FTDI converter ends, or a packet is full', async () => {
  const clock = new VirtualClock();
  const heard: [number, number][] = [];
  const session = faultyInstrument(echoInstrument(), clock, { timerMs: 16, fragmentBytes: 10 }).connect((bytes) =>
    heard.push([clock.now(), bytes.length]),
  );
  session.receive(new Uint8Array(5));
  await clock.sleep(10);
  session.receive(new Uint8Array(5));
  await clock.sleep(100);
  expect(heard).toEqual([[16, 10]]);
  session.receive(new Uint8Array(130));
  await clock.sleep(100);
  expect(heard.slice(1)).toEqual([
    [110, 62],
    [110, 62],
    [126, 6],
  ]);
});
