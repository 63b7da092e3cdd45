import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineDetector } from '../contracts/define-detector.ts';
import { portSetting } from '../contracts/port-setting.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { migratePreset } from './migrate-preset.ts';
import { labFromPreset, presetJsonSchema, readPreset } from './preset.ts';

const meter = defineDetector({
  kind: 'meter',
  title: 'A meter',
  settings: z.object({ port: portSetting, nplc: z.number().min(0.01).max(10).default(1) }),
  connect: async () => ({ grab: async () => [], close: async () => {} }),
});
const plugins = [meter, stubActuator(), stubDetector()];

it('builds a lab whose instruments are found by name', async () => {
  const preset = {
    version: 1,
    modules: { x: { kind: 'stub-actuator', settings: { limits: [0, 5] } }, signal: { kind: 'stub-detector' } },
  };
  await using bench = await labFromPreset(preset, { plugins, clock: new VirtualClock() });
  expect((await bench.getMove('x').move(2)).position).toBe(2);
  expect((await bench.getViewer('signal').grab()).name).toBe('signal');
  expect(() => bench.getMove('signal')).toThrow("there is no actuator 'signal' in this lab. There are x.");
  expect(bench.describe()).toMatchObject([
    { name: 'x', role: 'actuator', kind: 'stub-actuator', state: 'idle', units: 'mm', limits: { min: 0, max: 5 } },
    { name: 'signal', role: 'detector', state: 'idle', can: [], liveSettings: ['timeoutMs', 'average', 'overshoot'] },
  ]);
  expect(bench.settingsSchema('x')).toMatchObject({ properties: { epsilon: { minimum: 0 } } });
  expect(() => bench.settingsSchema('y')).toThrow("there is no module 'y' in this lab. There are x, signal.");
  await bench.close();
  expect(bench.describe()).toMatchObject([{ can: undefined }, { state: 'offline', liveSettings: undefined }]);
});

it('names everything that is not right, at once', () => {
  const preset = {
    version: 1,
    modules: {
      a: { kind: 'metre' },
      b: { kind: 'meter', settings: { nplc: 99 } },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in a preset
      c: { kind: 'meter', settings: { port: '${METER_PORT}', nlpc: 1 } },
      e: { kind: 'stub-detector', host: 'worker' as const },
      d: { kind: 'stub-actuator', settings: { scale: { units: 'furlongs per egg' } } },
    },
  };
  expect(() => readPreset(preset, { plugins })).toThrow(
    expect.objectContaining({
      code: 'lab.settings',
      message: expect.stringMatching(
        /METER_PORT is not set.*a: there is no plugin 'metre'; there are meter, .*b\.port is missing.*b\.nplc: Too big.*c\.nlpc: there is no such setting; there are .*nplc.*e\.host: this program cannot run drivers in a worker.*d\.scale\.units: .*furlongs/s,
      ),
    }),
  );
});

it('goes on to look at what else is not right when its form is not, and names modules that the lab cannot have', () => {
  const preset = {
    version: 1,
    moduls: {},
    reconnect: { firstMs: -1 },
    modules: {
      a: { kind: 'metre', typo: 1 },
      b: { kind: 'meter', settings: { nplc: 99 }, host: 'moon' },
      c: 3,
      d: { settings: {} },
      scan: { kind: 'stub-detector' },
      clock: { kind: 'stub-detector' },
    },
  };
  expect(() => readPreset(preset, { plugins })).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(
        /reconnect\.firstMs: Too small.*Unrecognized key: "moduls".*a: Unrecognized key: "typo".*a: there is no plugin 'metre'.*b\.host: Invalid option.*b\.port is missing.*b\.nplc: Too big.*c: Invalid input: expected object.*d\.kind is missing.*scan: an instrument cannot be called 'scan'.*clock: an instrument cannot be called 'clock'/s,
      ),
    }),
  );
  expect(() => readPreset({ version: 1, modules: [] }, { plugins })).toThrow(/preset\.modules: Invalid input/);
  expect(() => readPreset({ version: '1', modules: {} }, { plugins })).toThrow(
    /its version is '1', which is no number\. Write 'version: 1'/,
  );
});

it('takes ports from variables, and what stands behind :- where they are not set', () => {
  const modules = {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in a preset
    a: { kind: 'meter', settings: { port: 'tcp://${HOST}:${PORT:-5025}' } },
  };
  const { specs } = readPreset({ version: 1, modules }, { plugins, variables: { HOST: 'meter.lab' } });
  expect(specs.a?.settings.port).toBe('tcp://meter.lab:5025');
});

it("takes policies for lost links, the lab's and each module's own", () => {
  const modules = {
    a: { kind: 'stub-detector', reconnect: false as const },
    b: { kind: 'stub-detector', reconnect: { attempts: 3 } },
    c: { kind: 'stub-detector' },
  };
  const { options } = readPreset({ version: 1, whenMissing: 'goOn', reconnect: {}, modules }, { plugins });
  expect(options).toMatchObject({
    whenMissing: 'goOn',
    reconnect: { firstMs: 500 },
    reconnectEach: { a: false, b: { attempts: 3, factor: 2 } },
  });
  expect(options.reconnectEach).not.toHaveProperty('c');
});

it('brings old presets to the newest form, step by step, and refuses newer ones', () => {
  const migrations = {
    1: ({ instruments, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, devices: instruments }),
    2: ({ devices, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, modules: devices }),
  };
  expect(migratePreset({ version: 1, instruments: 'all' }, 3, migrations)).toEqual({ version: 3, modules: 'all' });
  expect(() => migratePreset({ version: 4 }, 3, migrations)).toThrow(/version 4.*up to 3\. Update Daqtor/);
  expect(() => migratePreset({})).toThrow(/does not say its version/);
  expect(() => migratePreset(undefined)).toThrow(/does not say its version/);
});

it('describes its form for editors: each plugin with its own settings', () => {
  const schema = presetJsonSchema(plugins) as {
    properties: { modules: { additionalProperties: { oneOf: readonly { title: string; properties: object }[] } } };
  };
  expect(schema.properties.modules.additionalProperties.oneOf).toMatchObject([
    {
      title: 'A meter',
      properties: {
        kind: { const: 'meter' },
        settings: { properties: { nplc: { maximum: 10 }, port: {}, timeoutMs: {} }, required: ['port'] },
        reconnect: {},
      },
    },
    { properties: { kind: { const: 'stub-actuator' } } },
    { properties: { kind: { const: 'stub-detector' } } },
  ]);
});
