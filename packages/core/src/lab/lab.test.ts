import { expect, it } from 'vitest';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { grid } from '../scan/builders.ts';
import { linspace } from '../scan/sweep.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { lab } from './lab.ts';
import { type LabEvent, logLineOf } from './lab-event.ts';
import { SharedResources } from './shared-resources.ts';

const dead = (problem: string) => {
  const spec = stubDetector()({});
  return { ...spec, connect: () => Promise.reject(new DaqtorError('instrument.connect', { problem })) };
};

it('gives each instrument under its name', async () => {
  await using bench = await lab({ x: stubActuator()({}), meter: stubDetector()({}) });
  expect((await bench.x.move(2)).position).toBe(2);
  expect((await bench.meter.grab()).name).toBe('meter');
});

it('names every instrument that does not connect, and lets go of the others', async () => {
  const calls: string[] = [];
  const x = stubActuator((_, driver) => ({
    close: async () => {
      calls.push('x closed', ...driver.calls);
    },
  }))({});
  const error = await lab({ x, a: dead('no such port'), b: dead('wrong instrument') }).catch((error) => error);
  expect(error).toMatchObject({ code: 'lab.connect' });
  expect(error.message).toMatch(/2 of 3.*\n {2}\[a\] no such port\n {2}\[b\] wrong instrument/);
  expect(calls).toEqual(['x closed']);
});

it('refuses a name that the lab needs itself', async () => {
  await expect(lab({ scan: stubDetector()({}) })).rejects.toMatchObject({ code: 'lab.settings' });
});

it('tells what happens, in order and with the time', async () => {
  const clock = new VirtualClock(0);
  const bench = await lab({ x: stubActuator()({}), meter: stubDetector()({}) }, { clock });
  const told: string[] = [];
  bench.events$.subscribe(({ atEpochMs, source, type }) => told.push(`${atEpochMs} ${source} ${type}`));
  await bench.x.move(1);
  await clock.sleep(50);
  await bench.meter.grab();
  await bench.close();
  expect(told).toEqual(['0 x moving', '0 x arrived', '50 meter grabbed', '50 meter closed', '50 x closed']);
});

it('numbers what happens without gaps, with the positions read back, scans included', async () => {
  const clock = new VirtualClock(0);
  const events: LabEvent[] = [];
  const bench = await lab({ x: stubActuator()({}) }, { clock, onEvent: (event) => events.push(event) });
  await bench.scan({ over: grid(linspace(bench.x, 1, 2, 2)), read: [] }).done.catch(() => undefined);
  await bench.x.move(2);
  await bench.close();
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i));
  expect(events[0]).toMatchObject({ type: 'connected', source: 'x' });
  expect(events.filter(({ type }) => type === 'arrived').at(-1)).toMatchObject({ position: 2, units: 'mm' });
  expect(events.filter(({ source }) => source === 'scan').at(-1)?.type).toBe('scanEnded');
});

it('stops all motors before it lets go of anything, then lets go in reverse', async () => {
  const clock = new VirtualClock(0);
  const calls: string[] = [];
  const endless = stubActuator(({ name }) => ({
    isMoving: async () => !calls.includes(`${name} stop`),
    stop: async () => {
      await clock.sleep(10);
      calls.push(`${name} stop`);
    },
    close: async () => {
      calls.push(`${name} close`);
    },
  }));
  const bench = await lab({ x: endless({}), y: endless({}) }, { clock });
  const moves = [bench.x.move(1), bench.y.move(1)];
  await clock.sleep(5);
  await bench.close();
  await Promise.all(moves);
  expect(calls).toEqual(['x stop', 'y stop', 'y close', 'x close']);
});

it('tells an overshoot to whoever listens, so that a scan can be stopped by it', async () => {
  const clock = new VirtualClock();
  const bench = await lab({ x: stubActuator()({}), meter: stubDetector()({ overshoot: { above: 2 } }) }, { clock });
  const run = bench.scan({ over: grid(linspace(bench.x, 0, 9, 10)), read: [bench.meter] });
  bench.events$.subscribe(({ type }) => type === 'overshot' && run.stop());
  expect(await run.done).toMatchObject({ outcome: 'stopped', points: 4 });
  await bench.close();
});

it('writes a line about an overshoot into the log', () => {
  const overshoot = { name: 'signal', label: 'CH00', value: 3, limit: 2, units: 'V' };
  expect(logLineOf({ seq: 0, atEpochMs: 0, source: 'meter', type: 'overshot', overshoot })).toMatchObject({
    level: 'WARNING',
    text: "overshot: 'signal' CH00 is 3 V, beyond its limit of 2 V",
  });
});

it('refuses bad settings before connecting, all of them at once', () => {
  expect(() => stubActuator()({ epsilon: -1, limits: [3, 1] })).toThrow(
    expect.objectContaining({ code: 'lab.settings', message: expect.stringMatching(/epsilon.*limits/s) }),
  );
});

it('opens a shared thing once and closes it with its last holder', async () => {
  const shared = new SharedResources();
  let opened = 0;
  let closed = 0;
  const open = async () => {
    opened++;
    return {
      close: async () => {
        closed++;
      },
    };
  };
  const [a, b] = await Promise.all([shared.share('port', open), shared.share('port', open)]);
  expect(a.value).toBe(b.value);
  await a.release();
  await a.release();
  expect([opened, closed]).toEqual([1, 0]);
  await b.release();
  expect(closed).toBe(1);
  await shared.share('port', open);
  expect(opened).toBe(2);
});

it('tries again after a shared thing could not be opened', async () => {
  const shared = new SharedResources();
  await expect(shared.share('port', () => Promise.reject(new Error('busy')))).rejects.toThrow('busy');
  const ok = { close: async () => {} };
  expect((await shared.share('port', async () => ok)).value).toBe(ok);
});
