import { type ConnectContext, type DetectorSpec, VirtualClock } from '@daqtor/core';
import { describeActuatorDriver, describeDetectorDriver } from '@daqtor/core/testing';
import { describe, expect, it } from 'vitest';
import { createSample } from '../physics/sample.ts';
import { mockActuator } from './mock-actuator.ts';
import { mockDetector } from './mock-detector.ts';
import { simulatedCamera } from './simulated-camera.ts';
import { simulatedSpectrometer } from './simulated-spectrometer.ts';

const { signal } = new AbortController();
const sample = createSample();

function contextOn(clock: VirtualClock): ConnectContext {
  return { name: 'it', clock, signal, share: () => Promise.reject(new Error('nothing is shared here')) };
}

async function grabOnce(spec: DetectorSpec) {
  const driver = await spec.connect(contextOn(new VirtualClock()));
  const [data] = await driver.grab(signal);
  if (!data) throw new Error('no data');
  return data;
}

const lookingAt = (x: number, y: number) => ({ sample, positionMm: () => [x, y] as const });

describe('simulatedSpectrometer', () => {
  it('gives counts over wavelength, fewer where the sample is dark', async () => {
    const bright = await grabOnce(simulatedSpectrometer(lookingAt(0, 0.6))({}));
    const dark = await grabOnce(simulatedSpectrometer(lookingAt(0.6, 0))({}));
    expect(bright).toMatchObject({ name: 'spectrum', shape: [512], units: 'count', dim: 'Data1D' });
    expect(bright.axes[0]).toMatchObject({ label: 'wavelength', units: 'nm', size: 512 });
    expect([bright.axes[0]?.data[0], bright.axes[0]?.data[511]]).toEqual([450, 650]);
    expect(Number(bright.data[0]?.[256])).toBeGreaterThan(5 * Number(dark.data[0]?.[256]));
  });

  it('sees the sample where it is in the middle of the exposure', async () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    const view = {
      sample,
      positionMm: () => {
        seen.push(clock.now());
        return [0, 0] as const;
      },
    };
    const driver = await simulatedSpectrometer(view)({ exposureMs: 40 }).connect(contextOn(clock));
    await driver.grab(signal);
    expect(seen).toEqual([20]);
    expect(clock.now()).toBe(40);
  });

  it('gives up the exposure when aborted', async () => {
    const clock = new VirtualClock();
    const driver = await simulatedSpectrometer(lookingAt(0, 0))({ exposureMs: 1000 }).connect(contextOn(clock));
    const abort = new AbortController();
    const reason = new Error('enough');
    clock.setTimeout(() => abort.abort(reason), 10);
    await expect(driver.grab(abort.signal)).rejects.toBe(reason);
    expect(clock.now()).toBe(10);
  });
});

describe('simulatedCamera', () => {
  it('gives an image in counts with axes in um, bright in the middle', async () => {
    const image = await grabOnce(simulatedCamera(lookingAt(0, 0.5))({}));
    expect(image).toMatchObject({ name: 'image', shape: [48, 64], units: 'count', dim: 'Data2D' });
    expect(image.axes.map(({ label, index, units, size }) => [label, index, units, size])).toEqual([
      ['y', 0, 'um', 48],
      ['x', 1, 'um', 64],
    ]);
    expect(image.axes[1]?.data[0]).toBe(-252);
    expect(image.data[0]).toBeInstanceOf(Uint16Array);
    expect(Number(image.data[0]?.[24 * 64 + 32])).toBeGreaterThan(5 * Number(image.data[0]?.[24 * 64 + 8]));
  });

  it('is the same for the same seed, but for shot noise for another', async () => {
    const imageOf = async (seed: number) => (await grabOnce(simulatedCamera(lookingAt(0, 0.5))({ seed }))).data[0];
    const [one, same, other] = [await imageOf(1), await imageOf(1), await imageOf(2)];
    expect(one).toEqual(same);
    const middle = 24 * 64 + 32;
    const difference = Math.abs(Number(one?.[middle]) - Number(other?.[middle]));
    expect(one).not.toEqual(other);
    expect(difference).toBeLessThan(6 * Math.sqrt(2 * Number(one?.[middle])));
  });

  it('never wraps round when it is overexposed', async () => {
    const image = await grabOnce(simulatedCamera(lookingAt(0, 0.5))({ exposureMs: 1000 }));
    expect(Math.max(...(image.data[0] as Uint16Array))).toBe(65_535);
  });

  it('names every setting that is not right', () => {
    expect(() => simulatedCamera(lookingAt(0, 0))({ height: 0, exposureMs: -1 })).toThrow(/height.*exposureMs/);
  });
});

describe('mockActuator', () => {
  const connect = (settings: Parameters<typeof mockActuator>[0], clock = new VirtualClock()) =>
    mockActuator(settings).connect(contextOn(clock));

  it('arrives at once by default', async () => {
    const driver = await connect({});
    await driver.startMove(3, signal);
    expect(await driver.isMoving(signal)).toBe(false);
    expect(await driver.readPosition(signal)).toBe(3);
  });

  it('takes its time with a velocity, and stops on command', async () => {
    const clock = new VirtualClock();
    const driver = await connect({ velocity: 1, acceleration: 10 }, clock);
    await driver.startMove(2, signal);
    await clock.sleep(2099);
    expect(await driver.isMoving(signal)).toBe(true);
    await clock.sleep(2);
    expect(await driver.isMoving(signal)).toBe(false);
    await driver.startMove(0, signal);
    await clock.sleep(1000);
    await driver.stop(signal);
    await clock.sleep(100);
    expect(await driver.isMoving(signal)).toBe(false);
    expect(await driver.readPosition(signal)).toBeCloseTo(2 - 0.05 - 0.9 - 0.05, 9);
  });

  it('refuses what lies beyond its travel, and does not move', async () => {
    const driver = await connect({ travel: [-1, 1], units: 'deg' });
    expect(driver.limits).toEqual({ min: -1, max: 1 });
    await expect(driver.startMove(1.5, signal)).rejects.toMatchObject({ code: 'instrument.fault' });
    expect(await driver.readPosition(signal)).toBe(0);
  });
});

describe.each([
  ['simulatedCamera', simulatedCamera(lookingAt(0, 0.6))({ exposureMs: 1 })],
  ['simulatedSpectrometer', simulatedSpectrometer(lookingAt(0, 0.6))({ exposureMs: 1 })],
])('%s', (_, spec) => {
  it('takes another exposure while it is connected: more light, and more time', async () => {
    const clock = new VirtualClock();
    const driver = await spec.connect(contextOn(clock));
    const brightest = async () => Math.max(...Array.from((await driver.grab(signal))[0]?.data[0] ?? [], Number));
    const dim = await brightest();
    await driver.adjust?.apply({ ...spec.settings, exposureMs: 5 }, new Set(['exposureMs']), signal);
    expect(await brightest()).toBeGreaterThan(2 * dim);
    expect(clock.now()).toBe(6);
  });
});

describeActuatorDriver('mockActuator in memory', async () => {
  const clock = new VirtualClock();
  const spec = mockActuator({ velocity: 2, travel: [-5, 5] });
  const adjusted = { ...spec.settings, velocity: 1 };
  const driver = await spec.connect(contextOn(clock));
  return { driver, clock, targets: [-1, 1], epsilon: 1e-9, answersAtOnce: true, adjusted };
});

describeActuatorDriver('mockActuator in memory that tells its arrival', async () => {
  const clock = new VirtualClock();
  const driver = await mockActuator({ velocity: 2, tells: true }).connect(contextOn(clock));
  return { driver, clock, targets: [-1, 1], epsilon: 1e-9, answersAtOnce: true };
});

describeDetectorDriver('mockDetector in memory', async () => {
  const spec = mockDetector({ shape: [4, 6], delayMs: 5, freeRunMs: 10 });
  const adjusted = { ...spec.settings, delayMs: 2 };
  return { driver: await spec.connect(contextOn(new VirtualClock())), adjusted };
});

describe('mockDetector', () => {
  it.each([
    [[], [1], 'Data0D'],
    [[5], [5], 'Data1D'],
    [[4, 6], [4, 6], 'Data2D'],
    [[2, 4, 6], [2, 4, 6], 'DataND'],
    [[3, 2, 4, 6], [3, 2, 4, 6], 'DataND'],
  ] as const)('gives data of shape %j', async (shape, expected, dim) => {
    const data = await grabOnce(mockDetector({ shape: [...shape], channels: 2 }));
    expect(data).toMatchObject({ shape: expected, dim, units: 'V', labels: ['CH00', 'CH01'] });
    expect(data.axes).toHaveLength(shape.length);
  });

  it('has its bump in the middle of all dimensions, with axes named from the last', async () => {
    const data = await grabOnce(mockDetector({ shape: [3, 5, 7], noise: 0 }));
    const values = Array.from(data.data[0] as Float64Array);
    expect(values.indexOf(Math.max(...values))).toBe(1 * 35 + 2 * 7 + 3);
    expect(data.axes.map(({ label }) => label)).toEqual(['z', 'y', 'x']);
  });

  it('tells its grabs apart by their height', async () => {
    const driver = await mockDetector({ noise: 0 }).connect(contextOn(new VirtualClock()));
    await driver.grab(signal);
    expect((await driver.grab(signal))[0]?.data[0]).toEqual(Float64Array.of(2));
  });

  it('takes no time by default, and the time asked for otherwise', async () => {
    const clock = new VirtualClock();
    await (await mockDetector({}).connect(contextOn(clock))).grab(signal);
    expect(clock.now()).toBe(0);
    await (await mockDetector({ delayMs: 7 }).connect(contextOn(clock))).grab(signal);
    expect(clock.now()).toBe(7);
  });
});
