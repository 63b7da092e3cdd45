import { describe, expect, it } from 'vitest';
import type { DetectorDriver } from '../contracts/detector-driver.ts';

/** A detector driver, connected, ready to be tried. */
export interface DetectorOnTrial {
  readonly driver: DetectorDriver;
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

    trial('may be closed twice', async (driver) => {
      await driver.close();
      await expect(driver.close()).resolves.toBeUndefined();
    });
  });
}
