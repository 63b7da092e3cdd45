import { expect, it } from 'vitest';
import type { DetectorDriver } from '../contracts/detector-driver.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { SharedResources } from '../lab/shared-resources.ts';
import { stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { DaqViewer } from './daq-viewer.ts';

async function connected(grab?: DetectorDriver['grab'], settings: { timeoutMs?: number } = {}) {
  const clock = new VirtualClock();
  const meter = new DaqViewer('meter', stubDetector(grab)(settings), clock);
  const shared = new SharedResources();
  await meter.connect({ share: shared.share.bind(shared) });
  return { meter, clock };
}

it('signs data with its name and the time of the grab', async () => {
  const { meter, clock } = await connected();
  await clock.sleep(2500);
  const grabbed = await meter.grab();
  expect(grabbed.name).toBe('meter');
  expect(grabbed.get('signal')).toMatchObject({
    origin: 'meter',
    timestamp: Date.UTC(2026, 0, 1) / 1000 + 2.5,
    units: 'V',
  });
});

it('gives each grab to everyone who listens, by reference', async () => {
  const { meter } = await connected();
  const sink = meter.data.attach({ maxItems: 4 });
  const grabbed = await meter.grab();
  expect(sink.tryTake()).toBe(grabbed);
});

it('turns a driver that throws into an error with its cause, and grabs again', async () => {
  const cause = new Error('sensor on fire');
  let grabs = 0;
  const { meter } = await connected(async () => {
    if (grabs++ === 0) throw cause;
    return [new DataWithAxes({ name: 'a', data: [1] })];
  });
  await expect(meter.grab()).rejects.toMatchObject({ instrument: 'meter', code: 'instrument.fault', cause });
  expect((await meter.grab()).data).toHaveLength(1);
});

it('faults when a grab never ends, and aborts it', async () => {
  let signal: AbortSignal | undefined;
  const { meter, clock } = await connected(
    (given) => {
      signal = given;
      return new Promise(() => {});
    },
    { timeoutMs: 400 },
  );
  await expect(meter.grab()).rejects.toMatchObject({ code: 'instrument.timeout', instrument: 'meter' });
  expect(clock.now()).toBe(400);
  expect(signal?.aborted).toBe(true);
  expect(meter.state).toBe('faulted');
});

it('refuses two data objects of one name', async () => {
  const one = new DataWithAxes({ name: 'a', data: [1] });
  const { meter } = await connected(async () => [one, one]);
  await expect(meter.grab()).rejects.toMatchObject({ message: expect.stringContaining('same name') });
});

it('rejects a grab that is under way when it is closed', async () => {
  const { meter } = await connected(() => new Promise(() => {}));
  const grab = meter.grab();
  const closing = meter.close();
  await expect(grab).rejects.toMatchObject({ code: 'module.stopped' });
  expect(await closing).toBeUndefined();
  expect(meter.state).toBe('offline');
});
