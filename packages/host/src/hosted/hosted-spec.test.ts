import { DaqMove, DaqViewer, lab, realClock, SharedResources, type TraceLine } from '@daqtor/core';
import { describeActuatorDriver, describeDetectorDriver } from '@daqtor/core/testing';
import { esp301 } from '@daqtor/drivers';
import { mockActuator, mockDetector, serveTcp, simulatedEsp301 } from '@daqtor/sim';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { hostedSpec } from './hosted-spec.ts';
import { awkward, FLOOD } from './testing/awkward-drivers.ts';

const AWKWARD = new URL('./testing/awkward-drivers.ts', import.meta.url).href;
const SIM = import.meta.resolve?.('@daqtor/sim') ?? new URL('../../../sim/src/index.ts', import.meta.url).href;
const DRIVERS =
  import.meta.resolve?.('@daqtor/drivers') ?? new URL('../../../drivers/src/index.ts', import.meta.url).href;
/** From source, on a machine that is busy, a process takes its time. */
const STARTS_WITHIN_MS = 25_000;
const never = new AbortController().signal;

type Misdeed = Parameters<typeof awkward>[0];

/** A viewer on a driver in a process of its own, with what it shares. */
async function hosted(settings: Misdeed, graceMs = 300) {
  const shared = new SharedResources();
  const pids: number[] = [];
  const trace = ({ text }: TraceLine) => void pids.push(Number(text));
  const context = { share: shared.share.bind(shared), trace };
  const meter = new DaqViewer(
    'meter',
    hostedSpec(awkward({ timeoutMs: STARTS_WITHIN_MS, ...settings }), { driverModules: [AWKWARD], graceMs }),
    realClock,
  );
  onTestFinished(async () => void (await meter.close()));
  await meter.connect(context);
  return { meter, pid: pids[0] as number, context };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a driver in a process of its own', () => {
  it('runs there, and the process ends with it', async () => {
    const { meter, pid } = await hosted({ does: 'answer' });
    expect(pid).not.toBe(process.pid);
    expect((await meter.grab()).data[0]).toMatchObject({ name: 'pid', origin: 'meter', data: [Float64Array.of(pid)] });
    await meter.close();
    expect(isAlive(pid)).toBe(false);
  });

  it('may block for long, and holds up nobody', async () => {
    const { meter } = await hosted({ does: 'block', forMs: 400 });
    let longestMs = 0;
    let lastMs = realClock.now();
    const grab = meter.grab();
    const watch = new AbortController();
    const beats = (async () => {
      while (!watch.signal.aborted) {
        await realClock.sleep(5);
        longestMs = Math.max(longestMs, realClock.now() - lastMs);
        lastMs = realClock.now();
      }
    })();
    await grab;
    watch.abort();
    await beats;
    expect(longestMs).toBeLessThan(250);
  });

  it('is killed when it hangs, says so, and is there again once it is connected', async () => {
    const { meter, pid, context } = await hosted({ does: 'hang' });
    await meter.set({ timeoutMs: 200 });
    await expect(meter.grab()).rejects.toMatchObject({ code: 'instrument.timeout', instrument: 'meter' });
    expect(meter.state).toBe('faulted');
    await meter.set({ does: 'answer', timeoutMs: STARTS_WITHIN_MS });
    await meter.connect(context);
    expect(isAlive(pid)).toBe(false);
    expect((await meter.grab()).data[0]?.data[0]?.[0]).not.toBe(pid);
  });

  it('tells a crash as a lost link, at once', async () => {
    const { meter } = await hosted({ does: 'crash' });
    await expect(meter.grab()).rejects.toMatchObject({
      code: 'instrument.gone',
      message: '[meter] the process of its driver has ended (exit code 3). Connect it again.',
    });
    expect(meter.state).toBe('faulted');
  });

  it('keeps code, advice and cause of an error, and the name of one that was not foreseen', async () => {
    const refused = await (await hosted({ does: 'refuse' })).meter.grab().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      name: 'DaqtorError',
      code: 'instrument.fault',
      message: '[meter] error 7. Turn it on.',
      cause: { name: 'RangeError', message: 'register 12' },
    });
    const thrown = await (await hosted({ does: 'throw' })).meter.grab().catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      code: 'instrument.fault',
      message: expect.stringContaining('grabbing failed: no such register'),
      cause: { name: 'TypeError', stack: expect.stringContaining('awkward-drivers') },
    });
  });

  it('is killed when it cannot be let go', async () => {
    const { meter, pid } = await hosted({ does: 'hangOnClose' });
    await meter.close();
    expect(meter.state).toBe('offline');
    expect(isAlive(pid)).toBe(false);
  });

  it('shares a process with the drivers of its port, and both come back after one of them hung', async () => {
    const options = { driverModules: [AWKWARD], graceMs: 300 };
    const first = hostedSpec(awkward({ does: 'hang', port: 'serial:x', timeoutMs: STARTS_WITHIN_MS }), options);
    const second = hostedSpec(awkward({ does: 'answer', port: 'serial:x', timeoutMs: STARTS_WITHIN_MS }), options);
    const pids: string[] = [];
    await using bench = await lab({ first, second }, { trace: ({ text }) => pids.push(text) });
    expect(new Set(pids).size).toBe(1);
    await bench.first.set({ timeoutMs: 200 });
    await bench.first.grab().catch(() => undefined);
    await bench.first.set({ does: 'answer', timeoutMs: STARTS_WITHIN_MS });
    await realClock.sleep(500);
    await expect(bench.second.grab()).rejects.toThrow(
      '[second] the process of its driver did not end what it was told to end within 300 ms, and was killed',
    );
    await bench.connect();
    expect([bench.first.state, bench.second.state]).toEqual(['idle', 'idle']);
    expect([pids.length, new Set(pids).size]).toEqual([4, 2]);
  });

  it('that floods its program fills no memory: frames are lost, and every one of them is counted', async () => {
    const { meter } = await hosted({ does: 'flood' });
    const skipping = meter.live({ whenBehind: 'skip' });
    const total = () => skipping.frames + skipping.skipped;
    await expect.poll(() => total() >= FLOOD && total() % FLOOD === 0, { timeout: 5000, interval: 5 }).toBe(true);
    expect(skipping.skipped).toBeGreaterThan(0);
    await meter.stop();
    await expect(meter.live().done).rejects.toMatchObject({ code: 'stream.overflow', instrument: 'meter' });
    expect((await meter.grab()).data).toHaveLength(1);
  });

  it('tells how long things take, with the settings of now', async () => {
    const { meter } = await hosted({ does: 'answer', forMs: 40 });
    expect(meter.capabilities).toContain('estimate');
    expect(meter.expected.grabMs).toBe(40);
    const served = await serveTcp(simulatedEsp301({ clock: realClock }));
    const stage = (port: string) => esp301({ port, axis: 1, timeoutMs: STARTS_WITHIN_MS });
    const options = { driverModules: [DRIVERS] };
    try {
      await using there = await lab({ x: hostedSpec(stage(served.address), options) });
      const hostedMs = [0.01, 1, 4].map((to) => there.x.moveMs(-1, to) ?? Number.NaN);
      await there.x.set({ velocity: 0.5 });
      const slowMs = there.x.moveMs(-1, 4) ?? Number.NaN;
      await there.close();
      await using here = await lab({ x: stage(served.address) });
      await here.x.set({ velocity: 0.5 });
      expect(slowMs / (here.x.moveMs(-1, 4) as number)).toBeCloseTo(1, 2);
      expect(slowMs).toBeGreaterThan(10_000);
      expect(hostedMs.every((ms) => ms > 10 && ms < slowMs)).toBe(true);
    } finally {
      await served.close();
    }
  });

  it('refuses a port that is no address, and says which driver is not where it was said to be', async () => {
    const context = { share: new SharedResources().share, name: 'meter', clock: realClock, signal: never };
    const shared = new SharedResources();
    const withShare = { ...context, share: shared.share.bind(shared) };
    const port = { address: 'memory:x', open: () => Promise.reject(new Error('no')) };
    await expect(
      hostedSpec(awkward({ does: 'answer', port }), { driverModules: [AWKWARD] }).connect(withShare),
    ).rejects.toThrow(/cannot be given 'port'/);
    await expect(hostedSpec(mockDetector({}), { driverModules: [AWKWARD] }).connect(withShare)).rejects.toThrow(
      /there is no driver 'mock-detector' in file:.*Name the module/,
    );
    expect(() => hostedSpec(mockDetector({}), { driverModules: ['@nobody/nothing'] })).toThrow(/is not found from/);
  });
});

describe('as the driver itself', () => {
  const shared = new SharedResources();
  const context = { name: 'it', clock: realClock, signal: never, share: shared.share.bind(shared) };
  const options = { driverModules: [SIM] };
  // One process for all: starting one for each test would take minutes.
  const held = hostedSpec(mockDetector({}), options);
  let driver: Awaited<ReturnType<typeof held.connect>> | undefined;
  beforeAll(async () => {
    driver = await held.connect(context);
  });
  afterAll(() => driver?.close());

  describeActuatorDriver('mockActuator in a process of its own', async () => {
    const spec = mockActuator({ velocity: 100, acceleration: 10_000, tells: true, travel: [-5, 5] });
    const adjusted = { ...spec.settings, velocity: 80 };
    const one = await hostedSpec(spec, options).connect(context);
    return { driver: one, clock: realClock, targets: [-1, 1], epsilon: 1e-9, adjusted };
  });

  describeDetectorDriver('mockDetector in a process of its own', async () => {
    const spec = mockDetector({ shape: [4, 6], delayMs: 5, freeRunMs: 10 });
    const one = await hostedSpec(spec, options).connect(context);
    return { driver: one, adjusted: { ...spec.settings, delayMs: 2 } };
  });

  it('moves by DAQ_Move, and reads back where it is', async () => {
    const x = new DaqMove('x', hostedSpec(mockActuator({ velocity: 100, acceleration: 10_000 }), options), realClock);
    await x.connect({ share: context.share });
    expect(await x.move(0.5)).toEqual({ status: 'arrived', position: 0.5, units: 'mm' });
    expect(x.capabilities).toEqual(['home', 'settings']);
    await x.close();
  });
});
