import { type ConnectContext, realClock, VirtualClock, type WirePort } from '@daqtor/core';
import { describe, expect, it } from 'vitest';
import { textBytes } from './instruments/line-splitter.ts';
import { opticsBench } from './optics-bench.ts';

const { signal } = new AbortController();

/** Talks to an instrument of the bench through its port. */
async function hostAt(port: unknown) {
  let heard = '';
  let gone: Error | undefined;
  let wake: (() => void) | undefined;
  const wire = await (port as WirePort).open(
    {
      received(bytes) {
        heard += String.fromCharCode(...bytes);
        wake?.();
      },
      gone(cause) {
        gone = cause;
      },
    },
    signal,
  );
  return {
    say: (text: string) => wire.send(textBytes(text)),
    gone: () => gone,
    async ask(text: string) {
      heard = '';
      await wire.send(textBytes(text));
      while (!heard.endsWith('\n')) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return heard.trim();
    },
  };
}

/** Moves to each place and reads the meter, the spectrometer and the camera there. */
async function look(seed: number, places: readonly (readonly [x: number, y: number])[]) {
  const clock = new VirtualClock();
  const bench = await opticsBench({ clock, seed, wire: 'memory' });
  const stage = await hostAt(bench.stagePort);
  const meter = await hostAt(bench.meterPort);
  const context: ConnectContext = { name: 'it', clock, signal, share: () => Promise.reject(new Error('not here')) };
  const camera = await bench.camera.connect(context);
  const spectrometer = await bench.spectrometer.connect(context);
  await stage.say('1MO;2MO\r');
  await meter.say('*RST\n');
  const seen = [];
  for (const [x, y] of places) {
    await stage.ask(`1PA${x};2PA${y};WS;TE?\r`);
    const volts = Number(await meter.ask(':READ?\n'));
    const image = Number((await camera.grab(signal))[0]?.data[0]?.[24 * 64 + 32]);
    const light = Number((await spectrometer.grab(signal))[0]?.data[0]?.[100]);
    const [atX, atY] = bench.view.positionMm();
    seen.push({ volts, image, light, away: Math.hypot(atX - x, atY - y) });
  }
  await bench.close();
  return { seen, tookMs: clock.now() };
}

describe('opticsBench in memory', () => {
  it('shows every instrument the sample where the stage really is', async () => {
    const { seen } = await look(1, [
      [0, 0.6],
      [0.6, 0],
    ]);
    const [bright, dark] = seen;
    expect(bright?.volts).toBeCloseTo(4.2, 1);
    expect(dark?.volts).toBeLessThan(0.4);
    expect(bright?.image).toBeGreaterThan(5 * Number(dark?.image));
    expect(bright?.light).toBeGreaterThan(5 * Number(dark?.light));
    for (const { away } of seen) {
      expect(away).toBeLessThan(0.002);
      expect(away).toBeGreaterThan(0);
    }
  });

  it('is the same to the last bit for the same seed, and another for another', async () => {
    const places = [
      [0.1, 0.2],
      [-0.3, 0.5],
    ] as const;
    expect(await look(3, places)).toEqual(await look(3, places));
    expect((await look(3, places)).seen).not.toEqual((await look(4, places)).seen);
  });

  it('moves as many times faster as asked', async () => {
    const took = async (speed: number) => {
      const clock = new VirtualClock();
      const bench = await opticsBench({ clock, wire: 'memory', speed });
      const stage = await hostAt(bench.stagePort);
      await stage.ask('1MO;1PA0.1;1WS;TE?\r');
      return clock.now();
    };
    expect(await took(1)).toBeCloseTo(108, 6);
    expect(await took(4)).toBeCloseTo(27, 6);
  });

  it('loses the stage when it is unplugged, and the meter goes on', async () => {
    const clock = new VirtualClock();
    const bench = await opticsBench({ clock, wire: 'memory' });
    const stage = await hostAt(bench.stagePort);
    const meter = await hostAt(bench.meterPort);
    await bench.unplugStage();
    await clock.sleep(1);
    expect(stage.gone()?.message).toMatch(/unplugged/);
    expect(await meter.ask('*OPC?\n')).toBe('1');
  });
});

describe.skipIf(process.platform === 'win32')('opticsBench on real wires', () => {
  it('gives addresses of a pseudo-terminal and a TCP port and leaves nothing open', async () => {
    const bench = await opticsBench({ clock: realClock, wire: 'real' });
    expect(bench.stagePort).toMatch(/^serial:\/dev\//);
    expect(bench.meterPort).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    await bench.unplugStage();
    await bench.close();
    await bench.close();
    // Node lets go of a handle some turns after it says so.
    await expect.poll(() => process.getActiveResourcesInfo().filter((name) => /TTY|TCP/.test(name))).toEqual([]);
  });
});
