import { VirtualClock } from '@daqtor/core';
import { expect, it } from 'vitest';
import { echoInstrument } from '../testing/echo-instrument.ts';
import { faultyInstrument } from './faulty-instrument.ts';
import type { WireFaults } from './wire-faults.ts';

/** What comes back of 'abc', and when each piece did. */
async function answered(faults: WireFaults, cutAfterMs = Number.POSITIVE_INFINITY) {
  const clock = new VirtualClock();
  const pieces: [number, string][] = [];
  const session = faultyInstrument(echoInstrument(), clock, faults).connect((bytes) =>
    pieces.push([clock.now(), Buffer.from(bytes).toString()]),
  );
  session.receive(Buffer.from('abc\n'));
  if (Number.isFinite(cutAfterMs)) clock.setTimeout(() => session.disconnect(), cutAfterMs);
  await clock.sleep(1000);
  return pieces;
}

it('takes its time in both directions', async () => {
  expect((await answered({ latencyMs: 5 }))[0]?.[0]).toBe(10);
});

it('cuts what it sends into pieces, and loses none of it', async () => {
  const whole = (await answered({})).map(([, text]) => text).join('');
  const pieces = (await answered({ fragmentBytes: 1 })).map(([, text]) => text);
  expect(pieces.every(({ length }) => length === 1)).toBe(true);
  expect(pieces.join('')).toBe(whole);
});

it('sends back first what it got, as a line with local echo', async () => {
  expect((await answered({ echo: true }))[0]?.[1]).toBe('abc\n');
});

it('says nothing any more to a host that is gone', async () => {
  expect(await answered({ latencyMs: 5 }, 7)).toEqual([]);
});

it('still hears what a host sent just before it left', async () => {
  const clock = new VirtualClock();
  const happened: string[] = [];
  const session = faultyInstrument(
    {
      title: 'listener',
      connect: () => ({
        receive: (bytes) => happened.push(Buffer.from(bytes).toString()),
        disconnect: () => happened.push('disconnected'),
      }),
    },
    clock,
    { latencyMs: 5 },
  ).connect(() => undefined);
  session.receive(Buffer.from('REMOTE\n'));
  session.disconnect();
  await clock.sleep(10);
  expect(happened).toEqual(['REMOTE\n', 'disconnected']);
});
