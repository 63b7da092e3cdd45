import { expect, it } from 'vitest';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { lab } from './lab.ts';
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
