/** How a setting of ours is made of one of PyMoDAQ's. */
export interface SettingSource {
  /** Path of the parameter within the settings of the plugin. */
  readonly from: string;
  /** PyMoDAQ's value → ours; left out, the value itself. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** What one of PyMoDAQ's plugins becomes. */
export interface PluginEntry {
  readonly kind: string;
  /** Settings that follow from the plugin alone. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly from?: Readonly<Record<string, SettingSource>>;
  /** Lengths of the dimensions of what a simulated detector gives, by their paths, slowest first. */
  readonly shape?: readonly string[];
  /** What the person has to look up, since PyMoDAQ's plugin does not know it. */
  readonly missing?: readonly string[];
}

/**
 * PyMoDAQ's plugins by role and name, and the drivers that take their places.
 *
 * Sources: the parameters of pymodaq_plugins_mock, of the Keithley 2000 in pymodaq_plugins_keithley, of the lock-in in
 * pymodaq_plugins_stanford_research_systems, of pymodaq_plugins_zaber and pymodaq_plugins_newport.
 */
export const PLUGIN_TABLE: Readonly<Record<string, PluginEntry>> = {
  'Move/Mock': { kind: 'mock-actuator' },
  'Move/MockTau': { kind: 'mock-actuator' },
  'Move/Newport_SMC100': { kind: 'smc100' },
  'Move/Zaber': { kind: 'zaber', from: { axis: { from: 'multiaxes.axis' } }, missing: ['microstep'] },
  'DAQ0D/Mock': { kind: 'mock-detector', settings: { channels: 2 } },
  'DAQ1D/Mock': { kind: 'mock-detector', shape: ['Npts'] },
  'DAQ2D/Mock': { kind: 'mock-detector', shape: ['Ny', 'Nx'] },
  'DAQ0D/Keithley2000': {
    kind: 'keithley2000',
    from: {
      function: {
        from: 'K2000Params.mode',
        values: { VDC: 'voltage:dc', VAC: 'voltage:ac', R2W: 'resistance', R4W: 'fresistance' },
      },
    },
  },
  'DAQ0D/LockInSR830': { kind: 'sr830' },
  'DAQ1D/LockInSR830': {
    kind: 'sr830-recorder',
    from: { points: { from: 'npts' }, rateHz: { from: 'acq.sampling_rate' } },
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
];

/** Parameters that every module has for PyMoDAQ's own needs: its windows, its network, what cannot be set. */
export const NOT_OF_THE_INSTRUMENT =
  /(^|\.)(controller_id|controller_ID|controller_status|controller_str|info|infos|id|multi_status|ismultiaxes|grouped_axes|do_group|units|sep_viewers|separate_viewers|lcd|visa_baud_rate|baud_rate|interface)$/;
