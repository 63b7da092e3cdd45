import { describe, expect, it } from 'vitest';
import { moveOnTrial, moveTransitions } from '../actors/testing/move-on-trial.ts';
import { walk } from '../actors/testing/walk-module.ts';
import type { ActuatorDriver } from '../contracts/actuator-driver.ts';
import type { Clock } from '../time/clock.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { checkUnits } from '../units/units.ts';
import { tryLiveSettings } from './try-live-settings.ts';

/** What asking takes until the end of a move is noticed. */
const NOTICED_MS = 100;

/** An actuator driver, connected and at rest, ready to be tried. */
export interface ActuatorOnTrial {
  readonly driver: ActuatorDriver;
  readonly clock: Clock;
  /** Two positions that it can reach, in its units; a move between them takes some time. */
  readonly targets: readonly [number, number];
  /** Largest accepted distance between target and read-back, in its units. */
  readonly epsilon: number;
  /** A change of each setting that it can change while it is connected, with all others as they are. */
  readonly adjusted?: Readonly<Record<string, unknown>>;
  /** For a driver in memory whose answers are there before they could be aborted. */
  readonly answersAtOnce?: boolean;
  /** Lets go of what the driver talks to (a port, a simulator). */
  dispose?(): Promise<void>;
}

/**
 * The behaviour that every `ActuatorDriver` owes DAQ_Move. Call it from the driver's own test file.
 *
 * @param open - a fresh driver for each test, within the test's time limit
 */
export function describeActuatorDriver(name: string, open: () => Promise<ActuatorOnTrial>): void {
  const never = new AbortController().signal;
  const trial = (behaviour: string, body: (trial: ActuatorOnTrial) => Promise<void>) =>
    it(behaviour, async () => {
      const one = await open();
      try {
        await body(one);
      } finally {
        await one.driver.close();
        await one.dispose?.();
      }
    });
  const rest = async ({ driver, clock }: ActuatorOnTrial) => {
    while (await driver.isMoving(never)) await clock.sleep(10);
    return await driver.readPosition(never);
  };

  describe(`ActuatorDriver contract: ${name}`, () => {
    trial('speaks of positions in units that are known', async ({ driver }) => {
      expect(checkUnits(driver.units)).toBe(driver.units);
    });

    trial('is read back at its target once the controller says that it is done', async (one) => {
      for (const target of one.targets) {
        await one.driver.startMove(target, never);
        expect(Math.abs((await rest(one)) - target)).toBeLessThanOrEqual(one.epsilon);
      }
    });

    trial('comes to rest between start and target when it is stopped on the way', async (one) => {
      const [from, to] = one.targets;
      await one.driver.startMove(from, never);
      await rest(one);
      await one.driver.startMove(to, never);
      expect(await one.driver.isMoving(never)).toBe(true);
      await one.driver.stop(never);
      const position = await rest(one);
      expect(Math.abs(position - to)).toBeGreaterThan(one.epsilon);
      expect(Math.abs((await one.driver.readPosition(never)) - position)).toBeLessThanOrEqual(one.epsilon);
    });

    trial('tells, if it can, when it has come to rest, and at once when it is there already', async (one) => {
      const { driver, targets, epsilon } = one;
      if (!driver.whenAtRest) return;
      for (const target of targets) {
        await driver.startMove(target, never);
        await driver.whenAtRest(never);
        expect(await driver.isMoving(never)).toBe(false);
        expect(Math.abs((await driver.readPosition(never)) - target)).toBeLessThanOrEqual(epsilon);
      }
      await driver.whenAtRest(never);
    });

    trial('tells, if it can, how long a move takes: longer for a longer way, nothing for none', async (one) => {
      const { driver, targets } = one;
      if (!driver.moveMs) return;
      const [from, to] = targets;
      const wholeMs = driver.moveMs(from, to);
      expect(driver.moveMs(from, from)).toBe(0);
      expect(driver.moveMs(from, (from + to) / 2)).toBeLessThan(wholeMs);
      expect(wholeMs).toBeLessThan(Number.POSITIVE_INFINITY);
    });

    trial('takes a stop at rest as harmless', async (one) => {
      const before = await rest(one);
      await one.driver.stop(never);
      expect(Math.abs((await rest(one)) - before)).toBeLessThanOrEqual(one.epsilon);
    });

    trial('refuses a target beyond its own limits and does not move', async (one) => {
      const { limits } = one.driver;
      if (!limits) return;
      const before = await rest(one);
      const beyond = limits.max + (limits.max - limits.min);
      await expect(one.driver.startMove(beyond, never)).rejects.toMatchObject({ name: 'DaqtorError' });
      expect(Math.abs((await rest(one)) - before)).toBeLessThanOrEqual(one.epsilon);
    });

    trial('rejects with the reason when a call is aborted, and answers the next call rightly', async (one) => {
      if (one.answersAtOnce) return;
      const [target] = one.targets;
      await one.driver.startMove(target, never);
      await rest(one);
      const abort = new AbortController();
      const reading = one.driver.readPosition(abort.signal);
      const reason = new Error('enough');
      abort.abort(reason);
      await expect(reading).rejects.toBe(reason);
      expect(Math.abs((await one.driver.readPosition(never)) - target)).toBeLessThanOrEqual(one.epsilon);
    });

    trial('takes new settings, if it can, and moves as before', async (one) => {
      await tryLiveSettings(one.driver.adjust, one.adjusted);
      const [target] = one.targets;
      await one.driver.startMove(target, never);
      expect(Math.abs((await rest(one)) - target)).toBeLessThanOrEqual(one.epsilon);
    });

    trial('foresees, if it can, how long a move takes, also with new settings', async (one) => {
      const { driver, clock, targets, adjusted } = one;
      // Of real time, other processes take their share.
      if (!driver.moveMs || !(clock instanceof VirtualClock)) return;
      for (const change of [false, true]) {
        if (change) await tryLiveSettings(driver.adjust, adjusted);
        await driver.startMove(targets[0], never);
        await rest(one);
        const beganMs = clock.now();
        await driver.startMove(targets[1], never);
        await rest(one);
        const foreseenMs = driver.moveMs(...targets);
        expect(foreseenMs).toBeGreaterThan(0);
        expect(Math.abs(clock.now() - beganMs - foreseenMs)).toBeLessThan(0.05 * foreseenMs + NOTICED_MS);
      }
    });

    it('leads DAQ_Move through every transition of its life', async () => {
      const { driver, dispose } = await open();
      const canHome = driver.startHome !== undefined;
      await driver.close();
      await dispose?.();
      for (const transition of moveTransitions(canHome)) await walk(transition, await moveOnTrial(open));
    });

    trial('may be closed twice', async ({ driver }) => {
      await driver.close();
      await expect(driver.close()).resolves.toBeUndefined();
    });
  });
}
