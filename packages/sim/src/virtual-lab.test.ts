import { type ConnectContext, DaqtorError, DataWithAxes, defineDetector, type WirePort } from '@daqtor/core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { echoInstrument } from './testing/echo-instrument.ts';
import { virtualLab } from './virtual-lab.ts';

/** A driver that asks an echo for one byte at each grab. */
const echo = (port: WirePort) =>
  defineDetector({
    kind: 'echo',
    title: 'Echo',
    settings: z.object({}),
    async connect(_, { signal, clock }: ConnectContext) {
      let isGone = false;
      let heard = () => {};
      const wire = await port.open(
        {
          received: () => heard(),
          gone: () => {
            isGone = true;
          },
        },
        signal,
      );
      return {
        async grab() {
          if (isGone) throw new DaqtorError('instrument.gone', { problem: 'the wire is gone' });
          const answer = new Promise<void>((resolve) => {
            heard = resolve;
          });
          await wire.send(Uint8Array.of(1));
          await answer;
          return [new DataWithAxes({ name: 'time', data: [clock.now()] })];
        },
        close: () => wire.close(),
      };
    },
  })({});

async function hourWith(seed: number) {
  const lab = await virtualLab(
    ({ wire }) => ({ a: echo(wire('a', echoInstrument())), b: echo(wire('b', echoInstrument())) }),
    { seed, reconnect: { firstMs: 100 } },
  );
  const { bench, clock, events } = lab;
  lab.loseLinks({ count: 5, withinMs: 3_600_000, awayMs: [15_000, 30_000] });
  for (let minute = 0; minute < 620; minute++) {
    for (const module of [bench.a, bench.b]) if (module.state === 'idle') await module.grab().catch(() => undefined);
    await clock.sleep(6000);
  }
  const states = [bench.a.state, bench.b.state];
  await bench.close();
  expect(clock.pending).toBe(0);
  return { states, told: events.map(({ atEpochMs, source, type }) => `${atEpochMs} ${source} ${type}`) };
}

it('loses as many links as asked, each of which comes back, and tells the same for one seed only', async () => {
  const [first, second, other] = [await hourWith(1), await hourWith(1), await hourWith(2)];
  expect(first.told.filter((line) => line.endsWith(' reconnected'))).toHaveLength(5);
  expect(first.states).toEqual(['idle', 'idle']);
  expect(second.told).toEqual(first.told);
  expect(other.told).not.toEqual(first.told);
});
