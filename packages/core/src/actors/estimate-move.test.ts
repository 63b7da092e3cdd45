import { expect, it } from 'vitest';
import { lab } from '../lab/lab.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';

/** Moves at 1 mm/s. */
const stage = (isTold: boolean) =>
  stubActuator(({ clock }) => {
    let [from, to, beganMs] = [0, 0, Number.NEGATIVE_INFINITY];
    const moveMs = (a: number, b: number) => 1000 * Math.abs(b - a);
    const leftMs = () => Math.max(0, beganMs + moveMs(from, to) - clock.now());
    return {
      moveMs,
      startMove: async (target) => {
        [from, to, beganMs] = [to, target, clock.now()];
      },
      isMoving: async () => leftMs() > 0,
      readPosition: async () => to,
      ...(isTold && { whenAtRest: (signal) => clock.sleep(leftMs(), signal) }),
    };
  });

it('foresees a move to the millisecond: the motion, when its end is noticed, the approach and the settling', async () => {
  for (const isTold of [false, true]) {
    for (const settings of [{}, { settleMs: 7 }, { pollMs: 3 }, { backlash: 0.2 }, { backlash: -0.2, settleMs: 5 }]) {
      const clock = new VirtualClock();
      const { x } = await lab({ x: stage(isTold)(settings) }, { clock });
      // The first move takes the play, which an estimate counts on.
      await x.move(0.5);
      for (const target of [0.55, 0.2, 0.213, 3, 2.9, 2.9]) {
        const foreseen = x.moveMs(x.position, target) ?? Number.NaN;
        const beganMs = clock.now();
        await x.move(target);
        expect(foreseen, JSON.stringify([isTold, settings, target])).toBeCloseTo(clock.now() - beganMs, 6);
      }
    }
  }
});

it('foresees nothing of an axis whose driver cannot tell', async () => {
  const { x } = await lab({ x: stubActuator()({}) });
  expect(x.moveMs(0, 1)).toBeUndefined();
});

it('expects the next grab to take what the driver says for each of its exposures, else what the last one took', async () => {
  const clock = new VirtualClock();
  const slow = stubDetector(undefined, () => ({ grabMs: () => 40 }));
  const bench = await lab({ told: slow({ average: 3 }), seen: stubDetector()({}) }, { clock });
  expect(bench.told.expected.grabMs).toBe(120);
  expect(bench.seen.expected).toEqual({});
  await bench.seen.grab();
  expect(bench.seen.expected).toMatchObject({ grabMs: 0, forms: [{ name: 'signal', shape: [1], bytes: 8 }] });
});
