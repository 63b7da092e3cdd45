import { realClock, VirtualClock } from '@daqtor/core';
import { describeDetectorDriver } from '@daqtor/core/testing';
import { faultyPort, memoryPort, type RigolDs1000zOptions, serveTcp, simulatedRigolDs1000z } from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import { type ExpectedExchange, expectedProtocol } from '../testing/expected-protocol.ts';
import { testContext } from '../testing/scripted-port.ts';
import { rigolDs1000z } from './rigol-ds1000z.ts';

const never = new AbortController().signal;
const sine = (_: number, seconds: number) => 2 * Math.sin(2 * Math.PI * 500 * seconds);

function scope(options: Partial<RigolDs1000zOptions> = {}, fragmentBytes = 100) {
  const clock = new VirtualClock();
  const simulated = simulatedRigolDs1000z({ clock, signal: sine, ...options });
  const port = memoryPort('scope', simulated, clock, { latencyMs: 1, fragmentBytes });
  return { clock, port, ...testContext(clock) };
}

describeDetectorDriver('rigolDs1000z on a wire in memory, byte by byte', async () => {
  const { port, context } = scope({}, 1);
  const spec = rigolDs1000z({ port });
  const adjusted = {
    ...spec.settings,
    trigger: 'none',
    triggerTimeoutMs: 100,
    secondsPerDivision: 0.0002,
    voltsPerDivision: 2,
  };
  return { driver: await spec.connect(context), adjusted };
});

describeDetectorDriver('rigolDs1000z by TCP', async () => {
  const served = await serveTcp(simulatedRigolDs1000z({ clock: realClock, signal: sine }));
  const driver = await rigolDs1000z({ port: served.address }).connect(testContext(realClock).context);
  return { driver, dispose: () => served.close() };
});

describe('rigolDs1000z', () => {
  const CONNECTING: ExpectedExchange[] = [
    ['*CLS\n*IDN?\n', 'RIGOL TECHNOLOGIES,DS1104Z,DS1ZA170801234,00.04.04.SP4\n'],
    [':CHAN2:DISP?\n', '1\n'],
    [':WAV:FORM BYTE\n'],
    [':WAV:MODE NORM\n'],
    [':SYST:ERR?\n', '0,"No error"\n'],
  ];

  it('says what the guide wants, and makes volts of counts by its preamble', async () => {
    await expectedProtocol(
      (port) => rigolDs1000z({ port, channels: [2], trigger: 'none' }),
      [
        ...CONNECTING,
        [':WAV:SOUR CHAN2\n'],
        [':WAV:PRE?\n', '0,0,4,1,1.000000e-06,-2.000000e-06,0,4.000000e-02,50,127\n'],
        [':WAV:STAR 1\n'],
        [':WAV:STOP 4\n'],
        [':WAV:DATA?\n', '#9000000004\xb1\n\xff\x00\n'],
      ],
      async (driver) => {
        const [waveform, clipped] = await driver.grab(never);
        const volts = [...(waveform?.data[0] ?? [])].map(Number);
        expect(volts.map((value) => Number(value.toFixed(9)))).toEqual([0, -6.68, 3.12, -7.08]);
        expect([...(waveform?.axes[0]?.data ?? [])].map((s) => Number(s.toFixed(9)))).toEqual([-2e-6, -1e-6, 0, 1e-6]);
        expect(waveform).toMatchObject({ units: 'V', labels: ['CH2'], axes: [{ label: 'time', units: 's' }] });
        expect(clipped).toMatchObject({ name: 'clipped', data: [Float64Array.of(2)] });
      },
    );
  });

  it('does not take the STOP of before for the trigger', async () => {
    const stop: ExpectedExchange = [':TRIG:STAT?\n', 'STOP\n'];
    await expectedProtocol(
      (port) => rigolDs1000z({ port, channels: [2] }),
      [
        ...CONNECTING,
        [':SING\n'],
        stop,
        stop,
        [':TRIG:STAT?\n', 'WAIT\n'],
        stop,
        [':WAV:SOUR CHAN2\n'],
        [':WAV:PRE?\n', '0,0,1,1,1e-6,0,0,1,0,127\n'],
        [':WAV:STAR 1\n'],
        [':WAV:STOP 1\n'],
        [':WAV:DATA?\n', '#9000000001\x7f\n'],
      ],
      async (driver) => void (await driver.grab(never)),
    );
  });

  it('takes a trigger that came too fast to be seen waiting for', async () => {
    const { clock, port, context } = scope({ triggerAfterMs: () => 0 });
    const driver = await rigolDs1000z({ port }).connect(context);
    const start = clock.now();
    await driver.grab(never);
    expect(clock.now() - start).toBeLessThan(600);
  });

  it('reads the shape of the signal', async () => {
    const { port, context } = scope();
    const driver = await rigolDs1000z({ port }).connect(context);
    const [waveform, clipped] = await driver.grab(never);
    expect(waveform).toMatchObject({ shape: [1200], labels: ['CH1'] });
    const seconds = waveform?.axes[0]?.data ?? [];
    // One count is 40 mV.
    const worst = Math.max(
      ...[...(waveform?.data[0] ?? [])].map((v, i) => Math.abs(Number(v) - sine(1, seconds[i] ?? 0))),
    );
    expect(worst).toBeLessThan(0.12);
    expect(clipped?.data[0]?.[0]).toBe(0);
  });

  it('takes scales while connected, tells the step that the scope took, and reads by it', async () => {
    const { port, context } = scope();
    const spec = rigolDs1000z({ port, channels: [1], secondsPerDivision: 5e-4 });
    const driver = await spec.connect(context);
    const change = (changes: Parameters<typeof spec.change>[0]) =>
      driver.adjust?.apply(spec.change(changes) as never, new Set(Object.keys(changes)), never);
    await change({ voltsPerDivision: 0.3 });
    expect(await driver.adjust?.read?.(never)).toEqual({ secondsPerDivision: 5e-4, voltsPerDivision: 0.5 });
    const [waveform, clipped] = await driver.grab(never);
    expect(waveform?.axes[0]?.data[1199]).toBeCloseTo(3e-3, 4);
    expect(Number(clipped?.data[0]?.[0])).toBe(0);
    await change({ voltsPerDivision: 0.1 });
    expect(Number((await driver.grab(never))[1]?.data[0]?.[0])).toBeGreaterThan(500);
    await expect(change({ voltsPerDivision: 1000 })).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: expect.stringContaining('setting the scales was refused: -222'),
    });
    expect(await driver.adjust?.read?.(never)).toEqual({ secondsPerDivision: 5e-4, voltsPerDivision: 0.1 });
  });

  it('waits no longer for a trigger than it was told while connected', async () => {
    const { clock, port, context } = scope({ triggerAfterMs: () => Number.POSITIVE_INFINITY });
    const spec = rigolDs1000z({ port });
    const driver = await spec.connect(context);
    await driver.adjust?.apply(spec.change({ triggerTimeoutMs: 300 }), new Set(['triggerTimeoutMs']), never);
    const start = clock.now();
    await expect(driver.grab(never)).rejects.toThrow('no trigger came within 300 ms');
    expect(clock.now() - start).toBeLessThan(400);
  });

  it('reads a long memory in several answers', async () => {
    const { port, context } = scope({ memoryDepth: 300_000 }, 100_000);
    const driver = await rigolDs1000z({ port, depth: 'memory' }).connect(context);
    const [waveform] = await driver.grab(never);
    expect(waveform?.shape).toEqual([300_000]);
    expect(waveform?.axes[0]?.data[299_999]).toBeCloseTo(6e-3 - 4e-8, 10);
    expect(Number(waveform?.data[0]?.[260_000])).toBeCloseTo(sine(1, -6e-3 + 260_000 * 4e-8), 0);
  });

  it('counts what lies beyond the screen as clipped', async () => {
    const { port, context } = scope({ signal: () => 50 });
    const driver = await rigolDs1000z({ port }).connect(context);
    expect((await driver.grab(never))[1]?.data[0]?.[0]).toBe(1200);
  });

  it('says that no trigger came, and what to do', async () => {
    const { clock, port, context } = scope({ triggerAfterMs: () => Number.POSITIVE_INFINITY });
    const driver = await rigolDs1000z({ port, triggerTimeoutMs: 1000 }).connect(context);
    const start = clock.now();
    await expect(driver.grab(never)).rejects.toMatchObject({
      code: 'instrument.timeout',
      message: expect.stringMatching(/no trigger came within 1000 ms .*reports WAIT.*level of the trigger/),
    });
    expect(clock.now() - start).toBeLessThan(1100);
  });

  it('does not read a channel that is off', async () => {
    const { port, context } = scope();
    await expect(rigolDs1000z({ port, channels: [1, 3] }).connect(context)).rejects.toThrow(
      'channel 3 is not shown, so it acquires nothing',
    );
  });

  it('refuses an answer with too few points', async () => {
    await expect(
      expectedProtocol(
        (port) => rigolDs1000z({ port, channels: [2], trigger: 'none' }),
        [
          ...CONNECTING,
          [':WAV:SOUR CHAN2\n'],
          [':WAV:PRE?\n', '0,0,4,1,1e-6,0,0,1,0,127\n'],
          [':WAV:STAR 1\n'],
          [':WAV:STOP 4\n'],
          [':WAV:DATA?\n', '#9000000000\n'],
        ],
        async (driver) => void (await driver.grab(never)),
      ),
    ).rejects.toMatchObject({ code: 'instrument.protocol', problem: expect.stringContaining('gave 0 points') });
  });

  it('gets back into step after an abort in the middle of a waveform that is full of line feeds', async () => {
    // 10 counts: a line feed each.
    const { clock, port, context } = scope({ signal: () => -4.68, memoryDepth: 20_000 }, 50);
    const slow = faultyPort(port, clock);
    const driver = await rigolDs1000z({ port: slow, depth: 'memory' }).connect(context);
    const truth = (await driver.grab(never))[0]?.data[0];
    slow.faults = { baudRate: 115_200 };
    const abort = new AbortController();
    clock.setTimeout(() => abort.abort(new Error('enough')), 800);
    await expect(driver.grab(abort.signal)).rejects.toThrow('enough');
    slow.faults = {};
    const [waveform] = await driver.grab(never);
    expect(waveform?.shape).toEqual([20_000]);
    expect(Math.abs(Number(waveform?.data[0]?.[777]) - Number(truth?.[777]))).toBeLessThan(0.15);
  });
});
