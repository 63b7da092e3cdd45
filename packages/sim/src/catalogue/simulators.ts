import type { Clock } from '@daqtor/core';
import { simulatedEsp301 } from '../instruments/esp301.ts';
import { simulatedFirmata } from '../instruments/firmata.ts';
import { simulatedGrbl } from '../instruments/grbl.ts';
import { simulatedHp34401a } from '../instruments/hp34401a.ts';
import { simulatedKeithley2000 } from '../instruments/keithley2000.ts';
import { simulatedKeithley2400 } from '../instruments/keithley2400.ts';
import { simulatedLakeShore335 } from '../instruments/lake-shore-335.ts';
import { simulatedModbusController } from '../instruments/modbus-controller.ts';
import { simulatedPrologix } from '../instruments/prologix.ts';
import { simulatedRigolDs1000z } from '../instruments/rigol-ds1000z.ts';
import type { SimulatedInstrument } from '../instruments/simulated-instrument.ts';
import { simulatedSmc100 } from '../instruments/smc100.ts';
import { simulatedSr830 } from '../instruments/sr830.ts';
import { simulatedSr860 } from '../instruments/sr860.ts';
import { simulatedThorlabsApt } from '../instruments/thorlabs-apt.ts';
import { simulatedZaber } from '../instruments/zaber.ts';

/** What every simulator of the catalogue can be told. */
export interface SimulatorOptions {
  readonly clock: Clock;
  /** Seed of its noise, where it has any; default 1. */
  readonly seed?: number;
  /** Where it is plugged in, for those that behave otherwise there; default rs232. */
  readonly interface?: 'rs232' | 'gpib';
}

/** A simulated instrument that can be had by its name, with something at its inputs. */
export interface Simulator {
  readonly name: string;
  /** For people: the instrument, and what is connected to it. */
  readonly title: string;
  make(options: SimulatorOptions): SimulatedInstrument;
}

/** A sine of 50 Hz around a battery: a value that shows that it is read anew. */
const hum = (clock: Clock, offset: number, amplitude: number) => () =>
  offset + amplitude * Math.sin((2 * Math.PI * clock.now()) / 20_000);

/** At rest as after shipping: an amplitude of 1 mV, in quadrature by 30°. */
const LOCK_IN_SIGNAL = { x: 1e-3 * Math.cos(Math.PI / 6), y: 1e-3 * Math.sin(Math.PI / 6) };

/** All simulated instruments, by name. */
export const simulators: readonly Simulator[] = [
  {
    name: 'esp301',
    title: 'Newport ESP301 with two linear stages',
    make: (options) => simulatedEsp301(options),
  },
  {
    name: 'firmata',
    title: 'Arduino Uno with StandardFirmata, 0 V at A0, 1 V at A1, and so on',
    make: ({ clock }) => simulatedFirmata({ clock, input: (channel) => channel }),
  },
  { name: 'grbl', title: 'GRBL 1.1 with three axes of 200 mm', make: ({ clock }) => simulatedGrbl({ clock }) },
  {
    name: 'hp34401a',
    title: 'HP 34401A multimeter, 1.25 V, 0.1 A or 1 kΩ at its terminals',
    make: (options) =>
      simulatedHp34401a({ ...options, input: (quantity) => ({ V: 1.25, A: 0.1, ohm: 1000 })[quantity] }),
  },
  {
    name: 'keithley2000',
    title: 'Keithley 2000 multimeter, a voltage that swings between 1.2 and 1.3 V in 20 s',
    make: (options) => simulatedKeithley2000({ ...options, input: hum(options.clock, 1.25, 0.05) }),
  },
  {
    name: 'keithley2400',
    title: 'Keithley 2400 SourceMeter, 1 kΩ between its terminals',
    make: (options) => simulatedKeithley2400(options),
  },
  {
    name: 'lake-shore-335',
    title: 'Lake Shore 335 with two heated stages on a bath of 77 K',
    make: (options) => simulatedLakeShore335(options),
  },
  ...(['rtu', 'tcp'] as const).map((framing) => ({
    name: `modbus-${framing}`,
    title: `Temperature controller with an oven, Modbus ${framing.toUpperCase()}, unit 1`,
    make: ({ clock }: SimulatorOptions) => simulatedModbusController({ clock, framing }),
  })),
  {
    name: 'prologix',
    title: 'Prologix GPIB controller: SR830 at 8, Keithley 2000 at 16, HP 34401A at 22, Keithley 2400 at 24',
    make: (options) =>
      simulatedPrologix({
        clock: options.clock,
        instruments: {
          8: withSignal(simulatedSr830({ ...options, interface: 'gpib' })),
          16: simulatedKeithley2000({ ...options, input: hum(options.clock, 1.25, 0.05) }),
          22: simulatedHp34401a({ ...options, input: () => 1.25 }),
          24: simulatedKeithley2400(options),
        },
      }),
  },
  {
    name: 'rigol-ds1000z',
    title: 'Rigol DS1104Z oscilloscope, a sine of 1 kHz and 1 V at each input',
    make: (options) =>
      simulatedRigolDs1000z({ ...options, signal: (_, seconds) => Math.sin(2000 * Math.PI * seconds) }),
  },
  { name: 'smc100', title: 'Newport SMC100CC, one on the chain', make: ({ clock }) => simulatedSmc100({ clock }) },
  {
    name: 'sr830',
    title: 'Stanford Research SR830 lock-in, 1 mV at 30°',
    make: (options) => withSignal(simulatedSr830(options)),
  },
  {
    name: 'sr860',
    title: 'Stanford Research SR860 lock-in, 1 mV at 30°',
    make: (options) => withSignal(simulatedSr860(options)),
  },
  {
    name: 'thorlabs-apt',
    title: 'Thorlabs KDC101 with a stage of 50 mm (MTS50-Z8)',
    make: ({ clock }) => simulatedThorlabsApt({ clock }),
  },
  { name: 'zaber', title: 'Zaber device with one axis of 50.8 mm', make: ({ clock }) => simulatedZaber({ clock }) },
];

function withSignal(lockIn: ReturnType<typeof simulatedSr830>): SimulatedInstrument {
  lockIn.apply(LOCK_IN_SIGNAL);
  return lockIn;
}
