import { realClock, VirtualClock } from '@daqtor/core';
import { describeDetectorDriver } from '@daqtor/core/testing';
import { memoryPort, servePty, serveTcp, simulatedSr830, simulatedSr860 } from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import { type ExpectedExchange, expectedProtocol } from '../testing/expected-protocol.ts';
import { testContext } from '../testing/scripted-port.ts';
import { sr830 } from './sr830.ts';
import { sr830Recorder } from './sr830-recorder.ts';
import { sr860 } from './sr860.ts';
import { sr860Recorder } from './sr860-recorder.ts';

const never = new AbortController().signal;

const ADJUSTED = {
  sensitivityV: 0.5,
  timeConstantS: 0.003,
  slopeDbPerOctave: 24,
  settleTimeConstants: 3,
  onOverload: 'accept',
} as const;

function bench(simulate: typeof simulatedSr830 = simulatedSr830) {
  const clock = new VirtualClock();
  const lockIn = simulate({ clock });
  const port = memoryPort('lock-in', lockIn, clock, { latencyMs: 2, fragmentBytes: 1 });
  return { clock, lockIn, port, ...testContext(clock) };
}

describeDetectorDriver('sr830 on a wire in memory, byte by byte', async () => {
  const { port, context } = bench();
  const spec = sr830({ port });
  return { driver: await spec.connect(context), adjusted: { ...spec.settings, ...ADJUSTED } };
});

describeDetectorDriver('sr830 on a pseudo-terminal', async () => {
  const served = await servePty(simulatedSr830({ clock: realClock }));
  const driver = await sr830({ port: served.address, timeConstantS: 0.001 }).connect(testContext(realClock).context);
  return { driver, dispose: () => served.close() };
});

describeDetectorDriver('sr830Recorder on a wire in memory', async () => {
  const { port, context } = bench();
  const spec = sr830Recorder({ port, points: 250 });
  return { driver: await spec.connect(context), adjusted: { ...spec.settings, rateHz: 64 } };
});

describeDetectorDriver('sr860Recorder on a wire in memory, byte by byte', async () => {
  const { port, context } = bench(simulatedSr860);
  const spec = sr860Recorder({ port, points: 300, rateHz: 50 });
  // A power of two below the highest rate at 0.1 s.
  return { driver: await spec.connect(context), adjusted: { ...spec.settings, rateHz: 1.25e6 / 2 ** 15 } };
});

describeDetectorDriver('sr860Recorder by TCP', async () => {
  const served = await serveTcp(simulatedSr860({ clock: realClock }));
  const spec = sr860Recorder({ port: served.address, points: 4, rateHz: 70 });
  return { driver: await spec.connect(testContext(realClock).context), dispose: () => served.close() };
});

describeDetectorDriver('sr830Recorder by TCP', async () => {
  const served = await serveTcp(simulatedSr830({ clock: realClock }));
  const driver = await sr830Recorder({ port: served.address, points: 8 }).connect(testContext(realClock).context);
  return { driver, dispose: () => served.close() };
});

describeDetectorDriver('sr860 on a wire in memory, byte by byte', async () => {
  const { port, context } = bench(simulatedSr860);
  const spec = sr860({ port });
  return { driver: await spec.connect(context), adjusted: { ...spec.settings, ...ADJUSTED } };
});

describeDetectorDriver('sr860 by TCP', async () => {
  const served = await serveTcp(simulatedSr860({ clock: realClock }));
  const driver = await sr860({ port: served.address, timeConstantS: 0.001 }).connect(testContext(realClock).context);
  return { driver, dispose: () => served.close() };
});

describe.each([
  ['sr830', sr830, simulatedSr830],
  ['sr860', sr860, simulatedSr860],
])('%s', (_, plugin, simulate) => {
  it('takes another time constant while connected, and waits as long as that needs', async () => {
    const { clock, port, context } = bench(simulate);
    const spec = plugin({ port, timeConstantS: 0.01, slopeDbPerOctave: 6 });
    const driver = await spec.connect(context);
    await driver.adjust?.apply(spec.change({ timeConstantS: 1 }), new Set(['timeConstantS']), never);
    expect(await driver.adjust?.read?.(never)).toMatchObject({ timeConstantS: 1, slopeDbPerOctave: 6 });
    const start = clock.now();
    await driver.grab(never);
    expect(clock.now() - start).toBeGreaterThan(5000);
  });

  it('sends nothing when one of several values is not there', async () => {
    const { port, context } = bench(simulate);
    const spec = plugin({ port });
    const driver = await spec.connect(context);
    const before = await driver.adjust?.read?.(never);
    await expect(
      driver.adjust?.apply(
        spec.change({ sensitivityV: 0.5, timeConstantS: 0.7 }),
        new Set(['sensitivityV', 'timeConstantS']),
        never,
      ),
    ).rejects.toMatchObject({ code: 'lab.settings' });
    expect(await driver.adjust?.read?.(never)).toEqual(before);
  });

  it.each([6, 12, 18, 24] as const)('waits until a step has settled to 1 %% at %d dB per octave', async (slope) => {
    const { clock, lockIn, port, context } = bench(simulate);
    const spec = plugin({ port, timeConstantS: 0.3, slopeDbPerOctave: slope, sensitivityV: 0.1 });
    const driver = await spec.connect(context);
    lockIn.apply({ x: 0.03, y: -0.04 });
    const start = clock.now();
    const [signal, phase, frequency] = await driver.grab(never);
    const [x, y, r] = signal?.data.map((array) => Number(array[0])) ?? [];
    expect(Math.abs((x ?? 0) / 0.03 - 1)).toBeLessThan(0.01);
    // And not longer than it takes.
    expect(Math.abs((y ?? 0) / -0.04 - 1)).toBeGreaterThan(0.004);
    expect(r).toBeCloseTo(Math.hypot(x ?? 0, y ?? 0), 12);
    expect(phase?.data[0]?.[0]).toBeCloseTo(-53.13, 2);
    expect(frequency).toMatchObject({ units: 'Hz', data: [Float64Array.of(1000)] });
    expect(clock.now() - start).toBeGreaterThanOrEqual(300 * 5);
  });

  it('reports an overload instead of a reading, or beside it', async () => {
    for (const onOverload of ['fault', 'accept'] as const) {
      const { lockIn, port, context } = bench(simulate);
      const driver = await plugin({ port, timeConstantS: 0.1, sensitivityV: 0.001, onOverload }).connect(context);
      lockIn.apply({ x: 0.01, y: 0 });
      if (onOverload === 'fault') {
        await expect(driver.grab(never)).rejects.toMatchObject({
          code: 'instrument.fault',
          message: expect.stringMatching(/overload of .*output.*Choose a larger sensitivity/),
        });
      } else {
        expect((await driver.grab(never))[3]).toMatchObject({ name: 'overload', data: [Float64Array.of(1)] });
      }
      lockIn.apply({ x: 0.0005, y: 0 });
      expect((await driver.grab(never))[3]).toMatchObject({ data: [Float64Array.of(0)] });
    }
  });

  it('refuses a sensitivity that it does not have, and tells those that it has', async () => {
    const { port, context } = bench(simulate);
    await expect(plugin({ port, sensitivityV: 0.3 }).connect(context)).rejects.toMatchObject({
      code: 'lab.settings',
      advice: expect.stringContaining('0.2, '),
    });
  });
});

const MODEL: ExpectedExchange = ['OUTX 0\r*IDN?\r', 'Stanford_Research_Systems,SR830,s/n38411,ver1.07\r'];

it('says to an SR830 what its manual wants', async () => {
  await expectedProtocol(
    (port) => sr830({ port, timeConstantS: 0.3, slopeDbPerOctave: 24, sensitivityV: 500e-6 }),
    [
      MODEL,
      ['ISRC?\r', '0\r'],
      ['*CLS\rSENS 16\r'],
      ['*ESR?\r', '0\r'],
      ['*CLS\rOFLT 9\r'],
      ['*ESR?\r', '0\r'],
      ['*CLS\rOFSL 3\r'],
      ['*ESR?\r', '0\r'],
      ['OFLT?\r', '9\r'],
      ['OFSL?\r', '3\r'],
      ['LIAS?\r', '16\r'],
      ['SNAP?1,2,9\r', '0.951359,0.0253297,1000.00\r'],
      ['LIAS?\r', '24\r'],
    ],
    async (driver, clock) => {
      const start = clock.now();
      const [signal] = await driver.grab(never);
      expect(signal?.data.slice(0, 2)).toEqual([Float64Array.of(0.951359), Float64Array.of(0.0253297)]);
      expect(clock.now() - start).toBeCloseTo(300 * 10.1, 6);
    },
  );
});

it('says to an SR860 what its manual wants', async () => {
  await expectedProtocol(
    (port) => sr860({ port, timeConstantS: 1e-6, sensitivityV: 1e-9, settleTimeConstants: 0 }),
    [
      ['*IDN?\n', 'Stanford_Research_Systems,SR865A,005178,V1.51\n'],
      ['IVMD?\n', '0\n'],
      ['*CLS\nSCAL 27\n'],
      ['*ESR?\n', '0\n'],
      ['*CLS\nOFLT 0\n'],
      ['*ESR?\n', '0\n'],
      ['OFLT?\n', '0\n'],
      ['OFSL?\n', '0\n'],
      ['SNAP? 0,1\n', '1.5e-10,-2e-10\n'],
      ['FREQ?\n', '1.37e+03\n'],
      ['CUROVLDSTAT?\n', '8\n'],
    ],
    async (driver) => {
      const [signal] = await driver.grab(never);
      expect(signal?.data[2]?.[0]).toBeCloseTo(2.5e-10, 20);
    },
  );
});

it('reports a setting that the lock-in refuses', async () => {
  await expect(
    expectedProtocol(
      (port) => sr830({ port, slopeDbPerOctave: 6 }),
      [MODEL, ['ISRC?\r', '0\r'], ['*CLS\rOFSL 0\r'], ['*ESR?\r', '16\r']],
    ),
  ).rejects.toMatchObject({
    code: 'instrument.fault',
    problem: "setting 6 dB per octave was refused: 'OFSL 0' has a value that is not allowed",
  });
});

it('does not take an input of current for one of voltage', async () => {
  await expect(expectedProtocol((port) => sr830({ port }), [MODEL, ['ISRC?\r', '2\r']])).rejects.toMatchObject({
    code: 'instrument.fault',
    problem: expect.stringContaining('set to current'),
  });
});

it('records at the rate that was asked for, over more than one answer', async () => {
  const { clock, lockIn, port, context } = bench();
  await (await sr830({ port, timeConstantS: 0.1, slopeDbPerOctave: 6 }).connect(context)).close();
  const driver = await sr830Recorder({ port, points: 250, rateHz: 128 }).connect(context);
  const stepMs = clock.now() + 1000;
  clock.setTimeout(() => lockIn.apply({ x: 0.5, y: 0 }), 1000);
  const start = clock.now();
  const [signal] = await driver.grab(never);
  expect(signal).toMatchObject({ shape: [250], units: 'V', labels: ['X', 'Y'], axes: [{ label: 'time', units: 's' }] });
  expect(signal?.axes[0]?.data[249]).toBe(249 / 128);
  const x = signal?.data[0] ?? [];
  const rising = [...x].findIndex((value) => value > 0.5 * (1 - Math.exp(-1)));
  expect(rising / 128).toBeCloseTo((stepMs - start) / 1000 + 0.1, 1);
});

it('records anew with each grab', async () => {
  const { clock, lockIn, port, context } = bench();
  const driver = await sr830Recorder({ port, points: 10 }).connect(context);
  const last = async () => Number((await driver.grab(never))[0]?.data[0]?.[9]);
  expect(await last()).toBeCloseTo(0, 4);
  lockIn.apply({ x: 0.5, y: 0 });
  await clock.sleep(10_000);
  expect(await last()).toBeCloseTo(0.5, 4);
});

it('knows how long a grab takes: as long as the filter needs', async () => {
  const { clock, port, context } = bench();
  const driver = await sr830({ port, timeConstantS: 0.3, slopeDbPerOctave: 12 }).connect(context);
  const beganMs = clock.now();
  await driver.grab(never);
  expect(driver.grabMs?.()).toBe(2100);
  expect(clock.now() - beganMs - 2100).toBeLessThan(100);
});

describe('sr860Recorder', () => {
  it('records the settling of its filter, point by point at the rate that it took', async () => {
    const { clock, lockIn, port, context } = bench(simulatedSr860);
    await sr860({ port, timeConstantS: 0.1, slopeDbPerOctave: 6 }).connect(context);
    const spec = sr860Recorder({ port, points: 300, rateHz: 50 });
    const driver = await spec.connect(context);
    const rateHz = 1.25e6 / 2 ** 14;
    expect(driver.grabMs?.()).toBeCloseTo((1000 * 300) / rateHz, 9);
    const grab = driver.grab(never);
    await clock.sleep(1000);
    lockIn.apply({ x: 0.01, y: -0.02 });
    const [data] = await grab;
    expect(data).toMatchObject({ name: 'signal', shape: [300], labels: ['X', 'Y'], units: 'V' });
    expect(data?.axes[0]).toMatchObject({ label: 'time', units: 's', size: 300 });
    expect(data?.axes[0]?.data[299]).toBeCloseTo(299 / rateHz, 9);
    const [x, y] = data?.data.map((array) => Array.from(array, Number)) ?? [];
    const began = x?.findIndex((value) => value > 0.001) ?? 0;
    expect(began / rateHz).toBeCloseTo(1, 1);
    // After a time constant 1/e of the way is left.
    expect(x?.[began + Math.round(0.1 * rateHz)]).toBeCloseTo(0.01 * (1 - Math.exp(-1)), 2);
    expect([x?.at(-1), y?.at(-1)]).toEqual([expect.closeTo(0.01, 4), expect.closeTo(-0.02, 4)]);
  });

  it('reads a long capture in several answers, and leaves the zeros at its end out', async () => {
    const { lockIn, port, context } = bench(simulatedSr860);
    lockIn.apply({ x: 0.1, y: 0.1 });
    await sr860({ port, timeConstantS: 1e-5 }).connect(context);
    const driver = await sr860Recorder({ port, points: 10_000, rateHz: 10_000 }).connect(context);
    const [data] = await driver.grab(never);
    expect(data?.shape).toEqual([10_000]);
    expect(Math.min(...Array.from(data?.data[1] ?? [], Number))).toBeGreaterThan(0.09);
  });

  it('takes another rate while connected, and refuses one that its time constant does not allow', async () => {
    const { port, context } = bench(simulatedSr860);
    const spec = sr860Recorder({ port, points: 4, rateHz: 50 });
    const driver = await spec.connect(context);
    await driver.adjust?.apply(spec.change({ rateHz: 10 }) as never, new Set(['rateHz']), never);
    expect(await driver.adjust?.read?.(never)).toEqual({ rateHz: 1.25e6 / 2 ** 16 });
    await expect(
      driver.adjust?.apply(spec.change({ rateHz: 1000 }) as never, new Set(['rateHz']), never),
    ).rejects.toMatchObject({
      code: 'lab.settings',
      message: expect.stringContaining('Choose a lower rate, or a shorter time constant'),
    });
    await expect(sr860Recorder({ port, points: 4, rateHz: 1e-6 }).connect(context)).rejects.toThrow('a higher rate');
  });

  it('says what the manual wants', async () => {
    const ok: ExpectedExchange = ['*ESR?\n', '0\n'];
    const taken = (command: string): ExpectedExchange[] => [[`*CLS\n${command}\n`], ok];
    const block = new Uint8Array(2048);
    const view = new DataView(block.buffer);
    for (const [i, value] of [0.5, -0.25, 0.125, 1].entries()) view.setFloat32(4 * i, value, true);
    const text = Array.from(block, (byte) => String.fromCharCode(byte)).join('');
    await expectedProtocol(
      (port) => sr860Recorder({ port, points: 2, rateHz: 100 }),
      [
        ['*IDN?\n', 'Stanford_Research_Systems,SR860,003412,V1.51\n'],
        ...taken('CAPTURESTOP'),
        ...taken('CAPTURECFG 1'),
        ...taken('CAPTURELEN 2'),
        ['CAPTURERATEMAX?\n', '1220.703\n'],
        ...taken('CAPTURERATE 3'),
        ['CAPTURERATE?\n', '152.5879\n'],
        ...taken('CAPTURESTOP'),
        ...taken('CAPTURESTART ONE, IMM'),
        ['CAPTUREBYTES?\n', '8\n'],
        ['CAPTUREBYTES?\n', '24\n'],
        ...taken('CAPTURESTOP'),
        ['CAPTUREGET? 0,2\n', `#42048${text}\n`],
      ],
      async (driver) => {
        const [data] = await driver.grab(never);
        expect(data?.data).toEqual([Float64Array.of(0.5, 0.125), Float64Array.of(-0.25, 1)]);
      },
    );
  });
});
