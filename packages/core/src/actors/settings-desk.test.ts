import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineDetector } from '../contracts/define-detector.ts';
import { liveSettings } from '../contracts/live-settings.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { lab } from '../lab/lab.ts';
import { type LabEvent, logLineOf } from '../lab/lab-event.ts';
import { connectedMove, slow } from '../testing/connected-move.ts';
import { VirtualClock } from '../time/virtual-clock.ts';

const settings = z.object({
  port: z.string().default('one'),
  nplc: z.number().min(0.01).max(10).default(1),
  range: z.number().positive().optional(),
});
type Settings = z.output<typeof settings>;

/** A meter that takes whole and half periods only, and no range above 1000. */
async function labWithMeter() {
  const clock = new VirtualClock(0);
  const events: LabEvent[] = [];
  const said: string[] = [];
  const meter = defineDetector({
    kind: 'meter',
    title: 'A meter',
    settings,
    connect: async (given) => {
      said.push(`connected at ${given.port} with ${given.nplc}`);
      const held = { nplc: given.nplc, range: given.range };
      return {
        grab: async () => [new DataWithAxes({ name: 'signal', data: [held.nplc] })],
        adjust: liveSettings<Settings, 'nplc' | 'range'>({
          names: ['nplc', 'range'],
          async apply({ nplc, range }, changed) {
            await clock.sleep(10);
            if (changed.has('nplc')) held.nplc = Math.max(0.5, Math.round(nplc * 2) / 2);
            if (range !== undefined && range > 1000) {
              throw new DaqtorError('instrument.fault', { problem: 'error -222, Data out of range' });
            }
            held.range = range;
          },
          read: async () => ({ ...held }),
        }),
        close: async () => void said.push('closed'),
      };
    },
  });
  const bench = await lab({ meter: meter({}) }, { clock, onEvent: (event) => events.push(event) });
  const told = () => events.flatMap((event) => (event.type === 'settingsChanged' ? [event.changes] : []));
  return { bench, clock, said, told, events };
}

it('changes a setting while connected, and keeps what the instrument really took', async () => {
  const { bench, told, events } = await labWithMeter();
  expect(await bench.meter.set({ nplc: 4.7 })).toMatchObject({ nplc: 4.5, range: undefined });
  expect(bench.meter.settings.nplc).toBe(4.5);
  expect((await bench.meter.grab()).data[0]?.data[0]).toEqual(Float64Array.of(4.5));
  expect(told()).toEqual([{ nplc: { was: 1, is: 4.5 } }]);
  const [event] = events.filter(({ type }) => type === 'settingsChanged');
  expect(logLineOf(event as LabEvent)?.text).toBe('settingsChanged: nplc is 4.5, was 1');
  expect(bench.describe()[0]?.settings).toMatchObject({ nplc: 4.5 });
  await bench.close();
});

it('refuses a setting that is not right before anything is sent, all of them at once', async () => {
  const { bench, told } = await labWithMeter();
  await expect(bench.meter.set({ nplc: 99, range: -1 })).rejects.toMatchObject({
    code: 'lab.settings',
    message: expect.stringMatching(/nplc: .*range: /),
  });
  // @ts-expect-error there is no such setting
  await expect(bench.meter.set({ nlpc: 1, nplc: 99 })).rejects.toMatchObject({
    message: expect.stringMatching(/^\[meter\] .*nplc: Too big.*nlpc: there is no such setting; there are .*range/),
  });
  expect(bench.meter.state).toBe('idle');
  expect(told()).toEqual([]);
  await bench.close();
});

it('knows what was taken when the instrument refuses one of several', async () => {
  const { bench, told } = await labWithMeter();
  await expect(bench.meter.set({ nplc: 2, range: 5000 })).rejects.toMatchObject({
    code: 'instrument.fault',
    instrument: 'meter',
  });
  expect(bench.meter.state).toBe('idle');
  expect(bench.meter.settings).toMatchObject({ nplc: 2, range: undefined });
  expect(told()).toEqual([{ nplc: { was: 1, is: 2 } }]);
  await bench.close();
});

it('offers to connect again for what cannot be changed while connected, and does so if it is told to', async () => {
  const { bench, said } = await labWithMeter();
  await expect(bench.meter.set({ port: 'two' })).rejects.toThrow(
    "[meter] 'port' cannot be changed while it is connected. Let it be connected again with the new settings by `{ reconnect: true }`, or close it first.",
  );
  await bench.meter.set({ port: 'two', nplc: 0.1 }, { reconnect: true });
  expect(said).toEqual(['connected at one with 1', 'closed', 'connected at two with 0.1']);
  expect(bench.meter.settings).toMatchObject({ port: 'two', nplc: 0.1 });
  expect((await bench.meter.grab()).name).toBe('meter');
  await bench.close();
});

it('keeps changes for the next connection while there is none', async () => {
  const { bench, said, told } = await labWithMeter();
  await bench.close();
  await bench.meter.set({ nplc: 3 });
  await bench.connect();
  expect(said.at(-1)).toBe('connected at one with 3');
  expect(told()).toEqual([{ nplc: { was: 1, is: 3 } }]);
  await bench.close();
});

it('does not disturb a measurement: it refuses, and says what to do', async () => {
  const { bench, clock } = await labWithMeter();
  const setting = bench.meter.set({ nplc: 2 });
  await expect(bench.meter.grab()).rejects.toMatchObject({ code: 'module.state' });
  await setting;
  const fixed = bench.meter.live({ everyMs: 50, fixed: true });
  await expect(bench.meter.set({ nplc: 3 })).rejects.toThrow(
    '[meter] cannot change its settings while live. Wait until it has finished, or stop it.',
  );
  await clock.sleep(100);
  await bench.meter.stop();
  await fixed.done;
  await bench.close();
});

it("changes the module's own settings without asking its driver", async () => {
  const { x, facts } = await connectedMove();
  await x.set({ limits: [0, 5], timeoutMs: 100 });
  expect(x.limits).toEqual({ min: 0, max: 5 });
  await expect(x.move(6)).rejects.toMatchObject({ code: 'move.limit' });
  expect(facts).toEqual(['connected', 'settingsChanged']);
  await expect(x.set({ scale: { factor: 2 } })).rejects.toThrow(/'scale' cannot be changed while it is connected/);
  await x.close();
});

it('stops an axis whose rest is in doubt before it lets go of it to connect again', async () => {
  const { x, driver } = await connectedMove((context, plain) => ({
    ...slow(context, plain),
    isMoving: async () => {
      throw new DaqtorError('instrument.fault', { problem: 'motor error' });
    },
  }));
  await expect(x.move(1)).rejects.toMatchObject({ code: 'instrument.fault' });
  await x.set({ scale: { factor: 2 } }, { reconnect: true }).catch(() => undefined);
  expect(driver.calls).toContain('stop');
  await x.close();
});

it('leaves a reading that is stopped without an answer, not with that of the stop', async () => {
  const { x, clock } = await connectedMove(({ clock }) => ({ readPosition: () => clock.sleep(10).then(() => 3) }));
  const reading = x.read();
  const refused = expect(reading).rejects.toMatchObject({ code: 'module.stopped' });
  await clock.sleep(1);
  expect((await x.stop()).status).toBe('stopped');
  await refused;
  await x.close();
});
