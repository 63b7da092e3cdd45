/** How a setting of ours is made of one of PyMoDAQ's. */
export interface SettingSource {
  /** Path of the parameter within the settings of the plugin. */
  readonly from: string;
  /** PyMoDAQ's value → ours; left out, the value itself. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Holds only where another parameter has this value. */
  readonly when?: { readonly path: string; readonly is: string };
}

/** What one of PyMoDAQ's plugins becomes. */
export interface PluginEntry {
  readonly kind: string;
  /** Settings that follow from the plugin alone. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Setting → where it comes from; `mock1.amp` is `amp` within `mock1`. */
  readonly from?: Readonly<Record<string, SettingSource | readonly SettingSource[]>>;
  /** What the person has to look up, since PyMoDAQ's plugin does not know it. */
  readonly missing?: readonly string[];
  /** What the person has to check. */
  readonly caution?: string;
}

type Sources = NonNullable<PluginEntry['from']>;

/** Settings of one bump of a mock plugin. */
const bump = (ours: string, theirs: string): Sources => ({
  [`${ours}.amp`]: { from: `${theirs}.Amp` },
  [`${ours}.x0`]: { from: `${theirs}.x0` },
  [`${ours}.dx`]: { from: `${theirs}.dx` },
  [`${ours}.n`]: { from: `${theirs}.n` },
  [`${ours}.noise`]: { from: `${theirs}.amp_noise` },
});

/** Settings of the same name but for capitals, in a group of the plugin. */
const same = (names: Readonly<Record<string, string>>, group = ''): Sources =>
  Object.fromEntries(Object.entries(names).map(([ours, theirs]) => [ours, { from: `${group}${theirs}` }]));

/**
 * PyMoDAQ's plugins by role and name, and the drivers that take their places.
 *
 * Sources: the parameters of the Keithley 2000 in pymodaq_plugins_keithley, and of these as they are published: keithley 5.0.2,
 * lakeshore 1.0.2, mock 5.3.0, newport 5.3.0, oceaninsight 5.3.0, stanford_research_systems 5.3.0, thorlabs
 * 5.3.0, zaber 2.0.2. Plugins of instruments with another language than our drivers speak are left out: Newport's ESP100, Zaber's
 * binary protocol, Arduinos with Telemetrix.
 */
export const PLUGIN_TABLE: Readonly<Record<string, PluginEntry>> = {
  'Move/Mock': {
    kind: 'mock-axis',
    from: {
      axis: { from: 'multiaxes.axis', values: { X: 'X', Y: 'Y', Theta: 'Theta', Power: 'Power', Temp: 'Temp' } },
      tauMs: { from: 'tau' },
    },
  },
  'Move/MockTau': { kind: 'mock-actuator' },
  'Move/Newport_SMC100': {
    kind: 'smc100',
    from: {
      address: { from: 'stage_nb' },
      units: { from: 'units', values: { '°': 'deg', deg: 'deg', degree: 'deg', mm: 'mm' } },
    },
  },
  'Move/BrushlessDCMotor': {
    kind: 'thorlabs-apt',
    from: { channel: { from: 'multiaxes.axis' } },
    missing: ['countsPerUnit'],
  },
  'Move/DCServoKCube': { kind: 'thorlabs-apt', missing: ['stage'] },
  'Move/DCServoTCube': { kind: 'thorlabs-apt', missing: ['stage'] },
  'Move/KinesisIntegratedStepper': { kind: 'thorlabs-apt', settings: { units: 'deg' }, missing: ['countsPerUnit'] },
  'Move/Keithley2400': {
    kind: 'keithley2400-source',
    from: {
      source: { from: 'source_mode', values: { Voltage: 'voltage', Current: 'current' } },
      compliance: [
        { from: 'voltage_mode.current_compliance', when: { path: 'source_mode', is: 'Voltage' } },
        { from: 'current_mode.voltage_compliance', when: { path: 'source_mode', is: 'Current' } },
      ],
    },
  },
  'Move/335Heater': {
    kind: 'lake-shore-33x-loop',
    from: {
      input: { from: 'input', values: { INPUT_A: 'A', TWO_INPUT_A: 'A', INPUT_B: 'B', TWO_INPUT_B: 'B' } },
      rampKPerMin: { from: 'ramp_rate' },
      heaterRange: { from: 'heater_status', values: { LOW: 1, MEDIUM: 2, HIGH: 3 } },
    },
  },
  'Move/Zaber': { kind: 'zaber', from: { axis: { from: 'multiaxes.axis' } }, missing: ['microstep'] },
  'DAQ0D/Mock': { kind: 'mock-0d', from: { waitMs: { from: 'wait_time' }, separate: { from: 'sep_viewers' } } },
  'DAQ1D/Mock': {
    kind: 'mock-1d',
    from: {
      npts: [{ from: 'Mock1.Npts' }, { from: 'x_axis.Npts' }],
      ...same({ x0: 'x0', dx: 'dx' }, 'x_axis.'),
      ...same({ rolling: 'rolling', multi: 'multi' }),
      ...bump('mock1', 'Mock1'),
      ...bump('mock2', 'Mock2'),
    },
  },
  'DAQ2D/Mock': {
    kind: 'mock-2d',
    from: same({
      ...{ nx: 'Nx', ny: 'Ny', amp: 'Amp', x0: 'x0', y0: 'y0', dx: 'dx', dy: 'dy', n: 'n', noise: 'amp_noise' },
      ...{ panels: 'Nimagespannel', colours: 'Nimagescolor', threshold: 'threshold', rolling: 'rolling' },
    }),
  },
  'DAQND/Mock': {
    kind: 'mock-nd',
    from: {
      ...same({ rolling: 'rolling', noise: 'amp_noise' }),
      ...same({ nx: 'Nx', ny: 'Ny', amp: 'amp', x0: 'x0', y0: 'y0', dx: 'dx', dy: 'dy', n: 'n' }, 'spatial_settings.'),
      ...same({ lambda: 'lambda' }, 'spatial_settings.'),
      ...same({ nt: 'Nt', t0: 't0', dt: 'dt', nTime: 'n' }, 'temp_settings.'),
    },
  },
  'DAQ0D/Keithley2000': {
    kind: 'keithley2000',
    from: {
      function: {
        from: 'K2000Params.mode',
        values: { VDC: 'voltage:dc', VAC: 'voltage:ac', R2W: 'resistance', R4W: 'fresistance' },
      },
    },
  },
  'DAQ0D/335TempController': { kind: 'lake-shore-33x-inputs' },
  'DAQ0D/LockInSR830': { kind: 'sr830' },
  'DAQ0D/LockInSR830Legacy': { kind: 'sr830' },
  'DAQ1D/LockInSR830': {
    kind: 'sr830-recorder',
    from: { points: { from: 'npts' }, rateHz: { from: 'acq.sampling_rate' } },
  },
  'DAQ1D/Seabreeze': {
    kind: 'ocean-usb2000plus',
    from: { integrationMs: { from: 'integration' } },
    caution: "PyMoDAQ's plugin is for many spectrometers, the driver here for the USB2000+ alone",
  },
};

/** Names by which plugins call the address of their instrument. */
export const PORT_NAMES: readonly string[] = [
  'com_port',
  'visa_device',
  'visa_address',
  'visa_name',
  'VISA_address',
  'device',
  'port',
  'resource',
  'resources',
  'visa_ressource',
  'VISA_ressources',
  'address',
];

/** Parameters that every module has for PyMoDAQ's own needs: its windows, its network, what cannot be set. */
export const NOT_OF_THE_INSTRUMENT =
  /(^|\.)(controller_id|controller_ID|controller_status|controller_str|info|infos|id|multi_status|ismultiaxes|grouped_axes|do_group|units|sep_viewers|separate_viewers|lcd|visa_baud_rate|baud_rate|interface)$/;
