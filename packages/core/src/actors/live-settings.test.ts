import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineDetector } from '../contracts/define-detector.ts';
import type { DetectorDriver } from '../contracts/detector-driver.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { SharedResources } from '../lab/shared-resources.ts';
import type { Clock } from '../time/clock.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { DaqViewer } from './daq-viewer.ts';

const settings = z.object({ gain: z.number().max(100).default(1), port: z.string().default('one') });

/** A camera whose frames show its gain. It is asked one thing at a time, and says so if it is not. */
function cameraOf(runsFreely: boolean, said: string[]) {
  const driver = (clock: Clock, gain: number): DetectorDriver => {
    let held = gain;
    let asked = 0;
    const alone = async <T>(work: () => Promise<T>) => {
      if (asked++ > 0) said.push('asked two things at once');
      return await work().finally(() => asked--);
    };
    const frame = () => [new DataWithAxes({ name: 'signal', data: [held] })];
    return {
      grab: (signal) => alone(() => clock.sleep(10, signal).then(frame)),
      ...(runsFreely && {
        live: (deliver, signal) =>
          alone(async () => {
            said.push('began');
            for (;;) {
              await clock.sleep(10, signal);
              deliver(frame());
            }
          }),
      }),
      adjust: {
        names: ['gain'],
        apply: (wanted, _, signal) =>
          alone(async () => {
            await clock.sleep(25, signal);
            if (wanted.gain === 13) throw new DaqtorError('instrument.fault', { problem: 'no such gain' });
            if (wanted.gain === 66) throw new DaqtorError('instrument.gone', { problem: 'the cable is out' });
            if (wanted.gain === 99) await new Promise(() => {});
            held = Math.round(Number(wanted.gain));
          }),
        read: async () => ({ gain: held }),
      },
      close: async () => {},
    };
  };
  return defineDetector({
    kind: 'camera',
    title: 'A camera',
    settings,
    connect: async ({ gain }, { clock }) => driver(clock, gain),
  });
}

async function live(runsFreely: boolean, options: Parameters<DaqViewer['live']>[0] = {}) {
  const clock = new VirtualClock();
  const said: string[] = [];
  const camera = new DaqViewer('camera', cameraOf(runsFreely, said)({ timeoutMs: 500 }), clock);
  const facts: string[] = [];
  camera.actor.on('*', ({ type }) => facts.push(type));
  const shared = new SharedResources();
  await camera.connect({ share: shared.share.bind(shared) });
  const gains: number[] = [];
  camera.data.live$.subscribe((frame) => gains.push(Number(frame.get('signal')?.data[0]?.[0])));
  const grab = camera.live(options);
  await clock.sleep(105);
  return { camera, clock, facts, gains, said, grab };
}

describe.each([
  ['a detector that is asked', false],
  ['a detector that runs freely', true],
])('a setting of %s', (_, runsFreely) => {
  it('changes between two frames of a live grab, which goes on', async () => {
    const { camera, clock, facts, gains, said, grab } = await live(runsFreely);
    const before = gains.length;
    expect(await camera.set({ gain: 4.7 })).toMatchObject({ gain: 5 });
    expect(camera.state).toBe('live');
    await clock.sleep(105);
    await camera.stop();
    expect(gains.slice(0, before)).toEqual(Array(before).fill(1));
    expect(gains.slice(before + 1).length).toBeGreaterThan(8);
    expect(new Set(gains.slice(before + 1))).toEqual(new Set([5]));
    expect((await grab.done).frames).toBe(gains.length);
    expect(facts).toEqual(['connected', 'live', 'settingsChanged', 'stopped']);
    expect(said).toEqual(runsFreely ? ['began', 'began'] : []);
    expect(clock.pending).toBe(0);
  });

  it('is as it was when the instrument refuses it, and the live grab goes on', async () => {
    const { camera, clock, facts, gains } = await live(runsFreely);
    await expect(camera.set({ gain: 13 })).rejects.toThrow('[camera] no such gain');
    const before = gains.length;
    await clock.sleep(105);
    expect(gains.length).toBeGreaterThan(before + 8);
    expect(camera.state).toBe('live');
    expect(camera.settings.gain).toBe(1);
    expect(facts).toEqual(['connected', 'live', 'refused']);
    await camera.stop();
  });

  it.each([
    ['the link is lost by it', 66, 'instrument.gone'],
    ['it never ends', 99, 'instrument.timeout'],
  ])('ends the live grab when %s, and both say so', async (_, gain, code) => {
    const { camera, clock, grab } = await live(runsFreely);
    const ending = expect(grab.done).rejects.toMatchObject({ code, instrument: 'camera' });
    await expect(camera.set({ gain })).rejects.toMatchObject({ code, instrument: 'camera' });
    await ending;
    expect(camera.state).toBe('faulted');
    expect(camera.settings.gain).toBe(1);
    await camera.close();
    expect(clock.pending).toBe(0);
  });

  it('is not changed once the live grab was stopped, whoever waits is told', async () => {
    const { camera, grab } = await live(runsFreely);
    const change = expect(camera.set({ gain: 2 })).rejects.toMatchObject({ code: 'module.stopped' });
    await camera.stop();
    await change;
    await grab.done;
    expect(camera.settings.gain).toBe(1);
    expect(await camera.set({ gain: 3 })).toMatchObject({ gain: 3 });
  });

  it('takes several changes in their order', async () => {
    const { camera, said } = await live(runsFreely);
    await Promise.all([camera.set({ gain: 2 }), camera.set({ gain: 3 }), camera.set({ gain: 4 })]);
    expect(camera.settings.gain).toBe(4);
    expect(said).not.toContain('asked two things at once');
    await camera.stop();
  });

  it('that needs a new connection is refused with what to do', async () => {
    const { camera } = await live(runsFreely);
    await expect(camera.set({ port: 'two' }, { reconnect: true })).rejects.toThrow(
      "[camera] 'port' cannot be changed while it is live. Stop it first.",
    );
    await camera.stop();
  });

  it('never mixes with the one before in one mean', async () => {
    const { camera, clock, gains } = await live(runsFreely, { average: 4 });
    await camera.set({ gain: 9 });
    await clock.sleep(200);
    await camera.stop();
    expect(new Set(gains)).toEqual(new Set([1, 9]));
  });
});

it("takes the module's own settings in the middle of a live grab too", async () => {
  const { camera, clock, gains, grab, said } = await live(true);
  await camera.set({ average: 5, timeoutMs: 200, overshoot: { above: 0.5 } });
  const before = gains.length;
  await clock.sleep(501);
  expect(gains.length - before).toBe(10);
  expect(said).toEqual(['began']);
  await camera.stop();
  await grab.done;
});

it('changes while a full saver holds the live grab back', async () => {
  const { camera, clock, gains } = await live(false);
  const sink = camera.data.attach({ maxItems: 1 });
  await clock.sleep(100);
  expect(await camera.set({ gain: 7 })).toMatchObject({ gain: 7 });
  await clock.sleep(2000);
  expect(camera.state).toBe('live');
  sink.takeAll();
  await clock.sleep(30);
  sink.takeAll();
  await clock.sleep(30);
  expect(gains.at(-1)).toBe(7);
  camera.data.detach(sink);
  await camera.stop();
});

it('begins the mean that is shown anew', async () => {
  const { camera, clock } = await live(false);
  const shown: number[] = [];
  camera.shown$({ everyMs: 10, mean: true }).subscribe((frame) => shown.push(Number(frame.data[0]?.data[0]?.[0])));
  await clock.sleep(50);
  await camera.set({ gain: 9 });
  await clock.sleep(100);
  await camera.stop();
  expect(shown.at(-1)).toBe(9);
});
