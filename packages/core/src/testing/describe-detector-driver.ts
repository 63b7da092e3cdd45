import { describe, expect, it } from 'vitest';
import { viewerOnTrial, viewerTransitions } from '../actors/testing/viewer-on-trial.ts';
import { walk } from '../actors/testing/walk-module.ts';
import type { DetectorDriver } from '../contracts/detector-driver.ts';
import { nextFrame } from '../contracts/next-frame.ts';
import type { DataWithAxes } from '../data/data-with-axes.ts';
import { tryLiveSettings } from './try-live-settings.ts';

/** A detector driver, connected, ready to be tried. */
export interface DetectorOnTrial {
  readonly driver: DetectorDriver;
  /** A change of each setting that it can change while it is connected, with all others as they are. */
  readonly adjusted?: Readonly<Record<string, unknown>>;
  /** Lets go of what the driver talks to (a port, a simulator). */
  dispose?(): Promise<void>;
}

/**
 * The behaviour that every `DetectorDriver` owes DAQ_Viewer. Call it from the driver's own test file.
 *
 * @param open - a fresh driver for each test, within the test's time limit
 */
export function describeDetectorDriver(name: string, open: () => Promise<DetectorOnTrial>): void {
  const never = new AbortController().signal;
  const trial = (behaviour: string, body: (driver: DetectorDriver) => Promise<void>) =>
    it(behaviour, async () => {
      const { driver, dispose } = await open();
      try {
        await body(driver);
      } finally {
        await driver.close();
        await dispose?.();
      }
    });

  describe(`DetectorDriver contract: ${name}`, () => {
    trial('gives data under distinct names', async (driver) => {
      const data = await driver.grab(never);
      expect(data.length).toBeGreaterThan(0);
      expect(new Set(data.map(({ name }) => name)).size).toBe(data.length);
    });

    trial('keeps names, shapes and units from grab to grab', async (driver) => {
      const looks = async () =>
        (await driver.grab(never)).map(({ name, shape, units, labels }) => ({ name, shape, units, labels }));
      expect(await looks()).toEqual(await looks());
    });

    trial('hands over arrays of its own with each grab', async (driver) => {
      const [first] = await driver.grab(never);
      const copy = first?.data.map((array) => array.slice());
      const [second] = await driver.grab(never);
      expect(first?.data).toEqual(copy);
      expect(second?.data[0]).not.toBe(first?.data[0]);
    });

    trial('rejects with the reason when a grab is aborted, and grabs again', async (driver) => {
      const abort = new AbortController();
      const reason = new Error('enough');
      const grab = driver.grab(abort.signal);
      abort.abort(reason);
      await expect(grab).rejects.toBe(reason);
      expect((await driver.grab(never)).length).toBeGreaterThan(0);
    });

    trial('tells, if it can, how long a grab takes', async (driver) => {
      if (!driver.grabMs) return;
      expect(driver.grabMs()).toBeGreaterThanOrEqual(0);
      expect(driver.grabMs()).toBeLessThan(Number.POSITIVE_INFINITY);
    });

    trial('averages by itself, if it can, into data of the same names, shapes and units', async (driver) => {
      if (!driver.grabMean) return;
      const looks = (data: readonly DataWithAxes[]) => data.map(({ name, shape, units }) => ({ name, shape, units }));
      expect(looks(await driver.grabMean(3, never))).toEqual(looks(await driver.grab(never)));
    });

    trial('runs freely, if it can, until it is aborted, then gives nothing more and grabs again', async (driver) => {
      if (!driver.live) return;
      const abort = new AbortController();
      let frames = 0;
      const distinct = new Set<unknown>();
      await driver
        .live(
          (data) => {
            frames++;
            distinct.add(data[0]?.data[0]);
            if (frames === 3) abort.abort(new Error('enough'));
          },
          abort.signal,
          () => undefined,
        )
        .catch((error: unknown) => expect(error).toBe(abort.signal.reason));
      expect(frames).toBe(3);
      expect(distinct.size).toBe(3);
      expect((await driver.grab(never)).length).toBeGreaterThan(0);
      expect(frames).toBe(3);
    });

    it('takes new settings, if it can, and grabs as before', async () => {
      const { driver, adjusted, dispose } = await open();
      try {
        await tryLiveSettings(driver.adjust, adjusted);
        expect((await driver.grab(never)).length).toBeGreaterThan(0);
        if (driver.live) expect((await nextFrame(driver.live.bind(driver))(never)).length).toBeGreaterThan(0);
      } finally {
        await driver.close();
        await dispose?.();
      }
    });

    it('leads DAQ_Viewer through every transition of its life', async () => {
      for (const transition of viewerTransitions()) await walk(transition, await viewerOnTrial(open));
    });

    trial('may be closed twice', async (driver) => {
      await driver.close();
      await expect(driver.close()).resolves.toBeUndefined();
    });
  });
}
