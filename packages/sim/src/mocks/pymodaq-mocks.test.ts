import {
  type ConnectContext,
  type DetectorSpec,
  lab,
  type Shareable,
  SharedResources,
  VirtualClock,
} from '@daqtor/core';
import { describeActuatorDriver, describeDetectorDriver } from '@daqtor/core/testing';
import { describe, expect, it } from 'vitest';
import { mock0d } from './mock-0d.ts';
import { mock1d } from './mock-1d.ts';
import { mock2d } from './mock-2d.ts';
import { mockAxis } from './mock-axis.ts';
import { mockNd } from './mock-nd.ts';

const never = new AbortController().signal;

/** Shares as a lab does, and keeps what was asked for. */
function contextOn(clock: VirtualClock): ConnectContext & { readonly shared: ReadonlySet<unknown> } {
  const resources = new SharedResources();
  const shared = new Set<unknown>();
  return {
    name: 'it',
    clock,
    signal: never,
    shared,
    share<T extends Shareable>(key: unknown, open: () => Promise<T>) {
      shared.add(key);
      return resources.share(key, open);
    },
  };
}

describeActuatorDriver('mockAxis in memory', async () => {
  const clock = new VirtualClock();
  const spec = mockAxis({ axis: 'Y' });
  const driver = await spec.connect(contextOn(clock));
  const adjusted = { ...spec.settings, tauMs: 200 };
  return { driver, clock, targets: [-1, 2], epsilon: 2e-4, answersAtOnce: true, adjusted };
});

describe('mockAxis', () => {
  const position = async (
    axis: { move(to: number, units?: string): Promise<{ position: number; units: string }> },
    to: number,
  ) => {
    const { position, units } = await axis.move(to);
    return [Math.round(position), units];
  };

  it('is one of several axes of one controller, each with units of its own', async () => {
    const clock = new VirtualClock();
    const [x, y, theta] = [mockAxis({ axis: 'X' }), mockAxis({ axis: 'Y' }), mockAxis({ axis: 'Theta' })];
    await using bench = await lab({ x, y, theta, other: mockAxis({ controller: 'other', axis: 'X' }) }, { clock });
    const startMs = clock.now();
    const reached = await Promise.all([position(bench.x, 1000), position(bench.y, 3), position(bench.theta, 90)]);
    expect(reached.map(([, units]) => units)).toEqual(['um', 'mm', 'deg']);
    expect(Math.abs(Number(reached[0]?.[0]) - 1000)).toBeLessThanOrEqual(2);
    expect(reached[1]?.[0]).toBe(3);
    expect(clock.now() - startMs).toBeGreaterThanOrEqual(500);
    expect(clock.now() - startMs).toBeLessThan(600);
    expect(Math.abs(Number((await position(bench.other, 5))[0]) - 5)).toBeLessThanOrEqual(2);
  });

  it('has one time constant for the whole controller, which each axis tells', async () => {
    const clock = new VirtualClock();
    const context = contextOn(clock);
    const [x, y] = [await mockAxis({ axis: 'X' }).connect(context), await mockAxis({ axis: 'Y' }).connect(context)];
    await x.adjust?.apply(mockAxis({ tauMs: 100 }).settings, new Set(['tauMs']), never);
    expect(await y.adjust?.read?.(never)).toEqual({ tauMs: 100 });
  });

  it('goes exponentially, and is within its epsilon after the time constant and not before', async () => {
    const clock = new VirtualClock();
    const driver = await mockAxis({ axis: 'Temp', tauMs: 1000 }).connect(contextOn(clock));
    await driver.startMove(100, never);
    await clock.sleep(500);
    // Half the time is half of the way in the logarithm: 100 × √(0.1 / 100) are left.
    expect(await driver.readPosition(never)).toBeCloseTo(100 - Math.sqrt(10), 1);
    await clock.sleep(499);
    expect(await driver.isMoving(never)).toBe(true);
    await clock.sleep(1);
    expect(await driver.isMoving(never)).toBe(false);
  });

  it('leaves the controller to the axes that still have it', async () => {
    const clock = new VirtualClock();
    const context = contextOn(clock);
    const x = await mockAxis({ axis: 'X' }).connect(context);
    const y = await mockAxis({ axis: 'Y' }).connect(context);
    expect(context.shared.size).toBe(1);
    await x.close();
    await y.startMove(1, never);
    await clock.sleep(600);
    expect(await y.readPosition(never)).toBeCloseTo(1, 3);
  });
});

describeDetectorDriver('mock0d in memory', async () => {
  const spec = mock0d({});
  return { driver: await spec.connect(contextOn(new VirtualClock())), adjusted: { ...spec.settings, waitMs: 5 } };
});
describeDetectorDriver('mock1d in memory', async () => {
  const spec = mock1d({ waitMs: 10 });
  const adjusted = { ...spec.settings, rolling: 0, waitMs: 5 };
  return { driver: await spec.connect(contextOn(new VirtualClock())), adjusted };
});
describeDetectorDriver('mock2d in memory', async () => {
  const spec = mock2d({ nx: 10, ny: 20 });
  return { driver: await spec.connect(contextOn(new VirtualClock())), adjusted: { ...spec.settings, threshold: 0 } };
});
describeDetectorDriver('mockNd in memory', async () => {
  const spec = mockNd({ nx: 5, ny: 4, nt: 6 });
  return { driver: await spec.connect(contextOn(new VirtualClock())), adjusted: { ...spec.settings, lambda: 2 } };
});

/** What PyMoDAQ's plugins give with the settings that they come with, without noise. */
describe('detectors as PyMoDAQ has them', () => {
  const grabs = async (spec: DetectorSpec, count = 1) => {
    const driver = await spec.connect(contextOn(new VirtualClock()));
    for (let i = 1; i < count; i++) await driver.grab(never);
    return driver.grab(never);
  };
  const quiet = { npts: 200, noise: 0 };

  it('0D: two channels whose values run through their curves', async () => {
    const mocks = [
      { ...quiet, amp: 20, x0: 50, dx: 20, n: 1 },
      { ...quiet, amp: 10, x0: 100, dx: 30, n: 2 },
    ];
    const [data] = await grabs(mock0d({ mocks }), 151);
    expect(data).toMatchObject({ name: 'Mock0D', dim: 'Data0D', shape: [1], labels: ['Mock_00', 'Mock_01'] });
    // The curves run backwards: after 150 grabs the value is that of point 50.
    expect(data?.data.map(([value]) => Number(value))).toEqual([20, expect.closeTo(0, 4)]);
    const separate = await grabs(mock0d({ mocks, separate: true }));
    expect(separate.map(({ name }) => name)).toEqual(['Mock_00', 'Mock_01']);
  });

  it('1D: two channels over a wavelength, the first with fringes, shifted by each grab', async () => {
    const spec = mock1d({ mock1: { noise: 0 }, mock2: { noise: 0 } });
    const [first] = await grabs(spec);
    expect(first).toMatchObject({ name: 'Mock1D', dim: 'Data1D', shape: [512], labels: ['CH00', 'CH01'] });
    expect(first?.axes[0]).toMatchObject({ label: 'photon wavelength', units: 'nm', size: 512 });
    expect([first?.axes[0]?.data[0], first?.axes[0]?.data[511]]).toEqual([0.5, 511.5]);
    const value = (data: typeof first, channel: number, at: number) => Number(data?.data[channel]?.[at]);
    expect(value(first, 0, 125)).toBeCloseTo(
      20_000 * Math.exp(-2 * Math.log(2) * (0.5 / 20) ** 2) * Math.sin(125.5 / 4) ** 2,
      6,
    );
    expect(value(first, 1, 324)).toBeCloseTo(10_000 * Math.exp(-2 * Math.sqrt(Math.log(2)) * (0.5 / 20) ** 4), 6);
    const [third] = await grabs(spec, 3);
    expect(value(third, 1, 326)).toBe(value(first, 1, 324));
    const [one] = await grabs(mock1d({ multi: false, mock1: { noise: 0 }, mock2: { noise: 0 } }));
    expect(one?.data).toHaveLength(1);
  });

  it('2D: two panels of an image with fringes, 0 below its threshold', async () => {
    const [first, second] = await grabs(mock2d({ noise: 0 }));
    expect(first).toMatchObject({ name: 'Mock2D_0', dim: 'Data2D', shape: [200, 100], labels: ['CH00'] });
    expect(first?.axes.map(({ label, index }) => [label, index])).toEqual([
      ['the y axis', 0],
      ['the x axis', 1],
    ]);
    expect(second).toMatchObject({ name: 'Mock2D_1' });
    expect(second?.data).toEqual(first?.data);
    const at = (data: typeof first, y: number, x: number) => Number(data?.data[0]?.[y * 100 + x]);
    expect(at(first, 100, 57)).toBeCloseTo(20 * Math.exp(-2 * Math.log(2) * (7 / 20) ** 2) * Math.sin(57 / 4) ** 2, 9);
    expect(at(first, 0, 0)).toBe(0);
    expect(at((await grabs(mock2d({ noise: 0 }), 2))[0], 100, 58)).toBe(at(first, 100, 57));
  });

  it('ND: an image that is navigated, with a curve in time at each pixel', async () => {
    const [data] = await grabs(mockNd({ noise: 0 }));
    expect(data).toMatchObject({ name: 'MockND_0', shape: [200, 100, 150], navIndexes: [0, 1], dim: 'Data1D' });
    expect(data?.axes.map(({ label }) => label)).toEqual(['Y space', 'X space', 'time label']);
    const [y, x, t] = [101, 40, 60];
    const bump = (d: number) => Math.exp(-2 * Math.log(2) * d ** 2);
    // The beat of each pixel comes one point later than that of the pixel before it.
    const late = (((t - (y * 100 + x)) % 150) + 150) % 150;
    const expected = 20 * bump(1 / 40) * bump(10 / 20) * Math.sin(x / 8) ** 2 * bump(10 / 20) * Math.sin(late / 4) ** 2;
    expect(Number(data?.data[0]?.[(y * 100 + x) * 150 + t])).toBeCloseTo(expected, 9);
  });

  it('has noise that is the same for the same seed', async () => {
    const image = async (seed: number) => (await grabs(mock2d({ seed })))[0]?.data[0];
    expect(await image(1)).toEqual(await image(1));
    expect(await image(1)).not.toEqual(await image(2));
  });
});
