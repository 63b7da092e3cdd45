import { describe, expect, it } from 'vitest';
import { DataToExport } from '../data/data-to-export.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { linear } from '../roi/region.ts';
import { roi } from '../roi/roi.ts';
import { connectedViewer } from '../testing/connected-viewer.ts';

it('signs data with its name and the time of the grab', async () => {
  const { meter, clock } = await connectedViewer();
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
  const { meter } = await connectedViewer();
  const sink = meter.data.attach({ maxItems: 4 });
  const grabbed = await meter.grab();
  expect(sink.tryTake()).toBe(grabbed);
});

it('turns a driver that throws into an error with its cause, and grabs again', async () => {
  const cause = new Error('sensor on fire');
  let grabs = 0;
  const { meter } = await connectedViewer(() => ({
    grab: async () => {
      if (grabs++ === 0) throw cause;
      return [new DataWithAxes({ name: 'a', data: [1] })];
    },
  }));
  await expect(meter.grab()).rejects.toMatchObject({ instrument: 'meter', code: 'instrument.fault', cause });
  expect((await meter.grab()).data).toHaveLength(1);
});

it('faults when a grab never ends, and aborts it', async () => {
  let signal: AbortSignal | undefined;
  const { meter, clock } = await connectedViewer(
    () => ({
      grab: (given) => {
        signal = given;
        return new Promise(() => {});
      },
    }),
    { timeoutMs: 400 },
  );
  await expect(meter.grab()).rejects.toMatchObject({ code: 'instrument.timeout', instrument: 'meter' });
  expect(clock.now()).toBe(400);
  expect(signal?.aborted).toBe(true);
  expect(meter.state).toBe('faulted');
});

it('refuses two data objects of one name', async () => {
  const one = new DataWithAxes({ name: 'a', data: [1] });
  const { meter } = await connectedViewer(() => ({ grab: async () => [one, one] }));
  await expect(meter.grab()).rejects.toMatchObject({ message: expect.stringContaining('same name') });
});

it('rejects a grab that is under way when it is closed', async () => {
  const { meter } = await connectedViewer(() => ({ grab: () => new Promise(() => {}) }));
  const grab = meter.grab();
  const closing = meter.close();
  await expect(grab).rejects.toMatchObject({ code: 'module.stopped' });
  expect(await closing).toBeUndefined();
  expect(meter.state).toBe('offline');
});

describe('a mean', () => {
  const counting = () => {
    let grabs = 0;
    return async () => [new DataWithAxes({ name: 'a', data: [grabs++] })];
  };

  it('is taken of as many grabs as the setting says, or the call', async () => {
    const { meter } = await connectedViewer(() => ({ grab: counting() }), { average: 3 });
    const three = await meter.grab();
    expect(three.get('a')?.data[0]?.[0]).toBe(1);
    expect(three.get('a')?.errors?.[0]?.[0]).toBeCloseTo(Math.sqrt(1 / 3), 12);
    expect((await meter.grab({ average: 1 })).get('a')).toMatchObject({
      data: [Float64Array.of(3)],
      errors: undefined,
    });
  });

  it('is dated by its first grab', async () => {
    const { meter } = await connectedViewer(({ clock }) => ({ grab: () => clock.sleep(500).then(counting()) }), {
      average: 4,
    });
    expect((await meter.grab()).timestamp).toBe(Date.UTC(2026, 0, 1) / 1000);
  });

  it('is left to the instrument where it can take one', async () => {
    const asked: number[] = [];
    const { meter } = await connectedViewer(
      () => ({
        grab: () => Promise.reject(new Error('not this')),
        grabMean: async (count) => {
          asked.push(count);
          return [new DataWithAxes({ name: 'a', data: [42] })];
        },
      }),
      { average: 16 },
    );
    expect((await meter.grab()).get('a')?.data[0]?.[0]).toBe(42);
    expect(asked).toEqual([16]);
  });

  it('has its time for every grab, not for all of them', async () => {
    const { meter, clock } = await connectedViewer(({ clock }) => ({ grab: () => clock.sleep(90).then(counting()) }), {
      average: 10,
      timeoutMs: 100,
    });
    await meter.grab();
    expect(clock.now()).toBe(900);
  });

  it('refuses to be taken of half a grab', async () => {
    const { meter } = await connectedViewer();
    await expect(meter.grab({ average: 0.5 })).rejects.toMatchObject({ code: 'lab.settings', instrument: 'meter' });
    expect(meter.state).toBe('idle');
  });
});

describe('a background', () => {
  const curves =
    (...values: number[]) =>
    async () => [new DataWithAxes({ name: 'curve', data: [Uint16Array.of(values.shift() ?? 0, 0)] })];

  it('is taken, goes with every grab and is forgotten again, and the data stay as they were measured', async () => {
    const { meter } = await connectedViewer(() => ({ grab: curves(3, 10, 11) }));
    const sink = meter.data.attach({ maxItems: 10 });
    const taken = await meter.background.take();
    expect(sink.size).toBe(0);
    const grabbed = await meter.grab();
    expect(grabbed.get('curve')?.data[0]).toEqual(Uint16Array.of(10, 0));
    expect(grabbed.background).toBe(taken);
    meter.background.forget();
    expect((await meter.grab()).background).toBeUndefined();
  });

  it('is subtracted in what is shown, unless that is not wanted', async () => {
    const { meter } = await connectedViewer(() => ({ grab: curves(3, 10) }));
    await meter.background.take();
    const shown: number[] = [];
    meter.shown$().subscribe((frame) => shown.push(Number(frame.get('curve')?.data[0]?.[0])));
    meter.shown$({ subtract: false }).subscribe((frame) => shown.push(Number(frame.get('curve')?.data[0]?.[0])));
    await meter.grab();
    expect(shown).toEqual([7, 10]);
  });

  it('is subtracted before regions of interest look', async () => {
    const { meter } = await connectedViewer(() => ({ grab: curves(3, 10) }));
    meter.rois = [roi('peak', linear(0, 0))];
    await meter.background.take();
    expect((await meter.grab()).get('curve peak mean')).toMatchObject({
      data: [Float64Array.of(7)],
      source: 'calculated',
    });
  });

  it('can be one of another day, and must fit', async () => {
    const { meter } = await connectedViewer(() => ({ grab: curves(10, 10) }));
    meter.rois = [roi('peak', linear(0, 0))];
    meter.background.keep(
      new DataToExport({ name: 'meter', data: [new DataWithAxes({ name: 'curve', data: [new Float64Array(3)] })] }),
    );
    await expect(meter.grab()).rejects.toMatchObject({ code: 'data.shape', instrument: 'meter' });
    expect(meter.state).toBe('idle');
  });
});

describe('an overshoot', () => {
  const volts =
    (...values: number[]) =>
    async () => [new DataWithAxes({ name: 'signal', data: [values.shift() ?? 0], units: 'V' })];

  it.each([
    [5, []],
    [5.1, [{ name: 'signal', label: 'CH00', value: 5.1, limit: 5, units: 'V' }]],
    [-1, []],
    [-1.1, [{ name: 'signal', label: 'CH00', value: -1.1, limit: -1, units: 'V' }]],
    [Number.NaN, []],
  ])('is told for %d V with limits of -1 and 5 V', async (value, expected) => {
    const { meter } = await connectedViewer(() => ({ grab: volts(value) }), { overshoot: { above: 5, below: -1 } });
    const told: unknown[] = [];
    meter.actor.on('overshot', ({ overshoot }) => told.push(overshoot));
    await meter.grab();
    expect(told).toEqual(expected);
  });

  it('is told when it begins on live data, and again when it comes back', async () => {
    const { meter, clock, facts } = await connectedViewer(() => ({ grab: volts(0, 9, 9, 0, 9, 9) }), {
      overshoot: { above: 5 },
    });
    meter.live({ everyMs: 10 });
    await clock.sleep(55);
    await meter.stop();
    expect(facts.filter((fact) => fact === 'overshot')).toHaveLength(2);
  });

  it('is looked for in the data that are named', async () => {
    const { meter, facts } = await connectedViewer(() => ({ grab: volts(9) }), {
      overshoot: { above: 5, of: 'other' },
    });
    await meter.grab();
    expect(facts).not.toContain('overshot');
  });
});

describe('what is shown', () => {
  it('is the newest, not more often than asked for; every frame is saved all the same', async () => {
    const { meter, clock } = await connectedViewer();
    const sink = meter.data.attach({ maxItems: 1000 });
    let shown = 0;
    meter.shown$({ everyMs: 100 }).subscribe(() => shown++);
    meter.live({ everyMs: 5 });
    await clock.sleep(1000);
    await meter.stop();
    expect(sink.size).toBeGreaterThanOrEqual(200);
    expect(shown).toBeLessThanOrEqual(11);
  });

  it('can be the mean of all frames since the live grab began', async () => {
    const { meter, clock } = await connectedViewer();
    const shown: unknown[] = [];
    meter.shown$({ everyMs: 1, mean: true }).subscribe((frame) => shown.push(frame.get('signal')?.data[0]?.[0]));
    for (let i = 0; i < 2; i++) {
      meter.live({ everyMs: 10 });
      await clock.sleep(25);
      await meter.stop();
    }
    expect(shown).toEqual([0, 0.5, 1, 3, 3.5, 4]);
  });
});

it.each([[undefined], [[1]], [{}], ['text'], [null]])('does not take %j for data', async (given) => {
  const { meter } = await connectedViewer(() => ({ grab: async () => given as never }));
  await expect(meter.grab()).rejects.toMatchObject({ code: 'instrument.protocol', instrument: 'meter' });
  expect(meter.state).toBe('faulted');
});

it('rejects a grab that is stopped, and grabs again', async () => {
  const { meter, clock, facts } = await connectedViewer(({ clock }) => ({
    grab: (signal) => clock.sleep(1000, signal).then(() => [new DataWithAxes({ name: 'a', data: [1] })]),
  }));
  const grab = meter.grab();
  const stopping = meter.stop();
  await expect(grab).rejects.toMatchObject({ code: 'module.stopped', instrument: 'meter' });
  await stopping;
  expect(clock.now()).toBe(0);
  expect((await meter.grab()).data).toHaveLength(1);
  expect(facts).toEqual(['connected', 'stopped', 'grabbed']);
});
