import { DaqtorError, readPreset } from '@daqtor/core';
import { builtInDrivers } from '@daqtor/drivers';
import { mockDrivers } from '@daqtor/sim';
import { expect, it } from 'vitest';
import { addressOf } from './address-of.ts';
import { importPymodaqPreset } from './import-preset.ts';
import { PLUGIN_TABLE } from './plugin-table.ts';

const leaf = (name: string, type: string, value: string | number) => `<${name} type="${type}">${value}</${name}>`;
const group = (name: string, ...inside: string[]) =>
  `<${name} type="group" title="${name}">${inside.join('')}</${name}>`;

function move(name: string, plugin: string, ...settings: string[]): string {
  const main = group('main_settings', leaf('move_type', 'str', plugin), leaf('controller_ID', 'int', 4711));
  const own = group('move_settings', ...settings, leaf('epsilon', 'float', 0.01), leaf('timeout', 'int', 20));
  return group('move00', leaf('name', 'str', name), leaf('init', 'bool', 1), group('params', main, own));
}

function detector(name: string, type: string, plugin: string, settings: string[], ...main: string[]): string {
  const kind = [leaf('DAQ_type', 'list', `str('${type}')`), leaf('detector_type', 'str', plugin)];
  const params = group('params', group('main_settings', ...kind, ...main), group('detector_settings', ...settings));
  return group('det00', leaf('name', 'str', name), leaf('init', 'bool', 1), params);
}

const preset = (moves: string[], detectors: string[]) =>
  group('Preset', leaf('filename', 'str', 'bench'), group('Moves', ...moves), group('Detectors', ...detectors));

it('takes modules, addresses, and settings that all modules have', () => {
  const bounds = group(
    'bounds',
    leaf('is_bounds', 'bool', 1),
    leaf('min_bound', 'float', -1),
    leaf('max_bound', 'float', 2),
  );
  const scaling = group(
    'scaling',
    leaf('use_scaling', 'bool', 1),
    leaf('scaling', 'float', 2),
    leaf('offset', 'float', 0.5),
  );
  const stage = move('X', 'Newport_SMC100', leaf('com_port', 'list', "str('COM6')"), bounds, scaling);
  const visa = group('visa_resources', leaf('visa_device', 'list', "str('TCPIP::meter.lab::5025::SOCKET')"));
  const mode = group('K2000Params', leaf('mode', 'list', "str('R4W')"));
  const meter = detector('Meter', 'DAQ0D', 'Keithley2000', [visa, mode], leaf('Naverage', 'int', 5));
  const { preset: taken, notes } = importPymodaqPreset(preset([stage], [meter]), 'preset_bench.xml');
  expect(taken).toEqual({
    version: 1,
    title: 'bench',
    modules: {
      X: {
        kind: 'smc100',
        settings: {
          port: 'serial:COM6',
          epsilon: 0.01,
          timeoutMs: 20_000,
          limits: [-1, 2],
          scale: { factor: 2, offset: -1 },
        },
      },
      Meter: {
        kind: 'keithley2000',
        settings: { port: 'tcp://meter.lab:5025', average: 5, function: 'fresistance' },
      },
    },
  });
  expect(notes).toEqual([]);
  const plugins = builtInDrivers.map(({ plugin }) => plugin);
  expect(Object.keys(readPreset(taken, { plugins }).specs)).toEqual(['X', 'Meter']);
});

it('reports what could not be taken, by module', () => {
  const odd = leaf('vendor_mode', 'int', 3);
  const stages = [move('X', 'Mock', odd), move('X', 'Mock'), move('Piezo', 'Conex')];
  const lockIn = detector('Lock in', 'DAQ0D', 'LockInSR830', [leaf('device', 'list', "str('GPIB0::8::INSTR')")]);
  const { preset: taken, notes } = importPymodaqPreset(preset(stages, [lockIn]), 'preset.xml');
  expect(Object.keys(taken.modules)).toEqual(['X', 'X 2', 'Lock in']);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in a preset
  expect(taken.modules['Lock in']?.settings).toEqual({ port: '${LOCK_IN_PORT}' });
  expect(notes.map(({ module, text }) => `${module}: ${text}`)).toEqual([
    'X: not taken: vendor_mode = 3',
    "X: is called 'X 2' here, since the name is taken",
    "Piezo: left out: there is no driver for PyMoDAQ's plugin Move/Conex",
    "Lock in: 'GPIB0::8::INSTR' is no address here: set the variable LOCK_IN_PORT, or write it into the preset",
  ]);
});

it('takes settings of which others decide, and says what to look up or to check', () => {
  const source = move(
    'Bias',
    'Keithley2400',
    leaf('visa_ressource', 'list', "str('ASRL4::INSTR')"),
    leaf('source_mode', 'list', "str('Voltage')"),
    group('current_mode', leaf('voltage_compliance', 'float', 10)),
    group('voltage_mode', leaf('current_compliance', 'float', 0.5)),
  );
  const stage = move('clock', 'DCServoKCube', leaf('serial_number', 'list', "str('27000001')"));
  const rotation = move('Angle', 'Newport_SMC100', leaf('units', 'str', '°'), leaf('stage_nb', 'list', 'int(2)'));
  const heater = move(
    'T',
    '335Heater',
    leaf('address', 'str', 'COM6'),
    leaf('input', 'list', "str('TWO_INPUT_B')"),
    leaf('ramp_rate', 'float', 5),
    leaf('heater_status', 'list', "str('MEDIUM')"),
  );
  const spectrum = detector('Spectrum', 'DAQ1D', 'Seabreeze', [leaf('integration', 'float', 20)]);
  const { preset: taken, notes } = importPymodaqPreset(
    preset([source, stage, rotation, heater], [spectrum]),
    'preset.xml',
  );
  expect(taken.modules).toMatchObject({
    Bias: { settings: { port: 'serial:COM4', source: 'voltage', compliance: 0.5 } },
    'clock 2': { kind: 'thorlabs-apt' },
    Angle: { settings: { units: 'deg', address: 2 } },
    T: { settings: { port: 'serial:COM6', input: 'B', rampKPerMin: 5, heaterRange: 2 } },
    Spectrum: { settings: { integrationMs: 20 } },
  });
  const texts = notes.map(({ module, text }) => `${module}: ${text}`);
  expect(texts).toContain("clock: is called 'clock 2' here, since the name is taken");
  expect(texts).toContain("clock: 'stage' has to be set: PyMoDAQ's plugin does not know it");
  expect(texts).toContain('clock: not taken: serial_number = 27000001');
  expect(texts).toContainEqual(expect.stringMatching(/^Spectrum: .* USB2000\+ alone/));
  expect(texts.filter((text) => text.startsWith('Bias'))).toEqual([]);
});

it('makes simulated modules of the settings that they had', () => {
  const peak = group('Mock1', leaf('Amp', 'int', 7), leaf('amp_noise', 'float', 0));
  const axis = group('x_axis', leaf('Npts', 'int', 200), leaf('dx', 'float', 0.5));
  const size = [leaf('Nx', 'int', 100), leaf('Ny', 'int', 60)];
  const space = group('spatial_settings', leaf('Nx', 'int', 4), leaf('Ny', 'int', 5));
  const time = group('temp_settings', leaf('Nt', 'int', 6));
  const theta = group('multiaxes', leaf('axis', 'list', "str('Theta')"));
  const detectors = [
    detector('number', 'DAQ0D', 'Mock', [leaf('wait_time', 'int', 5)]),
    detector('line', 'DAQ1D', 'Mock', [peak, axis]),
    detector('image', 'DAQ2D', 'Mock', size),
    detector('cube', 'DAQND', 'Mock', [space, time]),
  ];
  const { preset: taken, notes } = importPymodaqPreset(
    preset([move('angle', 'Mock', theta, leaf('tau', 'int', 300))], detectors),
    'preset.xml',
  );
  expect(notes).toEqual([]);
  const { angle, number, line, image, cube } = taken.modules;
  expect(angle).toMatchObject({ kind: 'mock-axis', settings: { axis: 'Theta', tauMs: 300 } });
  expect([number?.settings, line?.settings, image?.settings, cube?.settings]).toEqual([
    { waitMs: 5 },
    { npts: 200, dx: 0.5, mock1: { amp: 7, noise: 0 } },
    { nx: 100, ny: 60 },
    { nx: 4, ny: 5, nt: 6 },
  ]);
  const plugins = mockDrivers.map(({ plugin }) => plugin);
  expect(Object.keys(readPreset(taken, { plugins }).specs)).toHaveLength(5);
});

it('refuses what is no preset of PyMoDAQ', () => {
  for (const text of ['{}', '<Preset><Moves></Preset>', '<html></html>', '']) {
    expect(() => importPymodaqPreset(text, 'x.xml')).toThrow(DaqtorError);
  }
});

it.each([
  ['ASRL3::INSTR', 'serial:COM3'],
  ['ASRL/dev/ttyUSB0::INSTR', 'serial:/dev/ttyUSB0'],
  ['COM12', 'serial:COM12'],
  ['TCPIP0::10.0.0.2::5025::SOCKET', 'tcp://10.0.0.2:5025'],
  ['GPIB0::8::INSTR', undefined],
])('knows %s as %s', (resource, address) => expect(addressOf(resource)).toBe(address));

it('names only drivers and settings that there are', () => {
  for (const { kind, settings = {}, from = {}, missing = [] } of Object.values(PLUGIN_TABLE)) {
    const plugin = [...builtInDrivers, ...mockDrivers].find(({ manifest }) => manifest.kind === kind)?.plugin;
    const known = Object.keys(plugin?.settings.shape ?? {});
    const sought = [...Object.keys(settings), ...Object.keys(from), ...missing].map((name) => name.split('.')[0]);
    expect(known).toEqual(expect.arrayContaining(sought));
  }
});
