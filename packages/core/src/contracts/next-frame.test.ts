import { expect, it } from 'vitest';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { connectedViewer } from '../testing/connected-viewer.ts';
import { describeDetectorDriver } from '../testing/describe-detector-driver.ts';
import type { Clock } from '../time/clock.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import type { DetectorDriver } from './detector-driver.ts';
import { nextFrame } from './next-frame.ts';

/** A detector that measures when it is triggered, every 100 ms, and calls back. */
function triggered(clock: Clock): Required<Pick<DetectorDriver, 'live'>> & { triggers: number } {
  const detector = {
    triggers: 0,
    live: async (deliver: (data: readonly DataWithAxes[]) => void, signal: AbortSignal) => {
      for (;;) {
        await clock.sleep(100, signal);
        deliver([new DataWithAxes({ name: 'signal', data: [++detector.triggers] })]);
      }
    },
  };
  return detector;
}

describeDetectorDriver('a detector that calls back', async () => {
  const { live } = triggered(new VirtualClock());
  return { driver: { live, grab: nextFrame(live), close: async () => {} } };
});

it('grabs what comes with the next trigger, and lets the instrument rest then', async () => {
  let detector: ReturnType<typeof triggered> | undefined;
  const { meter, clock } = await connectedViewer(({ clock }) => {
    detector = triggered(clock);
    return { grab: nextFrame(detector.live) };
  });
  expect((await meter.grab()).get('signal')?.data[0]?.[0]).toBe(1);
  await clock.sleep(1000);
  expect(detector?.triggers).toBe(1);
});

it('says so when the instrument stops before it has measured', async () => {
  const { meter } = await connectedViewer(() => ({ grab: nextFrame(async () => {}) }));
  await expect(meter.grab()).rejects.toMatchObject({ code: 'instrument.fault', instrument: 'meter' });
});

it('gives up when no trigger comes in time', async () => {
  const never: DetectorDriver['live'] = (_, signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const { meter } = await connectedViewer(() => ({ grab: nextFrame(never) }), { timeoutMs: 100 });
  await expect(meter.grab()).rejects.toMatchObject({ code: 'instrument.timeout' });
});
